#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct point { int x, y; };
typedef struct node { struct node *next; int value; char name[16]; } node_t;

int counter = 3;
static const char *names[] = {"a", "b"};

static inline __attribute__((always_inline)) int square(int v)
{
    int r = v * v;
    return r;
}

static inline __attribute__((always_inline)) int twice(int w)
{
    int s = square(w) + square(w + 1);
    return s;
}

static __attribute__((noinline)) int helper(int a, struct point *p, node_t *list)
{
    static int calls;
    int sum = a;
    calls++;
    for (int i = 0; i < a; i++) {
        int t = twice(i) + p->x;
        sum += t;
    }
    {
        int sum = 5;
        counter += sum;
    }
    while (list) {
        sum += list->value;
        list = list->next;
    }
    return sum + counter + calls;
}

int variadic(const char *fmt, ...) { return fmt[0]; }

static int maybe_inlined(int q)
{
    if (q > 3)
        return printf("%d\n", q);
    return puts(names[q & 1]);
}

int big_frame(int n)
{
    char buffer[4096];
    memset(buffer, n, sizeof buffer);
    return buffer[n & 1023];
}


/* a comment where no code is */


int recursive(int depth)
{
    if (depth <= 0)
        return 0;
    return recursive(depth - 1) + 1;
}

int main(int argc, char **argv)
{
    struct point p = { argc, 4 };
    node_t n = { NULL, 7, "hello" };
    volatile int count = argc + 2;
    int vla[count];
    vla[0] = helper(argc, &p, &n);
    switch (argc) {
    case 1: { int one = maybe_inlined(argc); vla[0] += one; break; }
    case 2: vla[0] += variadic("x", argc); break;
    default: vla[0] += big_frame(argc);
    }
    printf("%d %p %d\n", vla[0], (void *)argv, recursive(argc) + maybe_inlined(count));
    return 0;
}
