#include <stdlib.h>
#include <string.h>

enum color { RED = 1, GREEN = 7 };
struct point { int x, y; };
volatile int sink;
double scale = 1.25;
static int counter = 40;

__attribute__((noinline)) static int use(const char *text, int length) { return (int) strlen(text) + length; }

static inline int area(struct point p, int factor) {
    int product = p.x * p.y;
    int scaled = product * factor;
    sink = scaled;
    return scaled + product;
}

__attribute__((noinline)) static int crash(long first, unsigned char second, double third, enum color fourth, int *where) {
    int i = 3;
    long sum = first;
    for (; i < 8; i++) sum += i * second;
    float narrow = (float) third;
    char letter = 'a' + second % 26;
    *where = (int) sum + (int) narrow + letter + fourth;
    return (int) sum;
}

__attribute__((noinline)) static int middle(int a, int b, long c, long d, int e, int f, int g, double h) {
    int local = a * b;
    long kept = c + d;
    static int calls;
    calls += g;
    struct point p = {a, b};
    int got = area(p, e);
    double wide = h * scale;
    {
        int local = f;
        int inner = local + got;
        sink = inner;
        got += crash(kept, (unsigned char) (inner % 200), wide, GREEN, (int *) (long) (sink % 2));
    }
    sink = (int) (kept + local + got);
    return got + local + (int) wide;
}

__attribute__((noinline)) static int recursive(int depth, const char *name) {
    unsigned length = (unsigned) strlen(name);
    int before = use(name, depth);
    int result;
    if (depth > 0) result = recursive(depth - 1, name + 1) + before;
    else result = middle(before, 5, 6000000000L, length, 3, 11, 2, 2.5) * 3;
    sink = result + (int) length;
    return result + before;
}

int main(int argc, char **argv) {
    int seed = argc * 7;
    const char *name = "a name of some length";
    counter += seed;
    int result = recursive(3, name);
    return result + seed + counter;
}
