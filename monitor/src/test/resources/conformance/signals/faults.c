// builds: glibc-static, glibc-dynamic
/* Synchronous faults: number, code, address, trap number and error code; blocked and ignored ones. */
#include "say.h"
#include <fenv.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>

static sigjmp_buf back;
static volatile int number, code;
static void *volatile address;
static volatile long trap, error, cr2, rip;
static void handler(int s, siginfo_t *i, void *c)
{
    __asm__ volatile("pushf; andl $~0x40000,(%%rsp); popf" ::: "memory", "cc"); // the kernel leaves AC as it was
    ucontext_t *u = c;
    number = s, code = i->si_code, address = i->si_addr;
    trap = u->uc_mcontext.gregs[REG_TRAPNO], error = u->uc_mcontext.gregs[REG_ERR], cr2 = u->uc_mcontext.gregs[REG_CR2];
    rip = u->uc_mcontext.gregs[REG_RIP];
    siglongjmp(back, 1);
}
static void report(const char *name, void *expected)
{
    SHOW("%s: signal %d code %d address %s trap %ld error %lx%s", name, number, code, address == expected ? "expected" : address == 0 ? "null" : address == (void *)rip ? "rip" : "other", trap, error,
         trap == 14 && cr2 == (long)expected ? " cr2" : "");
}
#define TRY(name, expected, ...) \
    do { \
        number = code = 0, trap = error = cr2 = 0; \
        if (!sigsetjmp(back, 1)) { __VA_ARGS__; SHOW("%s: nothing", name); } \
        else report(name, (void *)(expected)); \
    } while (0)

static void child(const char *name, void (*f)(void))
{
    fflush(stdout);
    pid_t p = fork();
    if (p == 0) { f(); _exit(0); }
    int status;
    waitpid(p, &status, 0);
    show_end(name, status);
}
static void crash(void) { *(volatile int *)8 = 1; }
static void blocked(void)
{
    sigset_t s;
    sigfillset(&s);
    sigprocmask(SIG_BLOCK, &s, 0);
    crash();
}
static void ignored(void) { signal(SIGSEGV, SIG_IGN); crash(); }
static void ignored_divide(void) { signal(SIGFPE, SIG_IGN); volatile int z = 0; z = 1 / z; }
static void sent(void) { signal(SIGSEGV, SIG_IGN); raise(SIGSEGV); _exit(4); }
static void again(int s) { crash(); }
static void nested(void) { signal(SIGSEGV, again); crash(); }
static void once(int s) { _exit(5); }
static void reset(void)
{
    struct sigaction a = {.sa_handler = once, .sa_flags = SA_RESETHAND};
    sigaction(SIGSEGV, &a, 0);
    crash();
}

