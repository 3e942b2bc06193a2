#include "formats_c.h"

#define MAX_USERS 16
#define LATER 1

static int calls;
_Thread_local long thread_total;
node_t first = {0, {3}, {1, 5, -3, 9}, {{1, 2, 3}, {4, 5, 6}}, total, {7}, BLUE};

static inline __attribute__((always_inline)) int scaled(int value, int by) {
    int result = SCALE(value) + by;
    return result;
}

static __attribute__((noinline)) int visit(const node_t *node, long factor) {
    volatile int seen = node->payload.i;
    calls++;
    {
        int inner = scaled(seen, (int)factor);
        seen += inner;
    }
    return seen + node->flags.level;
}

#undef LATER
#define LATER 2

int total(const node_t *list, long factor) {
    int sum = 0;
    double ratio = 1.5 * (double)factor;
    for (const node_t *at = list; at; at = at->next) {
        sum += visit(at, factor);
        ratio /= 2;
    }
    thread_total += sum + (long)ratio;
    return sum + MAX_USERS + LATER;
}
