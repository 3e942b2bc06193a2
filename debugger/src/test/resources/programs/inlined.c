#include <stdio.h>
#include <stdlib.h>

static volatile int *nowhere;

static inline __attribute__((always_inline)) int innermost(int a) {
    int b = a * 3;
    *nowhere = b; // crashes
    return b + *nowhere;
}

static inline __attribute__((always_inline)) int middle(int m) {
    return innermost(m + 1) + 1; // calls innermost
}

__attribute__((noinline)) int outer(int n) {
    int r = middle(n * 2); // calls middle
    return r + 1;
}

int main(int argc, char **argv) {
    (void)argv;
    printf("%d\n", outer(argc)); // calls outer
    return 0;
}
