/* Every processor exception a program can raise, and what the handler is told. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
static sigjmp_buf back;
static volatile int number, code;
static void *volatile address;
static void *volatile expected;
static void handler(int signal, siginfo_t *info, void *context) {
    number = signal;
    code = info->si_code;
    address = info->si_addr;
    siglongjmp(back, 1);
}
static void report(const char *name, int raised) {
    if (!raised) printf("%s: no signal\n", name);
    else printf("%s: signal %d code %d address %s\n", name, number, code, address == expected ? "expected" : "other");
}
#define TRY(name, action) \
    do { \
        number = code = 0; \
        if (!sigsetjmp(back, 1)) { \
            action; \
            report(name, 0); \
        } else report(name, 1); \
    } while (0)
int main(void) {
    volatile char sink;
    struct sigaction action = {0};
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    for (int i = 0; i < 5; i++) sigaction(signals[i], &action, 0);
    char *p = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    p[0] = 1;
    p[8192] = 7;
    expected = (void *)16;
    TRY("null", *(volatile int *)16 = 1);
    mprotect(p, 4096, PROT_READ);
    expected = p;
    TRY("write to read-only", *(volatile char *)p = 1);
    mprotect(p, 4096, PROT_NONE);
    TRY("read of none", sink = *(volatile char *)p);
    mprotect(p, 4096, PROT_READ | PROT_WRITE);
    TRY("read-write again", p[0]++);
    printf("%d\n", p[0]);
    munmap(p + 8192, 4096);
    expected = p + 8192;
    TRY("unmapped", sink = *(volatile char *)(p + 8192));
    p[4096] = (char)0xc3;
    expected = p + 4096;
    TRY("not executable", ((void (*)(void))(p + 4096))());
    mprotect(p + 4096, 4096, PROT_READ | PROT_EXEC);
    TRY("executable", ((void (*)(void))(p + 4096))());
    mprotect(p + 4096, 4096, PROT_READ);
    TRY("not executable again", ((void (*)(void))(p + 4096))());
    mprotect(p + 4096, 4096, PROT_READ | PROT_EXEC);
    TRY("executable again", ((void (*)(void))(p + 4096))());
    expected = 0;
    volatile int zero = 0;
    TRY("divide", zero = 5 / zero);
    TRY("undefined", __asm__ volatile("ud2"));
    TRY("breakpoint", __asm__ volatile("int3"));
    TRY("halt", __asm__ volatile("hlt"));
    TRY("not canonical", *(volatile long *)0x8000000000000000 = 1);
    TRY("the monitor's port", __asm__ volatile("outb %%al,$0x77" ::"a"(0)));
    TRY("another port", __asm__ volatile("outb %%al,$0x80" ::"a"(0)));
    TRY("software interrupt", __asm__ volatile("int $0x41"));
    feenableexcept(FE_DIVBYZERO);
    volatile double d = 0;
    TRY("sse divide", d = 1 / d);
    fedisableexcept(FE_ALL_EXCEPT);
    feclearexcept(FE_ALL_EXCEPT);
    feenableexcept(FE_INVALID);
    volatile long double l = 0;
    TRY("x87 invalid", l = l / l);
    fedisableexcept(FE_ALL_EXCEPT);
    char name[] = "payload-XXXXXX";
    int file = mkstemp(name);
    unlink(name);
    if (write(file, "abc", 3) != 3) return 1;
    char *shared = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    printf("%.3s %d\n", shared, shared[4095]);
    expected = shared + 4096;
    TRY("behind the file's end", sink = *(volatile char *)(shared + 4096));
    if (ftruncate(file, 8192)) return 1;
    TRY("after growing", shared[4096] = 'x');
    expected = (void *)0x7fff00000000;
    TRY("the monitor's tables", sink = *(volatile char *)0x7fff00000000);
    expected = 0;
    TRY("trap flag", __asm__ volatile("pushf; orl $0x100,(%%rsp); popf; nop; nop" ::: "memory"));
    long result = write(1, (void *)0x10, 5);
    printf("write of nothing %ld %d\n", result, errno == EFAULT);
    result = read(open("/dev/zero", O_RDONLY), (void *)main, 5);
    printf("read into text %ld %d\n", result, errno == EFAULT);
    return 5;
}
