/* Frames with variables of every storage: stack, registers, static, thread-local, variable length. */
#include <complex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct point {
    int x, y;
};
struct large {
    long values[5];
    struct point where;
    const char *name;
};
enum mood { CALM, TENSE = 5 };
typedef int (*callback)(int);

static __thread int per_thread = 17;
static int calls;
volatile int sink;

__attribute__((noinline)) void stop_here(int code) {
    sink = code;
    abort();
}

__attribute__((noinline)) int twice(int x) {
    return x * 2;
}

__attribute__((noinline)) int innermost(struct point p, struct large big, double factor, float small, enum mood mood) {
    static int remembered = 5;
    int length = p.x + 2;
    int variable[length];
    bool ready = factor > 1;
    for (int i = 0; i < length; i++) variable[i] = i * i;
    {
        int length = variable[1] + 100;
        const char *text = big.name;
        struct point local = {p.y, length};
        sink = local.x + remembered++ + text[0];
        stop_here(length);
        sink = local.y + ready + (int)small + mood + variable[2];
    }
    return length + (int)factor + variable[0];
}

__attribute__((noinline)) int middle(int count, char **words, callback apply, long double wide, double complex z) {
    struct large big = {{1, 2, 3, 4, 5}, {count, -count}, words[0]};
    union { int i; float f; } both = {.f = 1.5f};
    unsigned char bytes[4] = {1, 2, 254, 255};
    short narrow = (short)(count * 1000);
    per_thread++;
    calls += apply(count);
    int result = innermost((struct point){count, 7}, big, (double)wide + creal(z), both.f, TENSE);
    sink = bytes[3] + narrow + big.where.y;
    return result + calls;
}

int main(int argc, char **argv) {
    char *words[] = {"alpha", "beta", 0};
    int total = middle(argc + 2, words, twice, 2.5L, 1.0 + 2.0 * I);
    printf("%d %d %p\n", total, per_thread, (void *)argv);
    return 0;
}
