/* Values in all the places that compilers put them into; the stops are at random instructions. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { int x, y; } point;
typedef struct { long a; double b; } mixed;
typedef struct { float r, g, b; } colour;
struct flags { unsigned ready : 1; int delta : 5; unsigned : 3; unsigned long wide : 40; enum { LOW, HIGH = 9 } level : 4; };
union word { uint32_t whole; uint8_t bytes[4]; float real; };
struct node { struct node *next; int key; const char *name; double weights[3]; };
enum mode { IDLE, BUSY = 7, NEGATIVE = -3 };

volatile long sink;
volatile double fsink;
static _Thread_local int per_thread = 5;
_Thread_local struct node *current;
static int counter;

#define NOINLINE __attribute__((noinline))

static inline int clamp(int value, int low, int high) {
    int result = value;
    if (result < low) result = low;
    if (result > high) result = high;
    return result;
}

static inline point moved(point p, int dx, int dy) {
    point q = {p.x + dx, p.y + dy};
    return q;
}

NOINLINE static long leaf(long first, int second, short third, char fourth, double fifth, float sixth, point pair) {
    long total = first * 3 + second;
    double scaled = fifth * sixth;
    point shifted = moved(pair, second, third);
    int bounded = clamp(shifted.x, -100, 100);
    sink += total;
    fsink += scaled;
    per_thread += bounded;
    return total + shifted.y + fourth + bounded;
}

NOINLINE static double many(int a, int b, int c, int d, int e, int f, int g, long h, double i, double j, double k,
                            double l, double m, double n, double o, double p, double q, float r) {
    double sum = i + j + k + l + m + n + o + p + q + r;
    long integers = a + 2L * b + 3L * c + 4L * d + 5L * e + 6L * f + 7L * g + 8L * h;
    sink += leaf(integers, a + b, (short) c, (char) d, sum, r, (point) {e, f});
    return sum + integers + fsink * 0;
}

NOINLINE static mixed mix(mixed in, struct flags flags, union word word, colour paint) {
    mixed out = {in.a + flags.delta + word.bytes[1], in.b * 0.5 + paint.g};
    struct flags local = flags;
    local.delta = -flags.delta;
    local.wide += word.whole;
    local.level = HIGH;
    sink += local.wide + local.delta;
    out.a += leaf(out.a, local.delta, 3, 'x', out.b, paint.r, (point) {1, (int) in.a});
    return out;
}

NOINLINE static int lengths(int rows, int columns) {
    int grid[rows][columns];
    char text[rows + 3];
    int filled = 0;
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
            grid[row][column] = row * 10 + column;
            filled += grid[row][column];
        }
        text[row] = (char) ('a' + row);
    }
    text[rows] = 0;
    sink += leaf(filled, rows, (short) columns, text[0], rows * 0.25, 2.0f, (point) {rows, columns});
    return filled + text[0];
}

NOINLINE static long wide(__int128 big, long double extended, _Complex double z, unsigned char small) {
    __int128 product = big * 7;
    long double half = extended / 2;
    unsigned __int128 shifted = (unsigned __int128) product << 3;
    double real = __real__ z;
    double imaginary = __imag__ z;
    sink += (long) (product >> 64) + small;
    fsink += (double) half + real - imaginary;
    return (long) shifted + leaf((long) product, small, 1, 2, real, (float) imaginary, (point) {3, 4});
}

NOINLINE static int last(int value, enum mode mode) {
    int doubled = value * 2;
    sink += doubled + mode;
    return doubled + (int) mode;
}

/* a tail call where the compiler makes one */
NOINLINE static int passes_on(int value, enum mode mode, double unused) {
    int changed = value + 1;
    fsink += unused;
    return last(changed, mode);
}

NOINLINE static int even(int n, long carried);
NOINLINE static int odd(int n, long carried) {
    sink += carried;
    return n == 0 ? (int) carried : even(n - 1, carried + 1);
}
NOINLINE static int even(int n, long carried) {
    sink -= carried;
    return n == 0 ? (int) -carried : odd(n - 1, carried * 2);
}

typedef long (*callback)(struct node *, int, double);

NOINLINE static long visit(struct node *node, int depth, double weight) {
    static int visited;
    const char *name = node->name;
    double best = node->weights[depth % 3];
    visited++;
    current = node;
    for (int i = 0; i < 3; i++) {
        double candidate = node->weights[i] * weight;
        if (candidate > best) best = candidate;
    }
    sink += visited + (long) strlen(name);
    if (depth == 0) return (long) best;
    int before = visited;
    long below = visit(node->next, depth - 1, weight * 1.5);
    {
        int before = (int) below;
        sink += before;
    }
    return below + before;
}

NOINLINE static long apply(callback call, struct node *list, int count, double weight) {
    long sum = 0;
    int index = 0;
    for (struct node *at = list; index < count; at = at->next, index++) {
        long one = call(at, index, weight);
        sum += one;
    }
    return sum;
}

#ifndef __clang__
NOINLINE static int outer(int base, int rounds) {
    int total = base;
    int add(int amount) {
        int before = total;
        total += amount + base;
        sink += before;
        return total;
    }
    int twice(int amount) {
        int once = add(amount);
        return once + add(amount + 1);
    }
    for (int i = 0; i < rounds; i++) twice(i);
    return total;
}
#else
NOINLINE static int outer(int base, int rounds) {
    int total = base;
    for (int i = 0; i < rounds; i++) total += i * base;
    return total;
}
#endif

NOINLINE static int bits(uint64_t value) {
    uint64_t rest = value;
    int count = 0;
    unsigned parity = 0;
    while (rest) {
        unsigned low = (unsigned) rest & 1;
        count += (int) low;
        parity ^= low;
        rest >>= 1;
    }
    sink += parity;
    return count;
}

NOINLINE static int compare(const void *a, const void *b) {
    int left = *(const int *) a;
    int right = *(const int *) b;
    sink++;
    return left < right ? -1 : left > right;
}

int main(int argc, char **argv) {
    struct node nodes[4];
    int numbers[8] = {5, 3, 8, 1, 9, 2, 7, 4};
    const char *names[] = {"alpha", "beta", "gamma", "delta"};
    for (int i = 0; i < 4; i++) {
        nodes[i] = (struct node) {&nodes[(i + 1) % 4], i * 3, names[i], {i + 0.5, i * 2.0, 1.0 / (i + 1)}};
    }
    struct flags flags = {1, -6, 1000000007UL, LOW};
    union word word = {.real = 1.25f};
    mixed start = {argc + 40, 2.75};
    int step = 0;
    long result = 0;
    for (step = 0; step < 3; step++) {
        mixed m = mix(start, flags, word, (colour) {0.5f, step, 2.0f});
        result += m.a;
        result += lengths(3 + step, 2 + argc);
        result += (long) many(step, 2, 3, 4, 5, 6, 7, 8, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 0.25f);
        result += wide(((__int128) step << 70) + 12345, 3.25L + step, 1.5 + 2.5i, (unsigned char) (200 + step));
        result += passes_on(step, BUSY, 0.125) + passes_on(step, NEGATIVE, 1.0);
        result += even(5 + step, step) + outer(step, 2) + bits(0xf0f1UL << step);
        result += apply(visit, nodes, 3, 1.0 + step);
        counter++;
    }
    qsort(numbers, 8, sizeof numbers[0], compare);
    printf("%ld %d %s\n", result, numbers[0] + counter, argv[0] ? "" : "none");
    return 0;
}
