/* Sending and queueing: kill, tgkill, sigqueue, their errors, order, coalescing and limits. */
#include "say.h"
#include <pthread.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

static char got[4000];
static void note(int s, siginfo_t *i, void *c)
{
    sprintf(got + strlen(got), " %d/%d/%d", s, i->si_code, i->si_code == SI_QUEUE ? i->si_value.sival_int : i->si_pid == getpid());
}
static void show(const char *what) { SHOW("%s:%s", what, got); got[0] = 0; }
static void block(int how, int n, ...)
{
    sigset_t s;
    sigemptyset(&s);
    va_list l;
    va_start(l, n);
    for (int i = 0; i < n; i++) sigaddset(&s, va_arg(l, int));
    va_end(l);
    sigprocmask(how, &s, 0);
}

static int in_pipe[2], other_tid;
static void *other(void *a)
{
    block(SIG_BLOCK, 4, SIGUSR1, SIGUSR2, 40, 41);
    char c;
    other_tid = syscall(SYS_gettid);
    write(in_pipe[1], "r", 1);
    struct timespec t = {0, 200000000};
    nanosleep(&t, 0);
    sigset_t p;
    sigpending(&p);
    SHOW("other: usr1 %d usr2 %d 40 %d", sigismember(&p, SIGUSR1), sigismember(&p, SIGUSR2), sigismember(&p, 40));
    siginfo_t i;
    sigset_t s;
    sigemptyset(&s);
    sigaddset(&s, 40);
    sigaddset(&s, SIGUSR1);
    SAY(sigwaitinfo(&s, &i));
    SHOW("code %d value %d", i.si_code, i.si_code == SI_QUEUE ? i.si_value.sival_int : 0);
    SAY(sigwaitinfo(&s, &i));
    SHOW("code %d", i.si_code);
    return 0;
}

