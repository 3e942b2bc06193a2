/*
 * Tries to get at the host behind the monitor's back: by instructions that enter a kernel in other ways than SYSCALL, by
 * the pages above the payload's addresses, and, when asked to, by writing there while other threads keep the monitor busy.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
static sigjmp_buf out;
static void caught(int signal) { siglongjmp(out, signal); }
static void *busy(void *unused) {
    for (int i = 0; i < 2000; i++) {
        void *p = mmap(0, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        mprotect(p, 4096, PROT_READ);
        munmap(p, 1 << 16);
    }
    return 0;
}
static int writable(volatile unsigned char *at) {
    if (sigsetjmp(out, 1)) return 0;
    *at = *at;
    return 1;
}
int main(int argc, char **argv) {
    signal(SIGSEGV, caught);
    signal(SIGILL, caught);
    signal(SIGBUS, caught);
    int how = sigsetjmp(out, 1);
    /* exit(55), as a 32-bit kernel numbers it */
    if (!how) __asm__ volatile("int $0x80" : : "a"(1), "b"(55) : "memory");
    printf("int 0x80: %d\n", how);
    how = sigsetjmp(out, 1);
    if (!how) __asm__ volatile("hlt");
    printf("hlt: %d\n", how);
    how = sigsetjmp(out, 1);
    if (!how) __asm__ volatile("movl $0, %%ebx; movl $0xffffffff, %%eax; out %%al, $0x80" : : : "eax", "ebx");
    printf("out: %d\n", how);
    /* the monitor's pages: code and requests cannot be written */
    printf("code %d requests %d stub %d\n", writable((void *)0x600000000000), writable((void *)0x600000001000),
           writable((void *)0x7ffe00000000));
    printf("mmap over them %d\n", mmap((void *)0x600000000000, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
                                        -1, 0) == MAP_FAILED);
    printf("munmap of them %d\n", munmap((void *)0x600000000000, 4096) != 0);
    printf("mprotect of them %d\n", mprotect((void *)0x600000001000, 4096, PROT_READ | PROT_WRITE) != 0);
    fflush(stdout);
    if (argc == 1) return 0;
    pthread_t thread;
    pthread_create(&thread, 0, busy, 0);
    volatile unsigned char *work = (void *)0x600000002000;
    for (unsigned i = 0, x = 1; i < 200000; i++) {
        x = x * 1103515245 + 12345;
        if (sigsetjmp(out, 0) == 0) work[x >> 16 & 4095] = x >> 8;
    }
    pthread_join(thread, 0);
    puts("unharmed");
    return 0;
}
