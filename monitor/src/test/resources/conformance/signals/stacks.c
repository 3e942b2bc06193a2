/* sigaltstack(2): errors, nesting, AUTODISARM, overflow; what frames hold and what sigreturn takes from them. */
#include "say.h"
#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>

static char alt[65536] __attribute__((aligned(64))), small[65536] __attribute__((aligned(64)));
static int on(char *base, size_t n, void *p) { return (char *)p >= base && (char *)p < base + n; }
static int depth;
static void where(int s, siginfo_t *i, void *c)
{
    ucontext_t *u = c;
    stack_t now;
    int here;
    sigaltstack(0, &now);
    SHOW("handler depth %d on alt %d, now flags %x, saved flags %x size %zu", depth, on(alt, sizeof alt, &here), now.ss_flags, u->uc_stack.ss_flags, u->uc_stack.ss_size);
    SAY(sigaltstack(&(stack_t){.ss_sp = small, .ss_size = sizeof small}, 0));
    if (depth++ < 1) raise(SIGUSR2);
}
static sigjmp_buf jump;
static void overflowed(int s, siginfo_t *i, void *c)
{
    int here;
    SHOW("overflow: code %d on alt %d", i->si_code, on(alt, sizeof alt, &here));
    siglongjmp(jump, 1);
}
static int deep(int n) { volatile char fill[4096]; fill[0] = n; return n ? deep(n + 1) + fill[0] : 0; }

static void changes(int s, siginfo_t *i, void *c)
{
    ucontext_t *u = c;
    SHOW("flags %x", (unsigned)u->uc_flags & 6);
    SHOW("cs %x ss %x", (unsigned)(u->uc_mcontext.gregs[REG_CSGSFS] & 0xffff), (unsigned)(u->uc_mcontext.gregs[REG_CSGSFS] >> 48));
    u->uc_mcontext.gregs[REG_EFL] |= 0x8d5 | 1 << 18 | 1 << 21 | 1 << 14 | 3 << 12;
    u->uc_mcontext.gregs[REG_R12] = 0x1234;
    u->uc_mcontext.gregs[REG_RIP] += 0;
    u->uc_mcontext.fpregs->mxcsr |= 0x8040;
    u->uc_mcontext.fpregs->_xmm[5].element[0] = 0xabcd;
    sigaddset(&u->uc_sigmask, SIGWINCH);
}

int main(void)
{
    stack_t s, old;
    SAY(sigaltstack(0, &old));
    SHOW("flags %x size %zu", old.ss_flags, old.ss_size);
    s = (stack_t){.ss_sp = alt, .ss_size = 100};
    SAY(sigaltstack(&s, 0));
    s.ss_size = 2047;
    SAY(sigaltstack(&s, 0));
    s.ss_size = sizeof alt, s.ss_flags = 4;
    SAY(sigaltstack(&s, 0));
    s.ss_flags = SS_ONSTACK;
    SAY(sigaltstack(&s, 0));
    SAY(sigaltstack(0, &old));
    SHOW("flags %x size %zu", old.ss_flags, old.ss_size);
    s.ss_flags = SS_DISABLE, s.ss_size = 1;
    SAY(sigaltstack(&s, &old));
    SAY(sigaltstack(0, &old));
    SHOW("flags %x size %zu sp %d", old.ss_flags, old.ss_size, old.ss_sp == 0);
    RAW(sigaltstack, 16, 0);
    RAW(sigaltstack, 0, 16);
    struct sigaction a = {.sa_sigaction = where, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGUSR1, &a, 0), sigaction(SIGUSR2, &a, 0);
    s = (stack_t){.ss_sp = alt, .ss_size = sizeof alt};
    SAY(sigaltstack(&s, 0));
    raise(SIGUSR1);
    SAY(sigaltstack(0, &old));
    SHOW("flags %x size %zu mine %d", old.ss_flags, old.ss_size, old.ss_sp == alt);
    depth = 0, s.ss_flags = (int)(1u << 31);
    SAY(sigaltstack(&s, 0));
    SAY(sigaltstack(0, &old));
    SHOW("flags %x", old.ss_flags);
    raise(SIGUSR1);
    SAY(sigaltstack(0, &old));
    SHOW("flags %x size %zu mine %d", old.ss_flags, old.ss_size, old.ss_sp == alt);
    s.ss_flags = 0;
    sigaltstack(&s, 0);
    a.sa_sigaction = overflowed;
    sigaction(SIGSEGV, &a, 0);
    if (!sigsetjmp(jump, 1)) deep(1);
    SHOW("survived");
    if (!sigsetjmp(jump, 1)) __asm__ volatile("movq $0x10, %%rsp; push %%rax" ::: "memory");
    SHOW("survived again");

    a.sa_sigaction = changes;
    sigaction(SIGTRAP, &a, 0);
    unsigned long flags, r12, mxcsr = 0, x = 0;
    __asm__ volatile("xor %%r12d,%%r12d; pxor %%xmm5,%%xmm5; int3; pushfq; pop %0; mov %%r12,%1; stmxcsr %2; movq %%xmm5,%3"
                     : "=&r"(flags), "=&r"(r12), "+m"(mxcsr), "=&r"(x) : : "r12", "xmm5", "memory", "cc");
    __asm__ volatile("pushfq; andl $~0x40000,(%%rsp); popfq" ::: "memory", "cc");
    SHOW("rflags %lx r12 %lx mxcsr %lx xmm5 %lx", flags, r12, mxcsr, x & 0xffffffff);
    sigset_t now;
    sigprocmask(0, 0, &now);
    SHOW("winch %d trap %d", sigismember(&now, SIGWINCH), sigismember(&now, SIGTRAP));
    fflush(stdout);
    char *page = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(page, 4096, PROT_NONE);
    s.ss_sp = page, s.ss_size = 8192;
    SAY(sigaltstack(&s, 0));
    struct sigaction b = {.sa_sigaction = overflowed, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &b, 0);
    if (fork() == 0) {
        s.ss_sp = page, s.ss_size = 4096;
        sigaltstack(&s, 0);
        raise(SIGSEGV);
        _exit(3);
    }
    int status;
    wait(&status);
    show_end("no room for the handler", status);
    return 0;
}