int main(void)
{
    struct sigaction a = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
    for (int i = 1; i < 65; i++) sigaction(i, &a, 0);
    union sigval v = {.sival_int = 7};
    SAY(sigqueue(getpid(), SIGUSR1, v));
    show("usr1");
    SAY(sigqueue(getpid(), 0, v));
    SAY(sigqueue(getpid(), 65, v));
    SAY(sigqueue(getpid(), -1, v));
    SAY(sigqueue(999999, SIGUSR1, v));
    SAY(kill(getpid(), 0));
    SAY(kill(getpid(), 65));
    SAY(kill(getpid(), -1));
    SAY(kill(999999, 0));
    SAY(kill(999999, SIGTERM));
    SAY(kill(-999999, SIGTERM));
    SAY(kill((int)0x80000000, 0));
    SAY(kill(0, 0));
    SAY(kill(1, 0) == 0 || errno == EPERM);
    siginfo_t i = {0};
    i.si_code = SI_USER;
    RAW(rt_sigqueueinfo, getpid(), SIGUSR1, &i);
    show("user");
    i.si_code = SI_TKILL;
    RAW(rt_sigqueueinfo, getpid(), SIGUSR1, &i);
    show("tkill");
    i.si_code = -77, i.si_pid = getpid();
    RAW(rt_sigqueueinfo, getpid(), SIGUSR1, &i);
    show("own code");
    i.si_code = SI_USER;
    RAW(rt_sigqueueinfo, 1, 0, &i);
    i.si_code = 5;
    RAW(rt_sigqueueinfo, 1, 0, &i);
    RAW(rt_sigqueueinfo, getpid(), SIGUSR1, 16);
    RAW(rt_sigqueueinfo, getpid(), 99, &i);
    i.si_code = SI_QUEUE;
    RAW(rt_tgsigqueueinfo, getpid(), getpid(), SIGUSR2, &i);
    show("tg");
    RAW(rt_tgsigqueueinfo, getpid(), 0, SIGUSR2, &i);
    RAW(rt_tgsigqueueinfo, -1, getpid(), SIGUSR2, &i);
    RAW(rt_tgsigqueueinfo, getpid(), 999999, SIGUSR2, &i);
    RAW(tgkill, getpid(), getpid(), SIGUSR2);
    show("tgkill");
    RAW(tgkill, getpid(), getpid(), 99);

    block(SIG_BLOCK, 7, SIGUSR1, SIGUSR2, SIGHUP, 34, 40, 41, 64);
    for (int n = 0; n < 3; n++) {
        v.sival_int = n;
        sigqueue(getpid(), 41, v), sigqueue(getpid(), 40, v), sigqueue(getpid(), SIGUSR1, v), sigqueue(getpid(), 64, v);
        kill(getpid(), SIGUSR1), kill(getpid(), SIGHUP), kill(getpid(), 40);
        raise(SIGUSR1), raise(40);
    }
    block(SIG_UNBLOCK, 7, SIGUSR1, SIGUSR2, SIGHUP, 34, 40, 41, 64);
    show("order");

    block(SIG_BLOCK, 2, 40, SIGUSR1);
    kill(getpid(), 40), kill(getpid(), SIGUSR1);
    signal(SIGUSR1, SIG_IGN), signal(40, SIG_IGN);
    sigset_t p;
    sigpending(&p);
    SHOW("after ignoring: %d %d", sigismember(&p, 40), sigismember(&p, SIGUSR1));
    kill(getpid(), 40), kill(getpid(), SIGUSR1);
    sigpending(&p);
    SHOW("blocked and ignored: %d %d", sigismember(&p, 40), sigismember(&p, SIGUSR1));
    sigaction(40, &a, 0);
    block(SIG_UNBLOCK, 2, 40, SIGUSR1);
    show("then handled");
    sigaction(SIGUSR1, &a, 0);

    struct rlimit l = {50, 100};
    SAY(setrlimit(RLIMIT_SIGPENDING, &l));
    block(SIG_BLOCK, 3, 40, 41, SIGUSR1);
    int n = 0;
    while (n < 200 && sigqueue(getpid(), 40, v) == 0) n++;
    SHOW("some %d %s", n > 30 && n <= 50, error_name(errno));
    SAY(sigqueue(getpid(), 41, v));
    SAY(sigqueue(getpid(), SIGUSR1, v));
    SAY(kill(getpid(), SIGUSR1));
    SAY(kill(getpid(), 41));
    SAY(raise(41));
    l.rlim_cur = 60;
    SAY(setrlimit(RLIMIT_SIGPENDING, &l));
    int more = 0;
    while (more < 200 && sigqueue(getpid(), 40, v) == 0) more++;
    SHOW("more %d", more);
    sigset_t s;
    sigemptyset(&s), sigaddset(&s, 40);
    int taken = 0;
    struct timespec none = {0};
    while (sigtimedwait(&s, 0, &none) == 40) taken++;
    SHOW("taken %d", taken - n - more);
    sigpending(&p);
    SHOW("41 %d usr1 %d", sigismember(&p, 41), sigismember(&p, SIGUSR1));
    signal(41, SIG_IGN), signal(SIGUSR1, SIG_IGN);
    block(SIG_UNBLOCK, 3, 40, 41, SIGUSR1);
    got[0] = 0;
    l.rlim_cur = 100;
    setrlimit(RLIMIT_SIGPENDING, &l);
    sigaction(SIGUSR1, &a, 0), sigaction(41, &a, 0);

    pipe(in_pipe);
    pthread_t t;
    pthread_create(&t, 0, other, 0);
    char c;
    read(in_pipe[0], &c, 1);
    pthread_kill(t, SIGUSR1);
    v.sival_int = 99;
    syscall(SYS_rt_tgsigqueueinfo, getpid(), other_tid, 40, &(siginfo_t){.si_code = SI_QUEUE, .si_value = v});
    pthread_join(t, 0);
    show("main got");
    sigpending(&p);
    SHOW("usr1 %d", sigismember(&p, SIGUSR1));
    RAW(rt_sigpending, &p, 9L);
    RAW(rt_sigpending, 16, 8L);
    RAW(rt_sigprocmask, 0, 0, 0, 7L);
    RAW(rt_sigprocmask, 9, &p, 0, 8L);
    RAW(rt_sigprocmask, 9, 0, 0, 8L);
    RAW(rt_sigprocmask, 0, 16, 0, 8L);
    RAW(rt_sigprocmask, 0, 0, 16, 8L);
    RAW(rt_sigaction, 0, 0, 0, 8L);
    RAW(rt_sigaction, 65, 0, 0, 8L);
    RAW(rt_sigaction, 9, 0, &p, 8L);
    RAW(rt_sigaction, 9, &a, 0, 8L);
    RAW(rt_sigaction, 10, 16, 0, 8L);
    RAW(rt_sigaction, 10, 0, 16, 8L);
    RAW(rt_sigaction, 10, 0, 0, 16L);
    RAW(rt_sigtimedwait, &s, 0, 0, 9L);
    RAW(rt_sigtimedwait, 16, 0, 0, 8L);
    struct timespec bad = {0, -1};
    RAW(rt_sigtimedwait, &s, 0, &bad, 8L);
    RAW(rt_sigtimedwait, &s, 0, &none, 8L);
    RAW(rt_sigsuspend, &s, 9L);
    RAW(rt_sigsuspend, 16, 8L);
    RAW(signalfd4, -1, &s, 9L, 0);
    RAW(signalfd4, -1, &s, 8L, 1);
    RAW(signalfd4, 0, &s, 8L, 0);
    RAW(signalfd4, 99, &s, 8L, 0);
    RAW(signalfd4, -1, 16, 8L, 0);
    return 0;
}
