#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

struct point {
    int x, y;
};

volatile long counter = 0;
volatile int watched = 1;
volatile int handled = 0;
volatile int go_on = 0;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void touch(struct point *p) {
    pthread_mutex_lock(&lock);
    counter += p->x;
    pthread_mutex_unlock(&lock);
}

static void *worker(void *arg) {
    struct point p = {(int) (long) arg, 4};
    for (int i = 0; i < 3; i++) {
        touch(&p);
    }
    return arg;
}

static int compute(int n) {
    int sum = 0;
    for (int i = 1; i <= n; i++) {
        sum += i;
    }
    watched = sum;
    return sum;
}

static void on_signal(int number) {
    handled++;
}

static void *spinner(void *arg) {
    while (!go_on) {
        __sync_fetch_and_add(&counter, 1);
    }
    return arg;
}

static void run_threads(int count) {
    pthread_t threads[64];
    for (long i = 0; i < count; i++) {
        pthread_create(&threads[i], 0, worker, (void *) (i + 1));
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], 0);
    }
}

static void spin(int count) {
    pthread_t threads[64];
    for (int i = 0; i < count; i++) {
        pthread_create(&threads[i], 0, spinner, 0);
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], 0);
    }
}

static void alarms(void) {
    struct itimerval every = {{0, 2000}, {0, 2000}};
    signal(SIGALRM, on_signal);
    setitimer(ITIMER_REAL, &every, 0);
    while (handled < 10) {
        counter++;
    }
    memset(&every, 0, sizeof every);
    setitimer(ITIMER_REAL, &every, 0);
}

void meet(void) {
    __sync_fetch_and_add(&handled, 1);
}

static void *meeter(void *arg) {
    while (!go_on) {
        meet();
    }
    return arg;
}

/* One thread steps through here while the others run into breakpoints. */
static void march(int count) {
    pthread_t threads[64];
    for (int i = 0; i < count; i++) {
        pthread_create(&threads[i], 0, meeter, 0);
    }
    while (handled < 1000) {
    }
    __asm__ volatile(".globl step_begin\nstep_begin: .rept 300\n nop\n .endr\n.globl step_end\nstep_end:");
    go_on = 1;
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], 0);
    }
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    int sum = compute(4);
    if (!strcmp(what, "spin")) {
        spin(4);
        return 11;
    }
    if (!strcmp(what, "march")) {
        march(3);
        return 13;
    }
    if (!strcmp(what, "sleep")) {
        for (;;) {
            pause();
        }
    }
    if (!strcmp(what, "deaf")) {
        signal(SIGTERM, SIG_IGN);
        puts("deaf");
        fflush(stdout);
        for (;;) {
            pause();
        }
    }
    if (!strcmp(what, "block")) {
        char byte;
        int ends[2];
        pipe(ends);
        puts("blocks");
        fflush(stdout);
        return read(ends[0], &byte, 1);
    }
    if (!strcmp(what, "crash")) {
        *(volatile int *) 16 = 1;
    }
    if (!strcmp(what, "usr1")) {
        signal(SIGUSR1, on_signal);
        raise(SIGUSR1);
        return 20 + handled;
    }
    if (!strcmp(what, "alarms")) {
        alarms();
        return 12;
    }
    if (!strcmp(what, "term")) {
        raise(SIGTERM);
    }
    run_threads(argc > 2 ? atoi(argv[2]) : 3);
    printf("counter %ld sum %d\n", counter, sum);
    return 7;
}
