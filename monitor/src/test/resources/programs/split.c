/* Changes protections, maps, unmaps and empties parts of 64 MiB at random, of pages large and small, and says whether
   every page holds and permits what it should. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, PAGES = 16384, UNMAPPED = 255, ROUNDS = 1500 };
static sigjmp_buf back;
static void *where;
static int code;
static unsigned char value[PAGES], protection[PAGES];
static long wrong;

static void handler(int signal, siginfo_t *info, void *context)
{
    where = info->si_addr;
    code = info->si_code;
    siglongjmp(back, signal);
}

static int outcome(char *p, int write)
{
    int signal = sigsetjmp(back, 1);
    if (signal) return signal == SIGSEGV && where == p ? code : 100 + signal;
    if (write) *(volatile char *)p = 7;
    else (void)*(volatile char *)p;
    return 0;
}

static void check(char *base, long i)
{
    char *p = base + i * PAGE;
    int state = protection[i];
    int readable = state == UNMAPPED ? SEGV_MAPERR : state == 0 ? SEGV_ACCERR : 0;
    int writable = state == UNMAPPED ? SEGV_MAPERR : state == 3 ? 0 : SEGV_ACCERR;
    if (outcome(p, 0) != readable) wrong++;
    else if (!readable && (unsigned char)*p != value[i]) wrong++;
    if (outcome(p + 8, 1) != writable) wrong++;
    if (state == 3) *p = value[i] = 1 + rand() % 200;
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, 0);
    sigaction(SIGBUS, &action, 0);
    srand(1);
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    char *base = mmap((void *)0x100000000000, (long)PAGES * PAGE, 3, flags, -1, 0);
    madvise(base, (long)PAGES * PAGE, MADV_HUGEPAGE);
    memset(protection, 3, sizeof protection);
    for (long i = 0; i < PAGES; i++) base[i * PAGE] = value[i] = 1 + i % 250;
    for (int round = 0; round < ROUNDS; round++) {
        long first = rand() % PAGES, count = 1 + (rand() % 4 ? rand() % 40 : rand() % 3000);
        if (rand() % 5 == 0) first &= ~511L, count = 512 * (1 + rand() % 4);
        if (first + count > PAGES) count = PAGES - first;
        char *p = base + first * PAGE;
        int what = rand() % 6, rights[] = {0, 1, 3};
        if (what == 3) munmap(p, count * PAGE);
        else if (what == 4) mmap(p, count * PAGE, 3, flags, -1, 0);
        else if (what == 5) madvise(p, count * PAGE, MADV_DONTNEED);
        else mprotect(p, count * PAGE, rights[what]);
        for (long i = first; i < first + count; i++) {
            if (what == 3) protection[i] = UNMAPPED, value[i] = 0;
            else if (what == 4) protection[i] = 3, value[i] = 0;
            else if (what == 5 && protection[i] != UNMAPPED) value[i] = 0;
            else if (what < 3 && protection[i] == UNMAPPED) break; /* mprotect stops at a hole */
            else if (what < 3) protection[i] = rights[what];
        }
        check(base, first);
        check(base, first + count - 1);
        if (first > 0) check(base, first - 1);
        if (first + count < PAGES) check(base, first + count);
        for (int i = 0; i < 6; i++) check(base, rand() % PAGES);
    }
    printf("%ld wrong\n", wrong);
    return wrong != 0;
}
