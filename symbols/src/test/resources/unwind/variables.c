#include <stdlib.h>
#include <string.h>

struct point { int x, y; };
struct shape { struct point corner; unsigned kind : 3; int delta : 5; const char *label; double weight; };
typedef unsigned long word;
enum mode { IDLE, BUSY = 7 };

static int file_counter = 11;
int global_value = -5;
_Thread_local int per_thread = 77;
static const char *labels[] = {"zero", "one", "two"};
volatile int sink;

static inline __attribute__((always_inline)) int inner(struct shape *s, int depth)
{
    int local_inner = depth * 3 + s->corner.x;
    sink = local_inner;
    if (depth > 2) {
        word shadow = depth;
        sink = (int)shadow;
        __builtin_trap();
    }
    return local_inner;
}

__attribute__((noinline)) static int recurse(struct shape *s, int depth, double factor, enum mode mode)
{
    static int entered;
    entered++;
    struct point pair = { depth, depth + 1 };
    int before = inner(s, depth) + (int)factor;
    sink = pair.x + before;
    for (int step = 0; step < 2; step++) {
        unsigned char byte = (unsigned char)(depth + step);
        sink += byte;
        if (step == 1) {
            int shadow = recurse(s, depth + 1, factor * 2, mode) + byte;
            sink += shadow;
        }
    }
    sink += pair.y + mode + entered + s->kind;
    return before + (int)factor;
}

__attribute__((noinline)) static int split(struct point by_value, long wide, short narrow, char letter, float ratio)
{
    struct shape s = { by_value, 5, -2, labels[narrow & 1], ratio };
    int n = (int)wide;
    int vla[n];
    memset(vla, letter, sizeof vla);
    vla[0] = recurse(&s, 0, ratio, BUSY);
    sink = vla[n - 1];
    return vla[0] + (int)wide + narrow + letter;
}

int main(int argc, char **argv)
{
    struct point start = { argc, 40 + argc };
    char text[] = "payload";
    char **cursor = argv;
    per_thread += argc;
    int result = split(start, 6 + argc, (short)-argc, text[0], 1.5f);
    sink = result + file_counter + global_value + (cursor == argv) + text[1];
    return result;
}
