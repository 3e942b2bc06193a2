/* Fills as many MiB as the argument says with what cannot be made smaller, says so, and aborts when a line comes in. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    size_t bytes = (argc > 1 ? strtoul(argv[1], 0, 10) : 1) << 20;
    uint64_t *memory = malloc(bytes);
    if (!memory) return 1;
    uint64_t x = 88172645463325252;
    for (size_t i = 0; i < bytes / sizeof *memory; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        memory[i] = x;
    }
    puts("filled");
    fflush(stdout);
    getchar();
    abort();
}
