#include "say.h"
#include <pthread.h>
#include <semaphore.h>

static int p[2];
static volatile int cleaned, stop, spinning;
static volatile long counted, order_errors, last_value = -1;
static __thread int mine;
static sem_t fired;

static volatile int reader;
static void clean(void *arg) { cleaned++; }
static void *reads(void *arg)
{
    char c;
    reader = syscall(SYS_gettid);
    pthread_cleanup_push(clean, 0);
    read(p[0], &c, 1);
    pthread_cleanup_pop(0);
    return 0;
}
static void *spins(void *arg)
{
    mine = 5;
    spinning = 1;
    while (!stop) ;
    return (void *)(intptr_t)mine;
}
static void stops(int s) { stop = 1; mine++; }
static void counts(int s, siginfo_t *i, void *u)
{
    if (i->si_value.sival_int != last_value + 1) order_errors++;
    last_value = i->si_value.sival_int;
    counted++;
}
static volatile int waiter;
static void *waits(void *arg)
{
    waiter = syscall(SYS_gettid);
    while (!stop) usleep(1000);
    return 0;
}
static void expired(union sigval v) { if (v.sival_int == 9) sem_post(&fired); }
static volatile long seen[4];
static void tally(int s, siginfo_t *i, void *u) { __atomic_fetch_add(&seen[i->si_value.sival_int], 1, __ATOMIC_RELAXED); }
static void *floods(void *arg)
{
    union sigval v = {.sival_int = (int)(intptr_t)arg};
    for (int i = 0; i < 200; i++) while (sigqueue(getpid(), 41, v)) usleep(100);
    return 0;
}
static void *pingpong(void *arg)
{
    int *q = arg;
    char c;
    for (int i = 0; i < 200; i++) { if (read(q[0], &c, 1) != 1) return (void *)1L; if (write(q[3], &c, 1) != 1) return (void *)1L; }
    return 0;
}

int main(int argc, char **argv)
{
    pthread_t t, f[4];
    void *result;
    struct sigaction a = {0};
    pipe(p);
    pthread_create(&t, 0, reads, 0);
    while (!reader) usleep(1000);
    await_asleep(reader);
    SAY(pthread_cancel(t));
    SAY(pthread_join(t, &result));
    SHOW("cancelled %d cleaned %d", result == PTHREAD_CANCELED, cleaned);

    a.sa_handler = stops;
    sigaction(SIGUSR1, &a, 0);
    pthread_create(&t, 0, spins, 0);
    while (!spinning) usleep(1000);
    SAY(pthread_kill(t, SIGUSR1));
    pthread_join(t, &result);
    SHOW("spinner's own variable %d mine %d", (int)(intptr_t)result, mine);

    stop = 0;
    a = (struct sigaction){.sa_sigaction = counts, .sa_flags = SA_SIGINFO};
    sigaction(40, &a, 0);
    pthread_create(&t, 0, waits, 0);
    int failed = 0;
    while (!waiter) usleep(1000);
    for (int i = 0; i < 500; i++) {
        siginfo_t si = {.si_code = SI_QUEUE, .si_value.sival_int = i};
        if (syscall(SYS_rt_tgsigqueueinfo, getpid(), waiter, 40, &si)) failed++;
    }
    while (counted < 500 - failed) usleep(1000);
    stop = 1;
    pthread_join(t, 0);
    SHOW("counted %ld out of order %ld failed %d", counted, order_errors != 0 && failed == 0, failed);

    a = (struct sigaction){.sa_sigaction = tally, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(41, &a, 0);
    for (int i = 0; i < 4; i++) pthread_create(&f[i], 0, floods, (void *)(intptr_t)i);
    for (int i = 0; i < 4; i++) pthread_join(f[i], 0);
    long end = monotonic_ms() + 30000;
    while (seen[0] + seen[1] + seen[2] + seen[3] < 800 && monotonic_ms() < end) usleep(1000);
    SHOW("floods %ld %ld %ld %ld", seen[0], seen[1], seen[2], seen[3]);

    int q[4];
    pipe(q), pipe(q + 2);
    pthread_create(&t, 0, pingpong, q);
    char c = 'x';
    int bad = 0;
    for (int i = 0; i < 200; i++) bad += write(q[1], &c, 1) != 1 || read(q[2], &c, 1) != 1;
    pthread_join(t, &result);
    SHOW("ping pong bad %d %ld", bad, (long)result);

    sem_init(&fired, 0, 0);
    struct sigevent ev = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = expired, .sigev_value.sival_int = 9};
    timer_t id;
    SAY(timer_create(CLOCK_MONOTONIC, &ev, &id));
    struct itimerspec its = {{0, 5000000}, {0, 5000000}};
    SAY(timer_settime(id, 0, &its, 0));
    for (int i = 0; i < 3; i++) sem_wait(&fired);
    SAY(timer_delete(id));
    /* threads that were started before may still be on their way; a timer that goes on brings more than those */
    int late = 0;
    do {
        struct timespec ts;
        clock_gettime(CLOCK_REALTIME, &ts);
        ts.tv_sec++;
        errno = 0;
        failed = sem_timedwait(&fired, &ts);
    } while (failed == 0 && ++late < 10000);
    SHOW("the timer's end %s", failed ? error_name(errno) : "never");
    SAY(setuid(getuid()));
    SAY(setgid(getgid()));
    raise(SIGUSR2);
    return 0;
}
