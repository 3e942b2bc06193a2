// Says that it is there, computes on three threads until its input ends, then ends with 4.
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static volatile int done;
static volatile long turns;

static void *turn(void *unused) {
    while (!done) turns++;
    return 0;
}

int main(void) {
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], 0, turn, 0);
    puts("up");
    fflush(stdout);
    char c;
    while (read(0, &c, 1) > 0) {}
    done = 1;
    for (int i = 0; i < 2; i++) pthread_join(threads[i], 0);
    puts("down");
    return 4;
}
