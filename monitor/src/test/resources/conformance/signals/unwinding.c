// builds: glibc-static, glibc-dynamic
#include "say.h"
#include <execinfo.h>

/* The functions are shorter than that and stand in this order. */
static int in(void *pc, void *function, int bytes) { return (char *)pc >= (char *)function && (char *)pc < (char *)function + bytes; }
__attribute__((noinline)) static void victim(void) { raise(SIGUSR1); __asm__ volatile("" ::: "memory"); }
__attribute__((noinline)) static void faulter(int *p) { *p = 1; __asm__ volatile("" ::: "memory"); }
int main(int argc, char **argv);

static void handler(int s)
{
    void *frames[64];
    int n = backtrace(frames, 64), victims = 0, faulters = 0, mains = 0;
    for (int i = 0; i < n; i++) {
        victims += in(frames[i], victim, 20);
        faulters += in(frames[i], faulter, 12);
        mains += in(frames[i], main, 1000);
    }
    SHOW("signal %d: victim %d faulter %d main %d", s, victims > 0, faulters > 0, mains > 0);
    if (s == SIGSEGV) _exit(3);
}

int main(int argc, char **argv)
{
    for (int i = 0; i < 30; i++) SHOW("line %d", i);
    void *warm[4];
    backtrace(warm, 4);
    static char stack[65536];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, 0);
    struct sigaction a = {.sa_handler = handler};
    sigaction(SIGUSR1, &a, 0);
    victim();
    a.sa_flags = SA_ONSTACK;
    sigaction(SIGUSR1, &a, 0);
    victim();
    sigaction(SIGSEGV, &a, 0);
    faulter((int *)16);
    return 0;
}