int main(void)
{
    struct sigaction a = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    int all[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
    for (int i = 0; i < 6; i++) sigaction(all[i], &a, 0);
    volatile char sink;
    char *p = mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(p + 8192, 4096);
    TRY("read unmapped", p + 8195, sink = p[8195]);
    TRY("write unmapped", p + 8192, p[8192] = 1);
    TRY("call unmapped", p + 8192, ((void (*)(void))(p + 8192))());
    mprotect(p, 4096, PROT_READ);
    sink = p[5];
    TRY("write read-only", p + 5, p[5] = 1);
    mprotect(p, 4096, PROT_NONE);
    TRY("read none", p + 5, sink = p[5]);
    TRY("write none", p + 5, p[5] = 1);
    p[4096] = 1;
    TRY("execute data", p + 4096, ((void (*)(void))(p + 4096))());
    TRY("kernel address", 0xffff800000000000, sink = *(volatile char *)0xffff800000000000);
    TRY("non-canonical", 0, sink = *(volatile char *)0x0123456789abcdef);
    TRY("non-canonical write", 0, *(volatile char *)0x8000000000000000 = 1);
    TRY("highest", 0x7ffffffff000, sink = *(volatile char *)0x7ffffffff000);
    TRY("misaligned sse", 0, __asm__ volatile("movaps %%xmm0,(%0)" ::"r"(p + 4097)));
    TRY("across pages", p + 8192, *(volatile long *)(p + 8188) = 1);
    volatile int z = 0, m = INT_MIN, q = -1;
    TRY("divide", 0, z = 1 / z);
    TRY("overflowing divide", 0, m = m / q);
    TRY("ud2", 0, __asm__ volatile("ud2"));
    TRY("int3", 0, __asm__ volatile("int3"));
    TRY("int 3 in two bytes", 0, __asm__ volatile(".byte 0xcd,3"));
    TRY("hlt", 0, __asm__ volatile("hlt"));
    TRY("cli", 0, __asm__ volatile("cli"));
    TRY("in", 0, __asm__ volatile("inb $0x60,%%al" ::: "rax"));
    TRY("rdmsr", 0, __asm__ volatile("rdmsr" ::"c"(0x10) : "rax", "rdx"));
    TRY("mov cr0", 0, __asm__ volatile("mov %%cr0,%%rax" ::: "rax"));
    TRY("lgdt", 0, __asm__ volatile("lgdt (%0)" ::"r"(p + 4096)));
    TRY("invd", 0, __asm__ volatile("invd"));
    TRY("bad segment", 0, __asm__ volatile("mov %0,%%ds" ::"r"(0x1003)));
    TRY("trap flag", 0, __asm__ volatile("pushf; orl $0x100,(%%rsp); popf; nop; nop" ::: "memory", "cc"));
    TRY("alignment check", p + 4097, {
        __asm__ volatile("pushf; orl $0x40000,(%%rsp); popf; mov (%0),%%eax; pushf; andl $~0x40000,(%%rsp); popf" ::"r"(p + 4097) : "rax", "memory", "cc");
    });
    __asm__ volatile("pushf; andl $~0x40000,(%%rsp); popf" ::: "memory", "cc");
    volatile double d = 0, e = 1e308;
    volatile long double l = 0, lb = 1;
    struct { int bit; const char *name; } kinds[] = {{FE_DIVBYZERO, "zero"}, {FE_INVALID, "invalid"}, {FE_OVERFLOW, "overflow"}, {FE_UNDERFLOW, "underflow"}, {FE_INEXACT, "inexact"}};
    for (int i = 0; i < 5; i++) {
        char name[40];
        feclearexcept(FE_ALL_EXCEPT), fedisableexcept(FE_ALL_EXCEPT), feenableexcept(kinds[i].bit);
        sprintf(name, "sse %s", kinds[i].name);
        TRY(name, 0, {
            d = 0;
            if (i == 0) d = 1 / d;
            if (i == 1) d = d / d;
            if (i == 2) d = e * e;
            if (i == 3) { d = 1e-308; d = d * 1e-10; }
            if (i == 4) { d = 3; d = 1 / d; }
        });
        fesetenv(FE_DFL_ENV);
        feenableexcept(kinds[i].bit);
        sprintf(name, "x87 %s", kinds[i].name);
        TRY(name, 0, {
            l = 0, lb = 1;
            if (i == 0) l = lb / l;
            if (i == 1) l = l / l;
            if (i == 2) { l = 1e4000L; l = l * l; }
            if (i == 3) { l = 1e-4900L; l = l * 1e-100L; }
            if (i == 4) { l = 3; l = lb / l; }
            __asm__ volatile("fwait");
        });
        fesetenv(FE_DFL_ENV);
    }
    int fd = open("/proc/self/exe", O_RDONLY);
    char *f = mmap(0, 1 << 28, PROT_READ, MAP_PRIVATE, fd, 0);
    TRY("behind the file", f + (1 << 27), sink = f[1 << 27]);
    child("unhandled while handled", nested);
    child("blocked", blocked);
    child("ignored", ignored);
    child("ignored divide", ignored_divide);
    child("ignored and sent", sent);
    child("reset", reset);
    return 0;
}
