/* Signals sent to threads that compute, call and block: none is lost, no register and no call is damaged. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#define THREADS 6
static atomic_long got, wrong;
static atomic_int stop;
static void handler(int signal, siginfo_t *info, void *context) {
    double x = 1.5;
    for (int k = 0; k < 10; k++) x = x * 1.1;
    if (x < 3.8 || x > 4.0) wrong++;
    got++;
}
static void *work(void *argument) {
    int ends[2];
    if (pipe(ends)) return 0;
    char buffer[8];
    struct timespec moment = {0, 1000};
    long rounds = 0;
    for (; !stop || !rounds; rounds++) {
        double sum = 0;
        for (int i = 0; i < 1000; i++) sum += i * 0.5;
        if (sum != 249750.0) wrong++;
        if (write(ends[1], "abcdefg", 8) != 8) wrong++;
        if (read(ends[0], buffer, 8) != 8 || memcmp(buffer, "abcdefg", 8)) wrong++;
        if ((long)argument & 1) nanosleep(&moment, 0);
    }
    return (void *)rounds;
}
int main(void) {
    struct sigaction action = {0};
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigaction(SIGRTMIN + 1, &action, 0);
    pthread_t threads[THREADS];
    for (long i = 0; i < THREADS; i++) pthread_create(&threads[i], 0, work, (void *)i);
    union sigval value = {0};
    long sent = 0;
    for (int i = 0; i < 1500; i++) {
        if (!pthread_sigqueue(threads[i % THREADS], SIGRTMIN + 1, value)) sent++;
        if (i % 50 == 0) usleep(500);
    }
    while (got < sent) usleep(1000);
    stop = 1;
    long rounds = 0;
    for (int i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        rounds += result != 0;
    }
    printf("sent %ld got %ld wrong %ld worked %ld\n", sent, (long)got, (long)wrong, rounds);
    return 0;
}
