#include <stdio.h>

union number {
    int whole;
    float real;
    unsigned char bytes[4];
};

struct shape {
    unsigned kind : 3;
    signed level : 5;
    union number size;
    short table[2][3];
    const char *label;
};

__attribute__((noinline)) static int ratio(const struct shape *shape, int by) {
    int top = shape->size.whole + shape->table[1][2];
    return top / by; // divides
}

int main(int argc, char **argv) {
    (void)argv;
    struct shape shape = {5, -3, {.whole = 1000}, {{1, 2, 3}, {4, 5, 6}}, "label"};
    printf("%d\n", ratio(&shape, argc - 1)); // calls ratio
    return shape.table[0][0];
}
