struct hidden_state;
typedef struct hidden_state *handle;
extern int shared_total;
handle open_state(int start);
int read_state(handle h);
static inline int header_helper(int v)
{
    int doubled = v * 2;
    return doubled;
}
