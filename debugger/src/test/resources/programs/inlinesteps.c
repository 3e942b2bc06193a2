#include <stdio.h>

static volatile int sink;

static inline __attribute__((always_inline)) void add(int n) {
    sink += n; // in add
    sink ^= 1; // second in add
}

static inline __attribute__((always_inline)) void twice(int n) {
    add(n); // calls add
    sink *= 2; // in twice
}

__attribute__((noinline)) static void work(int n) {
    sink = n; // starts
    twice(n); // calls twice
    sink -= 3; // behind twice
    sink += 9; // ends
}

int main(int argc, char **argv) {
    (void)argv;
    work(argc); // calls work
    printf("%d\n", sink); // prints
    return 0;
}
