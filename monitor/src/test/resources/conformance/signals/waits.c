/* Waiting for signals: sigtimedwait, sigsuspend, ppoll and its like with a mask of their own, signalfd; nothing gets lost. */
#include "say.h"
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/signalfd.h>

static volatile int handled, masked;
static void on(int s)
{
    sigset_t now;
    sigprocmask(0, 0, &now);
    handled++, masked = sigismember(&now, SIGUSR2) + 2 * sigismember(&now, SIGUSR1);
}
static sigset_t set(int n, ...)
{
    sigset_t s;
    va_list l;
    va_start(l, n);
    sigemptyset(&s);
    while (n--) sigaddset(&s, va_arg(l, int));
    return s;
}
static void pause_ms(long n) { struct timespec t = {n / 1000, n % 1000 * 1000000}; nanosleep(&t, 0); }
static pthread_t main_thread;
static volatile int rounds;
/* As fast as the other takes them: every one must wake it. */
static void *pester(void *a)
{
    for (int i = 1; i <= 300; i++) {
        pthread_kill(main_thread, SIGUSR1);
        while (rounds < i) sched_yield();
    }
    return 0;
}
static void *one(void *a)
{
    pause_ms(30);
    kill(getpid(), (int)(long)a);
    return 0;
}
static void show(struct signalfd_siginfo *s, long n)
{
    for (long i = 0; i < n / (long)sizeof *s; i++)
        SHOW("  %u code %d value %d pid %d status %d", s[i].ssi_signo, s[i].ssi_code, s[i].ssi_code == SI_QUEUE ? s[i].ssi_int : 0, s[i].ssi_pid == getpid(), s[i].ssi_signo == SIGCHLD ? s[i].ssi_status : 0);
}

int main(void)
{
    main_thread = pthread_self();
    struct sigaction a = {.sa_handler = on};
    sigaction(SIGUSR1, &a, 0), sigaction(SIGUSR2, &a, 0);
    sigset_t both = set(2, SIGUSR1, SIGUSR2), two = set(1, SIGUSR2), none = set(0);
    sigprocmask(SIG_BLOCK, &both, 0);
    pthread_t t;
    struct timespec second = {1, 0}, zero = {0, 0};

    raise(SIGUSR1);
    SAY(ppoll(0, 0, &second, &two));
    SHOW("handled %d with mask %d", handled, masked);
    SAY(ppoll(0, 0, &zero, &two));
    raise(SIGUSR1);
    SAY(pselect(0, 0, 0, 0, &second, &two));
    SHOW("handled %d with mask %d", handled, masked);
    int ep = epoll_create1(0);
    struct epoll_event ev;
    raise(SIGUSR1);
    SAY(epoll_pwait(ep, &ev, 1, 1000, &two));
    SHOW("handled %d with mask %d", handled, masked);
    raise(SIGUSR1), raise(SIGUSR2);
    SAY(sigsuspend(&none));
    SHOW("handled %d", handled);
    sigset_t now;
    sigprocmask(0, 0, &now);
    SHOW("mask back %d %d", sigismember(&now, SIGUSR1), sigismember(&now, SIGUSR2));
    int p[2];
    pipe(p);
    write(p[1], "x", 1);
    struct pollfd pf = {p[0], POLLIN};
    raise(SIGUSR1);
    SAY(ppoll(&pf, 1, &second, &two));
    sigpending(&now);
    SHOW("handled %d pending %d", handled, sigismember(&now, SIGUSR1));
    SAY(ppoll(0, 0, &zero, &two));
    sigpending(&now);
    SHOW("handled %d pending %d", handled, sigismember(&now, SIGUSR1));

    handled = 0;
    pthread_create(&t, 0, pester, 0);
    for (rounds = 0; rounds < 300;) {
        switch (rounds % 4) {
        case 0: sigsuspend(&two); break;
        case 1: ppoll(0, 0, 0, &two); break;
        case 2: pselect(0, 0, 0, 0, 0, &two); break;
        case 3: epoll_pwait(ep, &ev, 1, -1, &two); break;
        }
        rounds = handled;
    }
    pthread_join(t, 0);
    SHOW("handled %d", handled);

    siginfo_t info;
    sigset_t usr1 = set(1, SIGUSR1);
    pthread_create(&t, 0, one, (void *)(long)SIGUSR1);
    SAY(sigwaitinfo(&usr1, &info));
    pthread_join(t, 0);
    pthread_create(&t, 0, one, (void *)(long)SIGWINCH);
    SAY(sigtimedwait(&usr1, &info, &(struct timespec){0, 100000000}));
    pthread_join(t, 0);
    struct sigaction w = {.sa_handler = on};
    sigaction(SIGWINCH, &w, 0);
    pthread_create(&t, 0, one, (void *)(long)SIGWINCH);
    pthread_join(t, 0);
    SAY(sigtimedwait(&usr1, &info, &zero));
    signal(SIGUSR2, SIG_IGN);
    raise(SIGUSR2);
    SAY(sigtimedwait(&both, &info, &zero));
    sigaction(SIGUSR2, &a, 0);

    int fd = signalfd(-1, &both, SFD_NONBLOCK | SFD_CLOEXEC);
    SAY(fcntl(fd, F_GETFD));
    SAY((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    struct signalfd_siginfo s[4];
    SAY(read(fd, s, sizeof s));
    SAY(read(fd, s, 100));
    SAY(write(fd, s, 128));
    SAY(lseek(fd, 0, SEEK_CUR));
    raise(SIGUSR1);
    sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 42});
    pf.fd = fd;
    SAY(poll(&pf, 1, 0));
    SHOW("revents %x", pf.revents);
    ev = (struct epoll_event){EPOLLIN, {.u32 = 9}};
    SAY(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
    SAY(epoll_wait(ep, &ev, 1, 0));
    long n = read(fd, s, sizeof s);
    SHOW("read %ld", n);
    show(s, n);
    SAY(epoll_wait(ep, &ev, 1, 0));
    SAY(poll(&pf, 1, 0));
    int fd2 = signalfd(-1, &usr1, SFD_NONBLOCK);
    raise(SIGUSR1);
    struct pollfd two_fds[2] = {{fd, POLLIN}, {fd2, POLLIN}};
    SAY(poll(two_fds, 2, 0));
    n = read(fd2, s, sizeof s);
    show(s, n);
    SAY(poll(two_fds, 2, 0));
    SAY(signalfd(fd2, &two, 0) == fd2);
    raise(SIGUSR1);
    SAY(read(fd2, s, sizeof s));
    SAY(read(fd, s, sizeof s));
    raise(SIGUSR2);
    SAY(read(fd2, s, sizeof s));
    fcntl(fd, F_SETFL, 0);
    pthread_create(&t, 0, one, (void *)(long)SIGUSR1);
    n = read(fd, s, sizeof s);
    SHOW("read %ld", n);
    show(s, n);
    pthread_join(t, 0);
    sigset_t child = set(1, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, 0);
    int fd3 = signalfd(-1, &child, 0);
    if (fork() == 0) _exit(11);
    n = read(fd3, s, sizeof s);
    s[0].ssi_pid = getpid();
    show(s, n);
    int status;
    wait(&status);
    show_end("child", status);
    raise(SIGUSR1);
    if (fork() == 0) {
        sigpending(&now);
        SHOW("child: pending %d masks %d", sigismember(&now, SIGUSR1), sigprocmask(0, 0, &now) + sigismember(&now, SIGUSR1));
        _exit(0);
    }
    wait(&status);
    sigpending(&now);
    SHOW("pending %d", sigismember(&now, SIGUSR1));
    return 0;
}
