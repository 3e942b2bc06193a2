#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int counters[4];
static volatile sig_atomic_t handled;

static void on_signal(int signal) {
    handled += signal; // in handler
}

static int work(int number, int round) {
    counters[number] += round; // works
    return counters[number];
}

static void *worker(void *arg) {
    int number = (int)(long)arg;
    int last = 0;
    for (int round = 1; round <= 5; round++) {
        last = work(number, round); // calls work
    }
    return (void *)(long)last;
}

int main(void) {
    pthread_t threads[4];
    signal(SIGUSR1, on_signal);
    for (long i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, worker, (void *)i); // creates
    long sum = 0;
    for (int i = 0; i < 4; i++) {
        void *result;
        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    raise(SIGUSR1); // raises
    int after = (int)handled; // after raise
    printf("%ld %d\n", sum, after);
    return (int)(sum % 100) + after; // ends
}
