/* RLIMIT_CPU and RLIMIT_RTTIME: when SIGXCPU comes, and how it ends. */
#include "say.h"
#include <sched.h>
#include <sys/resource.h>

static volatile int hits, code;
static void hit(int signal, siginfo_t *info, void *context) { hits++, code = info->si_code; }

static double used(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

/* Whether the signals came about when they should: the kernel may count by ticks what the clock counts exactly. */
static void spin_until(int wanted, double from, double to)
{
    while (hits < wanted && used() < to + 3) {}
    double now = used();
    if (hits != wanted || now < from || now > to) printf("%d hits at %f\n", hits, now);
    else printf("hit %d in time\n", wanted);
    fflush(stdout);
}

static void limit(int which, rlim_t soft, rlim_t hard)
{
    struct rlimit wanted = {soft, hard};
    SAY(setrlimit(which, &wanted));
}

static void show(int which)
{
    struct rlimit now;
    getrlimit(which, &now);
    SHOW("limits %ld %ld", (long)now.rlim_cur, (long)now.rlim_max);
}

static void ends(const char *how)
{
    int status;
    wait(&status);
    SHOW("%s: %s %d", how, WIFSIGNALED(status) ? "signal" : "status",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_sigaction = hit, .sa_flags = SA_SIGINFO};
    limit(RLIMIT_CORE, 0, 0);
    show(RLIMIT_CPU);
    if (fork() == 0) {
        sigaction(SIGXCPU, &action, 0);
        limit(RLIMIT_CPU, 1, 3);
        limit(RLIMIT_CPU, 2, 4);
        limit(RLIMIT_CPU, 1, 3);
        spin_until(1, 0.4, 2);
        SHOW("code %d", code);
        show(RLIMIT_CPU);
        spin_until(2, 1, 3);
        show(RLIMIT_CPU);
        for (;;) {}
    }
    ends("handled");
    limit(RLIMIT_CPU, 1, RLIM_INFINITY);
    if (fork() == 0) {
        show(RLIMIT_CPU);
        for (;;) {}
    }
    ends("inherited");
    if (fork() == 0) {
        sigaction(SIGXCPU, &action, 0);
        limit(RLIMIT_CPU, RLIM_INFINITY, RLIM_INFINITY);
        while (used() < 1.2) {}
        _exit(hits);
    }
    ends("lifted");
    if (fork() == 0) {
        struct sched_param timely = {2};
        sigaction(SIGXCPU, &action, 0);
        limit(RLIMIT_CPU, RLIM_INFINITY, RLIM_INFINITY);
        limit(RLIMIT_RTTIME, 100000, 1200000);
        show(RLIMIT_RTTIME);
        if (SAY(sched_setscheduler(0, SCHED_FIFO, &timely)) < 0) _exit(1);
        double start = used();
        while (hits < 1 && used() < start + 1) {}
        SHOW("%d, code %d, %d", hits, code, used() - start >= 0.1);
        show(RLIMIT_RTTIME);
        _exit(0);
    }
    ends("real time");
    return 0;
}
