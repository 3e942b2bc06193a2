namespace app {
extern int shared;
struct point2 {
    int a;
};
static volatile int hidden = 7;
inline int small(int v) {
    return v * 3 + shared;
}
}  // namespace app

typedef unsigned long word;

static int helper(int v) {
    return v + app::hidden;
}

int other(int v) {
    app::point2 p{v};
    word w = v;
    return helper(p.a) + app::small(v) + w;
}
