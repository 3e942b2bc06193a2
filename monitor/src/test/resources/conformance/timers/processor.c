/* Processor time of the program: clocks, getrusage, times, timers that count it, and what is nobody's but the monitor's. */
#include "say.h"
#include <pthread.h>
#include <semaphore.h>
#include <sys/resource.h>
#include <sys/times.h>

static long ns(int clock) { struct timespec t = {0}; clock_gettime(clock, &t); return t.tv_sec * 1000000000L + t.tv_nsec; }
static sem_t burnt, stop;
static void burn(int clock, long n) { long end = ns(clock) + n; while (ns(clock) < end) for (volatile int i = 0; i < 20000; i++) {} }
static int clock_of_thread;
static void *burner(void *a)
{
    clockid_t c;
    pthread_getcpuclockid(pthread_self(), &c);
    clock_of_thread = c;
    burn(CLOCK_THREAD_CPUTIME_ID, 300000000);
    sem_post(&burnt);
    sem_wait(&stop);
    return 0;
}
static void near(const char *what, long got, long low, long high)
{
    SHOW("%s %s", what, got >= low && got <= high ? "right" : "WRONG");
    if (got < low || got > high) fprintf(stderr, "%s: %ld not in %ld..%ld\n", what, got, low, high);
}
#define MS 1000000L
#define ROOM (1000 * MS) /* what a loaded machine adds */
static volatile int fired, from;
static void on(int s, siginfo_t *i, void *c) { fired++; from = i->si_code; }
static long tv(struct timeval t) { return t.tv_sec * 1000 + t.tv_usec / 1000; }

int main(void)
{
    near("at the start", ns(CLOCK_PROCESS_CPUTIME_ID), 0, 150 * MS);
    near("thread at the start", ns(CLOCK_THREAD_CPUTIME_ID), 0, 150 * MS);
    long p = ns(CLOCK_PROCESS_CPUTIME_ID), t = ns(CLOCK_THREAD_CPUTIME_ID);
    burn(CLOCK_THREAD_CPUTIME_ID, 50 * MS);
    near("process", ns(CLOCK_PROCESS_CPUTIME_ID) - p, 50 * MS, 50 * MS + ROOM);
    near("thread", ns(CLOCK_THREAD_CPUTIME_ID) - t, 50 * MS, 50 * MS + ROOM);
    p = ns(CLOCK_PROCESS_CPUTIME_ID);
    usleep(100000);
    near("asleep", ns(CLOCK_PROCESS_CPUTIME_ID) - p, 0, 80 * MS);
    struct rusage u, v;
    SAY(getrusage(RUSAGE_SELF, &u));
    near("rusage", tv(u.ru_utime) + tv(u.ru_stime), 45, 1200);
    SAY(getrusage(RUSAGE_THREAD, &v));
    near("rusage of thread", tv(v.ru_utime) + tv(v.ru_stime), 45, 1200);
    SAY(getrusage(RUSAGE_CHILDREN, &v));
    near("rusage of children", tv(v.ru_utime) + tv(v.ru_stime), 0, 0);
    SAY(getrusage(7, &v));
    SAY(getrusage(-2, &v));
    RAW(getrusage, 0, 16);
    struct tms tms;
    OK(times(&tms));
    near("times", tms.tms_utime + tms.tms_stime, 4, 120);

    pthread_t a;
    p = ns(CLOCK_PROCESS_CPUTIME_ID), t = ns(CLOCK_THREAD_CPUTIME_ID);
    pthread_create(&a, 0, burner, 0);
    sem_wait(&burnt);
    near("of two threads", ns(CLOCK_PROCESS_CPUTIME_ID) - p, 300 * MS, 300 * MS + ROOM);
    near("of this one", ns(CLOCK_THREAD_CPUTIME_ID) - t, 0, 250 * MS);
    near("of the other", ns(clock_of_thread), 300 * MS, 300 * MS + ROOM);
    sem_post(&stop);
    pthread_join(a, 0);
    near("of both when one has ended", ns(CLOCK_PROCESS_CPUTIME_ID) - p, 300 * MS, 300 * MS + ROOM);
    struct timespec ts;
    clockid_t c;
    SHOW("%d", clock_getcpuclockid(0, &c));
    SHOW("%d", clock_getcpuclockid(getpid(), &c));
    near("by pid", ns(c), 350 * MS, 350 * MS + ROOM);
    SHOW("%s", error_name(clock_getcpuclockid(999999, &c)));
    SAY(clock_getres(CLOCK_PROCESS_CPUTIME_ID, &ts));
    SHOW("%ld", ts.tv_nsec);
    SAY(clock_settime(CLOCK_PROCESS_CPUTIME_ID, &ts));

    struct sigaction act = {.sa_sigaction = on, .sa_flags = SA_SIGINFO};
    sigaction(SIGPROF, &act, 0), sigaction(SIGVTALRM, &act, 0), sigaction(SIGUSR1, &act, 0);
    struct itimerval it = {{0, 0}, {0, 250000}}, old;
    SAY(setitimer(ITIMER_PROF, &it, 0));
    usleep(80000);
    SHOW("asleep %d", fired);
    p = ns(CLOCK_PROCESS_CPUTIME_ID);
    while (!fired && ns(CLOCK_PROCESS_CPUTIME_ID) - p < 60000 * MS) {}
    SHOW("prof %d code %x", fired, from);
    near("prof after", ns(CLOCK_PROCESS_CPUTIME_ID) - p, 100 * MS, 250 * MS + ROOM);
    fired = 0;
    SAY(setitimer(ITIMER_VIRTUAL, &it, 0));
    p = ns(CLOCK_PROCESS_CPUTIME_ID);
    while (!fired && ns(CLOCK_PROCESS_CPUTIME_ID) - p < 60000 * MS) for (volatile int i = 0; i < 100000; i++) {}
    SHOW("virtual %d", fired);
    SAY(getitimer(ITIMER_VIRTUAL, &old));
    SHOW("off %ld", old.it_value.tv_usec);
    timer_t timer;
    struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    SAY(timer_create(CLOCK_THREAD_CPUTIME_ID, &e, &timer));
    struct itimerspec its = {{0, 0}, {0, 30 * MS}};
    fired = 0;
    SAY(timer_settime(timer, 0, &its, 0));
    t = ns(CLOCK_THREAD_CPUTIME_ID);
    while (!fired && ns(CLOCK_THREAD_CPUTIME_ID) - t < 60000 * MS) {}
    SHOW("thread timer %d code %d", fired, from);
    SAY(timer_delete(timer));
    SAY(timer_create(CLOCK_PROCESS_CPUTIME_ID, &e, &timer));
    fired = 0;
    SAY(timer_settime(timer, 0, &its, 0));
    while (!fired && ns(CLOCK_THREAD_CPUTIME_ID) - t < 60000 * MS) {}
    SHOW("process timer %d", fired);
    SAY(timer_delete(timer));
    its.it_value.tv_nsec = 0;
    SAY(timer_create(-6 & ~7 | 2, &e, &timer) == 0 || errno == EINVAL);
    return 0;
}
