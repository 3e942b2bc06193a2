/* Calls a function with each number that comes, and says so. */
#include <stdio.h>

__attribute__((noinline)) void tick(int number) {
    printf("tick %d\n", number);
    fflush(stdout);
}

int main(void) {
    int number;
    while (scanf("%d", &number) == 1) tick(number);
    return 3;
}
