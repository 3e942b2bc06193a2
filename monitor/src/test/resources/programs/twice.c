/* Four threads ask for a snapshot at the same moment, until one was refused for another one's sake. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 50 };
static atomic_int there, taken, busy, other, enough;
static pthread_barrier_t all;

static void *ask(void *unused) {
    for (int round = 1; !enough; round++) {
        pthread_barrier_wait(&all);
        atomic_fetch_add(&there, 1);
        while (there < round * THREADS) {}
        long result = syscall(505, "twice", 0, 1L);
        atomic_fetch_add(result == 0 ? &taken : errno == EAGAIN ? &busy : &other, 1);
        pthread_barrier_wait(&all);
        if (busy || round == ROUNDS) enough = 1;
        pthread_barrier_wait(&all);
    }
    return unused;
}

int main(void) {
    pthread_t threads[THREADS];
    pthread_barrier_init(&all, 0, THREADS);
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], 0, ask, 0);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], 0);
    printf("taken %d, refused %d, otherwise %d\n", taken > 0, busy > 0, other);
    return 0;
}
