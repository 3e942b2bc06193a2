#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static volatile int *nowhere;

static void on_signal(int number) {
    int twice = number * 2;
    *nowhere = twice; // crashes
}

int main(void) {
    int before = 42;
    signal(SIGUSR1, on_signal);
    raise(SIGUSR1); // raises
    printf("%d\n", before);
    return 0;
}
