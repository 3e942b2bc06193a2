#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct point {
    int x;
    int y;
};

static int total;

int square(int n) {
    int r = n * n; // in square
    return r;
}

int factorial(int n) {
    if (n <= 1)
        return 1; // innermost
    int below = factorial(n - 1);
    return n * below; // on the way back
}

static int sum(const int *values, int count) {
    int s = 0;
    for (int i = 0; i < count; i++) {
        s += values[i]; // in loop
    }
    return s; // sum ends
}

int main(int argc, char **argv) {
    struct point p = {3, 4}; // first line
    int a = square(p.x); // calls square
    int b = square(a) + square(p.y); // two calls
    int values[4] = {1, 2, 3, a};
    int s = sum(values, 4); // calls sum

    int f = factorial(5); // calls factorial
    printf("%d %d %d %d\n", a, b, s, f); // prints
    {
        int a = 77;
        total += a; // shadowed
    }
    total += argc;
    (void)argv;
    return total == 78 ? 3 : 4; // last line
}
