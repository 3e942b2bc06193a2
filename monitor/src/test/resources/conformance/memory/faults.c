#include "say.h"
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#define K 4096L
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static sigjmp_buf back;
static siginfo_t last;

static void handler(int signal, siginfo_t *info, void *context)
{
    last = *info;
    siglongjmp(back, signal);
}

static void fault(const char *what, volatile char *p, int how)
{
    int signal = sigsetjmp(back, 1);
    if (signal) {
        SHOW("%s: signal %d code %d address %s%+ld", what, signal, last.si_code, last.si_addr ? "p" : "null", last.si_addr ? (char *)last.si_addr - (char *)p : 0L);
        return;
    }
    if (how == 'r') (void)*p;
    else if (how == 'w') *p = 1;
    else if (how == 'x') ((void (*)(void))p)();
    else if (how == 'l') { volatile long v = *(volatile long *)p; (void)v; }
    SHOW("%s: fine", what);
}

static void all(const char *what, char *p)
{
    char text[80];
    for (const char *how = "rwx"; *how; how++) {
        snprintf(text, sizeof text, "%s %c", what, *how);
        fault(text, p, *how);
    }
}

static int deep(int n)
{
    volatile char page[3000];
    page[0] = n;
    return n ? deep(n - 1) + page[0] - page[0] : 0;
}

int main(int argc, char **argv)
{
    stack_t alternate = {malloc(65536), 0, 65536};
    sigaltstack(&alternate, 0);
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &action, 0);
    sigaction(SIGBUS, &action, 0);
    char *p = mmap(0, 16 * K, RW, ANON, -1, 0);
    for (int i = 0; i < 16; i++) p[i * K] = (char)0xc3; /* ret */
    all("rw", p);
    p[0] = (char)0xc3;
    mprotect(p, K, PROT_READ);
    all("r", p);
    mprotect(p, K, PROT_NONE);
    all("none", p);
    mprotect(p, K, PROT_READ | PROT_EXEC);
    all("rx", p);
    mprotect(p, K, RW | PROT_EXEC);
    fault("rwx x", p, 'x');
    mprotect(p, K, RW);
    fault("x taken away", p, 'x');
    mprotect(p, K, PROT_WRITE);
    fault("write only r", p, 'r');
    fault("write only w", p, 'w');
    munmap(p + 4 * K, K);
    all("hole", p + 4 * K);
    fault("last byte", p + 5 * K - 1, 'r');
    mprotect(p + 6 * K, K, PROT_NONE);
    fault("across", p + 6 * K - 4, 'l');
    all("null", 0);
    fault("low", (char *)0x10, 'r');
    fault("not canonical", (char *)0x8000000000000000, 'r');
    fault("kernel", (char *)0xffffffff81000000, 'r');
    fault("kernel x", (char *)0xffffffff81000000, 'x');

    SHOW("-- files");
    int file = open(argv[1], O_RDWR | O_CREAT, 0600);
    ftruncate(file, 2 * K + 100);
    char *f = mmap(0, 6 * K, RW, MAP_SHARED, file, 0);
    fault("within", f + 2 * K + 99, 'r');
    fault("rest of the page", f + 3 * K - 1, 'w');
    fault("behind", f + 3 * K, 'r');
    fault("behind w", f + 5 * K + 7, 'w');
    f[K] = 5;
    ftruncate(file, 100);
    fault("truncated", f + K + 8, 'r');
    fault("truncated w", f + 2 * K, 'w');
    fault("still there", f, 'w');
    ftruncate(file, 6 * K);
    fault("grown again", f + 5 * K, 'w');
    SHOW("zero %d", f[K]);
    char *v = mmap(0, 6 * K, RW, MAP_PRIVATE, file, 0);
    v[3 * K] = 9;
    ftruncate(file, K);
    fault("private truncated", v + 2 * K, 'r');
    fault("private copy truncated", v + 3 * K, 'r');
    char *behind = mmap(0, 2 * K, PROT_READ, MAP_PRIVATE, file, 4 * K);
    fault("wholly behind", behind, 'r');
    fault("wholly behind w", behind, 'w');
    int fds[2];
    pipe(fds);
    SAY(write(fds[1], f + 3 * K, 1));
    SAY(write(fds[1], p + 6 * K, 1));
    SAY(write(fds[1], f, 1));
    SAY(read(fds[0], p + 4 * K, 1));
    SAY(read(fds[0], f + 3 * K, 1));
    SAY(read(fds[0], f, 1));

    SHOW("-- large ranges");
    char *big = mmap(0, 64 << 20, RW, ANON, -1, 0);
    for (long i = 0; i < 64 << 20; i += 1 << 20) big[i] = 1;
    char *inside = (char *)(((long)big + (8 << 20)) & -(2L << 20)) + 37 * K;
    mprotect(inside, K, PROT_READ);
    all("protected page in it", inside);
    fault("before it", inside - 1, 'w');
    fault("after it", inside + K, 'w');
    munmap(inside + K, K);
    fault("unmapped page in it", inside + K, 'r');
    fault("after that", inside + 2 * K, 'w');
    mprotect(big, 64 << 20, PROT_READ);
    fault("all read-only up to the hole", big + (1 << 20), 'w');
    fault("behind the hole", big + (63 << 20), 'w');

    SHOW("-- stacks");
    SHOW("deep %d", deep(1000));
    struct rlimit limit;
    getrlimit(RLIMIT_STACK, &limit);
    char *far = (char *)&limit - (7 << 20);
    fault("far down the stack", far, 'w');
    int in = open(argv[1], O_RDONLY);
    SAY(read(in, (char *)&limit - (7 << 20) - 65536, 10));
    return 0;
}
