/* Code with calls, loops, vectors, floats and a switch, for the disassembler. */
#include <stdio.h>
#include <string.h>

static volatile int sink;
double table[64];

__attribute__((noinline)) int sum(const int *values, int count) {
    int total = 0;
    for (int i = 0; i < count; i++) total += values[i];
    return total;
}

__attribute__((noinline)) double scale(double factor) {
    double total = 0;
    for (int i = 0; i < 64; i++) {
        table[i] = table[i] * factor + i;
        total += table[i];
    }
    return total;
}

__attribute__((noinline)) const char *name(int kind) {
    switch (kind) {
        case 0: return "zero";
        case 1: return "one";
        case 2: return "two";
        case 3: return "three";
        case 4: return "four";
        case 5: return "five";
        default: return "many";
    }
}

__attribute__((noinline)) long double extended(long double x) {
    return x * x + 1.0L;
}

__attribute__((noinline)) unsigned long bits(unsigned long x) {
    asm volatile("lock; addl $1, %0" : "+m"(sink));
    asm volatile("rep stosb" : : "D"(table), "c"(8L), "a"(0) : "memory");
    return __builtin_bswap64(x) ^ (x << 13) ^ (x >> 7) ^ (unsigned long)__builtin_clzl(x | 1);
}

int main(int argc, char **argv) {
    int values[100];
    memset(values, argc, sizeof values);
    sink = sum(values, 100);
    printf("%s %f %Lf %lx %d\n", name(argc), scale(1.5), extended(argc), bits(argc), sink);
    return argv[0] == 0;
}
