#define HEADER_LIMIT 40
#define SCALE(x) ((x) * HEADER_LIMIT)

struct flags {
    unsigned ready : 1;
    unsigned mode : 3;
    int level : 7;
    unsigned long long wide : 40;
};

union word {
    int i;
    float f;
    unsigned char bytes[4];
};

typedef struct node {
    struct node *next;
    union word payload;
    struct flags flags;
    int matrix[2][3];
    int (*visit)(const struct node *, long);
    struct {
        short inner;
    };
    enum { RED = -1, GREEN, BLUE = 70000 } colour;
} node_t;

int total(const node_t *list, long factor);
