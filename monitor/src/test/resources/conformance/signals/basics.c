#include "say.h"
#include <pthread.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <ucontext.h>
#include <math.h>

static volatile sig_atomic_t hits, last, nested;
static siginfo_t info;
static stack_t alternate;
static sigjmp_buf jump;
static void *where;
static pthread_t main_thread;

static void count(int s) { hits++; last = s; }
static void keep(int s, siginfo_t *i, void *u) { hits++; last = s; info = *i; }

static void install(int s, void *handler, int flags, int blocked)
{
    struct sigaction a = {0};
    a.sa_sigaction = handler;
    a.sa_flags = flags;
    sigemptyset(&a.sa_mask);
    if (blocked) sigaddset(&a.sa_mask, blocked);
    sigaction(s, &a, 0);
}

static int on_alternate(void)
{
    char here;
    return &here >= (char *)alternate.ss_sp && &here < (char *)alternate.ss_sp + alternate.ss_size;
}

static void on_stack(int s, siginfo_t *i, void *u)
{
    ucontext_t *c = u;
    stack_t now;
    sigaltstack(0, &now);
    SHOW("  on alternate %d flags %d uc_stack %d", on_alternate(), now.ss_flags, c->uc_stack.ss_sp == alternate.ss_sp);
    SAY(sigaltstack(&alternate, 0));
}

static void order(int s, siginfo_t *i, void *u)
{
    SHOW("  signal %d code %d value %d", s, i->si_code, i->si_value.sival_int);
}

static void outer(int s)
{
    sigset_t m;
    sigprocmask(0, 0, &m);
    SHOW("  outer %d blocked usr1 %d usr2 %d", s, sigismember(&m, SIGUSR1), sigismember(&m, SIGUSR2));
    raise(SIGUSR2);
    SHOW("  back in outer%s", "");
}

static void inner(int s) { SHOW("  inner %d", s); nested++; }

static void fault(int s, siginfo_t *i, void *u)
{
    ucontext_t *c = u;
    where = i->si_addr;
    SHOW("  fault %d code %d trap %d error %d cr2 %d", s, i->si_code, (int)c->uc_mcontext.gregs[REG_TRAPNO],
         /* whether the page was there before does not matter */
         (int)c->uc_mcontext.gregs[REG_ERR] & ~1, c->uc_mcontext.gregs[REG_TRAPNO] == 14 && (void *)c->uc_mcontext.gregs[REG_CR2] == i->si_addr);
    siglongjmp(jump, 1);
}

static void repair(int s, siginfo_t *i, void *u)
{
    mprotect((void *)((uintptr_t)i->si_addr & -4096L), 4096, PROT_READ | PROT_WRITE);
    hits++;
}

static void change(int s, siginfo_t *i, void *u)
{
    ucontext_t *c = u;
    double x = 3.0;
    for (int k = 0; k < 10; k++) x = sqrt(x) + k;
    SHOW("  handler mxcsr %x computed %.6f fp %d cs %x", __builtin_ia32_stmxcsr(), x, c->uc_mcontext.fpregs != 0,
         (int)(c->uc_mcontext.gregs[REG_CSGSFS] & 0xffff));
    c->uc_mcontext.gregs[REG_R15] = 0x1234;
}

static void *sender(void *arg)
{
    struct timespec t = {0, 50 * 1000 * 1000};
    nanosleep(&t, 0);
    pthread_kill(main_thread, (int)(intptr_t)arg);
    return 0;
}

static void later(int s)
{
    pthread_t p;
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    pthread_create(&p, 0, sender, (void *)(intptr_t)s);
    pthread_sigmask(SIG_SETMASK, &old, 0);
    pthread_detach(p);
}

static void *waits(void *set)
{
    int s = 0;
    sigwait(set, &s);
    return (void *)(intptr_t)s;
}

static void writes_pipe(int s) { hits++; write(*(int *)where, "x", 1); }

