// Calls a library that calls back; what is passed is in no register any more where it ends.
#include <stdlib.h>

int enter(int number, const char *text, long (*back)(long, const char *));

__attribute__((noinline)) static void sink(void) { abort(); }

__attribute__((noinline)) long twice(long n, const char *word) {
    sink();
    return n + word[0];
}

int main(int argc, char **argv) {
    (void)argv;
    return enter(argc + 41, "passed", twice) + 1;
}
