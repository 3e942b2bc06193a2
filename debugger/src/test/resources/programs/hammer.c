#include <pthread.h>
#include <stdio.h>

static volatile int stop;
static volatile long counts[4];

static void hit(int n) {
    counts[n]++; // hammered
}

static void *body(void *arg) {
    while (!stop)
        hit((int)(long)arg);
    return NULL;
}

int main(void) {
    pthread_t threads[4];
    long x = 0;
    for (long i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, body, (void *)i);
    while (!stop) { // loops
        x += 3;     // stepping
        x ^= 5;
        x -= counts[0] & 1;
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    return 7;
}