int main(int argc, char **argv)
{
    sigset_t set, old, pending;
    union sigval v;
    struct timespec t;
    char buf[64];
    main_thread = pthread_self();

    SAY(sigaction(SIGKILL, &(struct sigaction){.sa_handler = count}, 0));
    SAY(sigaction(SIGKILL, 0, &(struct sigaction){0}));
    SAY(syscall(SYS_rt_sigaction, 65, 0, 0, 8));
    SAY(syscall(SYS_rt_sigaction, 1, 0, 0, 16));
    install(SIGUSR1, count, 0, 0);
    SAY(raise(SIGUSR1));
    SHOW("hits %d last %d", hits, last);
    SAY(kill(getpid(), SIGUSR1));
    SHOW("hits %d", hits);
    SAY(kill(getpid(), 0));
    SAY(kill(getpid(), 65));
    SAY(syscall(SYS_tgkill, getpid(), 99999999, 0));
    SAY(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), 0));
    SAY(syscall(SYS_tgkill, -1, 1, 0));

    install(SIGUSR1, keep, SA_SIGINFO, 0);
    kill(getpid(), SIGUSR1);
    SHOW("kill: signo %d code %d pid %d uid %d", info.si_signo, info.si_code, info.si_pid == getpid(), info.si_uid);
    raise(SIGUSR1);
    SHOW("raise: code %d pid %d", info.si_code, info.si_pid == getpid());
    v.sival_int = 77;
    SAY(sigqueue(getpid(), SIGUSR1, v));
    SHOW("queue: code %d value %d", info.si_code, info.si_value.sival_int);

    /* coalescing and order */
    sigemptyset(&set);
    for (int s = 35; s < 41; s++) sigaddset(&set, s), install(s, order, SA_SIGINFO, 0);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    install(SIGUSR1, order, SA_SIGINFO, 0);
    install(SIGUSR2, order, SA_SIGINFO, 0);
    SAY(sigprocmask(SIG_BLOCK, &set, &old));
    for (int i = 0; i < 3; i++) {
        v.sival_int = i;
        sigqueue(getpid(), 36, v);
        sigqueue(getpid(), 35, v);
        sigqueue(getpid(), SIGUSR2, v);
        sigqueue(getpid(), SIGUSR1, v);
    }
    SAY(sigpending(&pending));
    SHOW("pending usr1 %d usr2 %d 35 %d 37 %d", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGUSR2),
         sigismember(&pending, 35), sigismember(&pending, 37));
    /* one at a time, as the frames of all that are taken at once are stacked */
    for (int s = 36; s >= 35; s--) {
        for (int i = 0; i < 3; i++) {
            siginfo_t si;
            sigset_t one;
            sigemptyset(&one);
            sigaddset(&one, s);
            t = (struct timespec){0, 0};
            SAY(sigtimedwait(&one, &si, &t));
            SHOW("  took %d value %d code %d", si.si_signo, si.si_value.sival_int, si.si_code);
        }
    }
    SAY(sigprocmask(SIG_SETMASK, &old, 0));
    SAY(sigtimedwait(&set, 0, &(struct timespec){0, 1000000}));
    SAY(sigtimedwait(&set, 0, &(struct timespec){0, -1}));

    /* stacked delivery: the last frame runs first */
    sigprocmask(SIG_BLOCK, &set, 0);
    for (int i = 0; i < 2; i++) v.sival_int = i, sigqueue(getpid(), 37, v), sigqueue(getpid(), 39, v);
    raise(SIGUSR1);
    sigprocmask(SIG_SETMASK, &old, 0);

    /* masks */
    install(SIGUSR1, outer, 0, SIGUSR2);
    install(SIGUSR2, inner, 0, 0);
    raise(SIGUSR1);
    install(SIGUSR1, outer, SA_NODEFER, 0);
    raise(SIGUSR1);
    SHOW("nested %d", nested);
    install(SIGUSR1, count, SA_RESETHAND, 0);
    raise(SIGUSR1);
    struct sigaction now;
    sigaction(SIGUSR1, 0, &now);
    SHOW("after RESETHAND default %d flags %lx", now.sa_handler == SIG_DFL, (long)now.sa_flags & 0xf0000000);

    /* ignored */
    signal(SIGUSR1, SIG_IGN);
    SAY(raise(SIGUSR1));
    SAY(raise(SIGCHLD));
    SAY(raise(SIGWINCH));
    sigprocmask(SIG_BLOCK, &set, 0);
    raise(SIGUSR1);
    sigpending(&pending);
    SHOW("ignored and blocked pending %d", sigismember(&pending, SIGUSR1));
    install(SIGUSR1, count, 0, 0);
    sigpending(&pending);
    SHOW("after handler pending %d", sigismember(&pending, SIGUSR1));
    signal(SIGUSR1, SIG_IGN);
    sigpending(&pending);
    SHOW("after ignore pending %d", sigismember(&pending, SIGUSR1));
    sigprocmask(SIG_SETMASK, &old, 0);

    /* alternate stack */
    SAY(sigaltstack(0, &alternate));
    SHOW("none: flags %d", alternate.ss_flags);
    alternate = (stack_t){.ss_sp = malloc(65536), .ss_size = 1000};
    SAY(sigaltstack(&alternate, 0));
    alternate.ss_size = 65536;
    alternate.ss_flags = 77;
    SAY(sigaltstack(&alternate, 0));
    alternate.ss_flags = 0;
    SAY(sigaltstack(&alternate, 0));
    install(SIGUSR1, on_stack, SA_SIGINFO | SA_ONSTACK, 0);
    raise(SIGUSR1);
    install(SIGUSR1, on_stack, SA_SIGINFO, 0);
    raise(SIGUSR1);
    sigaltstack(&alternate, 0);

    /* faults */
    install(SIGSEGV, fault, SA_SIGINFO | SA_ONSTACK, 0);
    install(SIGFPE, fault, SA_SIGINFO, 0);
    install(SIGILL, fault, SA_SIGINFO, 0);
    install(SIGBUS, fault, SA_SIGINFO, 0);
    install(SIGTRAP, fault, SA_SIGINFO, 0);
    char *page = mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (!sigsetjmp(jump, 1)) *(volatile int *)16 = 1;
    SHOW("at %lx", (long)where);
    if (!sigsetjmp(jump, 1)) page[5] = 1;
    SHOW("at page + %ld", (long)((char *)where - page));
    if (!sigsetjmp(jump, 1)) *(volatile int *)0x8000000000000000 = 1;
    SHOW("at %lx", (long)where);
    if (!sigsetjmp(jump, 1)) ((void (*)(void))page)();
    SHOW("at page + %ld", (long)((char *)where - page));
    volatile int zero = 0;
    if (!sigsetjmp(jump, 1)) hits = 1 / zero;
    if (!sigsetjmp(jump, 1)) __asm__ volatile("ud2");
    if (!sigsetjmp(jump, 1)) __asm__ volatile("int3");
    if (!sigsetjmp(jump, 1)) __asm__ volatile("hlt");
    install(SIGSEGV, repair, SA_SIGINFO, 0);
    hits = 0;
    page[7] = 9;
    SHOW("repaired %d times, value %d", hits, page[7]);

    /* registers */
    install(SIGUSR2, change, SA_SIGINFO, 0);
    long r15;
    double d = 1.5, e;
    int me = getpid(), tid = syscall(SYS_gettid);
    __builtin_ia32_ldmxcsr(0x5f80);
    __asm__ volatile("movq %2, %%xmm14; mov $0x77, %%r15; mov $234, %%eax; mov %3, %%edi; mov %4, %%esi; mov $12, %%edx; syscall; mov %%r15, %0; movq %%xmm14, %1"
                     : "=r"(r15), "=x"(e) : "x"(d), "r"(me), "r"(tid)
                     : "rax", "rcx", "r11", "rdi", "rsi", "rdx", "r15", "xmm14", "memory");
    SHOW("r15 %lx xmm14 %.2f mxcsr %x", r15, e, __builtin_ia32_stmxcsr());
    __builtin_ia32_ldmxcsr(0x1f80);

    /* interrupted calls */
    int p[2];
    pipe(p);
    install(SIGUSR1, count, 0, 0);
    hits = 0;
    later(SIGUSR1);
    SAY(read(p[0], buf, 1));
    where = &p[1];
    install(SIGUSR1, writes_pipe, SA_RESTART, 0);
    later(SIGUSR1);
    SAY(read(p[0], buf, 1));
    SHOW("hits %d", hits);
    install(SIGUSR1, count, SA_RESTART, 0);
    later(SIGUSR1);
    SAY(pause());
    later(SIGUSR1);
    SAY(poll(0, 0, 3000));
    later(SIGUSR1);
    struct timespec rem = {0, 0};
    t = (struct timespec){2, 0};
    SAY(nanosleep(&t, &rem));
    SHOW("remaining about 2 s: %d", rem.tv_sec == 1 && rem.tv_nsec > 500000000);
    later(SIGUSR1);
    SAY(clock_nanosleep(CLOCK_MONOTONIC, 0, &t, &rem));
    signal(SIGUSR1, SIG_IGN);
    later(SIGUSR1);
    t = (struct timespec){0, 120000000};
    long before = monotonic_ms();
    SAY(nanosleep(&t, &rem));
    SHOW("slept all: %d", monotonic_ms() - before >= 120);
    later(SIGWINCH);
    SAY(poll(0, 0, 120));

    /* sigsuspend, sigwait, timed wait */
    install(SIGUSR1, outer, 0, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    raise(SIGUSR1);
    sigset_t none;
    sigemptyset(&none);
    SAY(sigsuspend(&none));
    sigprocmask(0, 0, &pending);
    SHOW("mask is back %d", sigismember(&pending, SIGUSR1));
    later(SIGUSR1);
    int got = 0;
    SAY(sigwait(&set, &got));
    SHOW("got %d", got);
    later(SIGUSR1);
    siginfo_t si;
    SAY(sigtimedwait(&set, &si, &(struct timespec){5, 0}));
    SHOW("code %d", si.si_code);
    install(SIGUSR2, inner, 0, 0);
    later(SIGUSR2);
    SAY(sigtimedwait(&set, &si, &(struct timespec){5, 0}));
    struct pollfd none_fd;
    later(SIGUSR1);
    sigfillset(&pending);
    sigdelset(&pending, SIGUSR1);
    SAY(ppoll(&none_fd, 0, &(struct timespec){5, 0}, &pending));

    /* process-directed goes to the thread that does not block it */
    pthread_t w;
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, 0);
    pthread_create(&w, 0, waits, &set);
    kill(getpid(), SIGUSR2);
    void *result;
    pthread_join(w, &result);
    SHOW("other thread took %d", (int)(intptr_t)result);

    /* signalfd */
    int fd = SAY(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
    struct signalfd_siginfo ss;
    struct pollfd pf = {fd, POLLIN, 0};
    SAY(read(fd, &ss, sizeof ss));
    SAY(poll(&pf, 1, 0));
    v.sival_int = 5;
    sigqueue(getpid(), SIGUSR1, v);
    SAY(poll(&pf, 1, 0));
    SAY(read(fd, &ss, 10));
    SAY(read(fd, &ss, sizeof ss));
    SHOW("signalfd %d code %d value %d pid %d", ss.ssi_signo, ss.ssi_code, ss.ssi_int, ss.ssi_pid == getpid());
    SAY(poll(&pf, 1, 0));
    fcntl(fd, F_SETFL, 0);
    later(SIGUSR2);
    SAY(read(fd, &ss, sizeof ss));
    SHOW("signalfd %d", ss.ssi_signo);
    sigprocmask(SIG_SETMASK, &old, 0);

    /* SIGPIPE */
    install(SIGPIPE, keep, SA_SIGINFO, 0);
    close(p[0]);
    hits = 0;
    SAY(write(p[1], "x", 1));
    SHOW("SIGPIPE %d last %d", hits, last);
    signal(SIGPIPE, SIG_IGN);
    SAY(write(p[1], "x", 1));
    SAY(raise(SIGCONT));

    /* blocked fault kills */
    sigemptyset(&set);
    sigaddset(&set, SIGSEGV);
    install(SIGSEGV, fault, SA_SIGINFO, 0);
    if (argc > 2) {
        sigprocmask(SIG_BLOCK, &set, 0);
        *(volatile int *)8 = 1;
    }
    raise(SIGTERM);
    return 1;
}
