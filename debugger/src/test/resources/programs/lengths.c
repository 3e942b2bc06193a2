/* Arrays whose lengths are known when the program runs. */
#include <stdio.h>
#include <stdlib.h>

struct pair {
    int first;
    short second;
};

static volatile int sink;

__attribute__((noinline)) static void stops(int n, int m, int given[n][m]) {
    unsigned char none = (unsigned char)(n * m);
    int plain[n];
    long table[n][m];
    char text[n + 5];
    typedef short row[none];
    row named;
    const int *pointers[m];
    struct pair pairs[m];
    int(*rows)[m] = given;
    for (int i = 0; i < n; i++) {
        plain[i] = i * i;
        for (int j = 0; j < m; j++) table[i][j] = 10 * i + j;
    }
    for (int j = 0; j < none; j++) named[j] = (short)(j - 3);
    for (int j = 0; j < m; j++) {
        pointers[j] = 0;
        pairs[j] = (struct pair){j, (short)-j};
    }
    for (int i = 0; i < n + 5; i++) text[i] = 0;
    snprintf(text, sizeof text, "n%d", n);
    sink = plain[0] + (int)table[0][0] + text[0] + named[0] + pairs[0].first + rows[0][0] + (pointers[0] == 0);
    abort(); // stops
}

int main(int argc, char **argv) {
    (void)argv;
    int given[3][2] = {{1, 2}, {3, 4}, {5, 6}};
    stops(argc + 2, argc + 1, given);
    return 0;
}
