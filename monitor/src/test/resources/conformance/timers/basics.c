#include "say.h"
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/sysinfo.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sched.h>

static volatile sig_atomic_t alarms, value;
static void on_alarm(int s) { alarms++; }
static void on_timer(int s, siginfo_t *i, void *u) { alarms++; value = i->si_value.sival_int; if (i->si_code != SI_TIMER) value = -1; }

static void spin_until(int n)
{
    long end = monotonic_ms() + 60000;
    while (alarms < n && monotonic_ms() < end) ;
}

/* However long a loaded machine takes. */
static void at_least(const char *what, long got, long wanted)
{
    SHOW("%s %s", what, got >= wanted - 1 && got < 60000 ? "as long as asked" : "WRONG");
    if (got < wanted - 1 || got >= 60000) fprintf(stderr, "%s took %ld not %ld\n", what, got, wanted);
}

int main(int argc, char **argv)
{
    struct timespec t, r;
    struct timeval tv;
    long before;
    int clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID, CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE, CLOCK_BOOTTIME, 55};
    for (int i = 0; i < 8; i++) {
        SAY(clock_gettime(clocks[i], &t));
        SAY(syscall(SYS_clock_gettime, clocks[i], &t));
        SAY(syscall(SYS_clock_getres, clocks[i], &t));
    }
    SAY(gettimeofday(&tv, 0));
    SAY(time(0) - tv.tv_sec <= 600);
    clock_gettime(CLOCK_REALTIME, &t);
    SHOW("same day %d", labs(t.tv_sec - tv.tv_sec) <= 600);

    before = monotonic_ms();
    SAY(nanosleep(&(struct timespec){0, 30000000}, 0));
    at_least("nanosleep", monotonic_ms() - before, 30);
    before = monotonic_ms();
    SAY(usleep(20000));
    at_least("usleep", monotonic_ms() - before, 20);
    SAY(nanosleep(&(struct timespec){0, 1000000000}, 0));
    SAY(nanosleep(&(struct timespec){-1, 0}, 0));
    SAY(clock_nanosleep(55, 0, &(struct timespec){0, 1}, 0));
    SAY(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &(struct timespec){0, 1}, 0));
    clock_gettime(CLOCK_MONOTONIC, &t);
    before = monotonic_ms();
    t.tv_nsec += 30000000;
    if (t.tv_nsec >= 1000000000) t.tv_sec++, t.tv_nsec -= 1000000000;
    SAY(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, 0));
    at_least("absolute", monotonic_ms() - before, 30);
    clock_gettime(CLOCK_REALTIME, &t);
    SAY(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, 0));

    signal(SIGALRM, on_alarm);
    SAY(alarm(0));
    SAY(alarm(1000));
    SAY(alarm(0) > 900);
    SAY(alarm(0));
    struct itimerval it = {{0, 20000}, {0, 20000}}, old;
    before = monotonic_ms();
    SAY(setitimer(ITIMER_REAL, &it, 0));
    while (alarms < 3) pause();
    at_least("three ticks", monotonic_ms() - before, 60);
    SAY(getitimer(ITIMER_REAL, &it));
    SHOW("interval %ld left at most %d", (long)it.it_interval.tv_usec, it.it_value.tv_usec <= 20000);
    memset(&it, 0, sizeof it);
    SAY(setitimer(ITIMER_REAL, &it, &old));
    SHOW("old interval %ld", (long)old.it_interval.tv_usec);
    SAY(setitimer(7, &it, &old));
    it.it_value.tv_usec = 2000000;
    SAY(setitimer(ITIMER_REAL, &it, &old));
    it.it_value.tv_usec = 10000;
    alarms = 0;
    signal(SIGVTALRM, on_alarm);
    SAY(setitimer(ITIMER_VIRTUAL, &it, 0));
    spin_until(1);
    SHOW("virtual %d", alarms);
    signal(SIGPROF, on_alarm);
    SAY(setitimer(ITIMER_PROF, &it, 0));
    spin_until(2);
    SHOW("prof %d", alarms);

    struct sigaction a = {.sa_sigaction = on_timer, .sa_flags = SA_SIGINFO};
    sigaction(SIGRTMIN, &a, 0);
    timer_t id = 0;
    struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN, .sigev_value.sival_int = 42};
    alarms = 0;
    SAY(timer_create(CLOCK_MONOTONIC, &ev, &id));
    struct itimerspec its = {{0, 10000000}, {0, 10000000}}, left;
    SAY(timer_settime(id, 0, &its, 0));
    spin_until(3);
    SHOW("timer ticks %d value %d", alarms >= 3, value);
    SAY(timer_gettime(id, &left));
    SHOW("interval %ld left %d", left.it_interval.tv_nsec, left.it_value.tv_nsec > 0 && left.it_value.tv_nsec <= 10000000);
    sigset_t s;
    sigemptyset(&s);
    sigaddset(&s, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &s, 0);
    usleep(100000);
    siginfo_t si;
    SAY(sigwaitinfo(&s, &si) == SIGRTMIN);
    SHOW("overran %d", timer_getoverrun(id) >= 3 && si.si_overrun >= 0);
    memset(&its, 0, sizeof its);
    SAY(timer_settime(id, 0, &its, 0));
    SAY(timer_delete(id));
    SAY(syscall(SYS_timer_delete, 12345));
    SAY(syscall(SYS_timer_gettime, 12345, &left));
    ev.sigev_signo = 99;
    SAY(timer_create(CLOCK_MONOTONIC, &ev, &id));
    ev.sigev_notify = SIGEV_NONE;
    SAY(timer_create(CLOCK_REALTIME, &ev, &id));
    clock_gettime(CLOCK_REALTIME, &its.it_value);
    its.it_value.tv_sec += 1000;
    SAY(timer_settime(id, TIMER_ABSTIME, &its, 0));
    SAY(timer_gettime(id, &left));
    SHOW("left %d", left.it_value.tv_sec >= 900 && left.it_value.tv_sec <= 1000);
    SAY(timer_create(77, &ev, &id));

    int fd = SAY(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
    uint64_t n = 0;
    SAY(read(fd, &n, 8));
    its = (struct itimerspec){{0, 0}, {0, 20000000}};
    SAY(timerfd_settime(fd, 0, &its, 0));
    struct pollfd pf = {fd, POLLIN, 0};
    SAY(poll(&pf, 1, 60000));
    SAY(read(fd, &n, 8));
    SHOW("expired %d", (int)n);
    SAY(timerfd_gettime(fd, &its));
    SAY(timerfd_settime(0, 0, &its, 0));

    struct rusage ru;
    SAY(getrusage(RUSAGE_SELF, &ru));
    SAY(getrusage(RUSAGE_THREAD, &ru));
    SAY(getrusage(RUSAGE_CHILDREN, &ru));
    SHOW("children %ld", (long)ru.ru_utime.tv_usec);
    SAY(getrusage(9, &ru));
    struct tms tms;
    SAY(times(&tms) > 0);
    struct sysinfo sy;
    SAY(sysinfo(&sy));
    SHOW("memory %d", sy.totalram > 0);
    struct utsname un;
    SAY(uname(&un));
    SHOW("%s %s", un.sysname, un.machine);
    SAY(getpid() == syscall(SYS_gettid));
    SAY(getpid() > 0);
    SAY(getppid() > 0);
    SAY(getuid());
    SAY(getgid());
    SAY(geteuid());
    SAY(getegid());
    SAY(getpgrp() > 0);
    SAY(getpgid(0) == getpgrp());
    SAY(getsid(0) > 0);
    gid_t g[64];
    SAY(getgroups(0, 0));
    SAY(getgroups(64, g));
    SAY(getgroups(-1, g));
    uid_t u1, u2, u3;
    SAY(getresuid(&u1, &u2, &u3));
    SAY(getresgid(&u1, &u2, &u3));
    SAY(setuid(getuid()));
    SAY(setresgid(-1, -1, -1));
    char name[32] = "";
    SAY(prctl(PR_SET_NAME, "a long thread name indeed"));
    SAY(prctl(PR_GET_NAME, name));
    SHOW("%s", name);
    SAY(prctl(PR_SET_PDEATHSIG, SIGTERM));
    int sig = 0;
    SAY(prctl(PR_GET_PDEATHSIG, &sig));
    SHOW("%d", sig);
    SAY(prctl(PR_SET_PDEATHSIG, 99));
    SAY(prctl(PR_GET_DUMPABLE));
    SAY(prctl(PR_SET_DUMPABLE, 0));
    SAY(prctl(PR_GET_DUMPABLE));
    SAY(prctl(PR_SET_DUMPABLE, 5));
    SAY(prctl(77777));
    SAY(getrandom(name, 16, 0));
    SAY(getrandom(name, 16, 0xff));
    SAY(syscall(SYS_getcpu, &u1, &u2, 0));
    SAY(sched_yield());
    errno = 0;
    SAY(getpriority(PRIO_PROCESS, 0));
    SAY(syscall(SYS_personality, 0xffffffff));
    SAY(syscall(SYS_capget, 0, 0));
    SAY(syscall(SYS_membarrier, 0, 0, 0) > 0);
    SAY(gethostname(name, 1));
    return 0;
}
