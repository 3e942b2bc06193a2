/* mmap and its family where results do not depend on where the kernel places things. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#define GIB (1UL << 30)
static sigjmp_buf back;
static void handler(int signal) { siglongjmp(back, signal); }
static int touches(volatile char *at) {
    int signal = sigsetjmp(back, 1);
    if (!signal) *at += 1;
    return signal;
}
#define SHOW(call) printf("%s: %ld errno %d\n", #call, (errno = 0, (long)(call)), errno)
int main(void) {
    signal(SIGSEGV, handler);
    signal(SIGBUS, handler);
    char *reserve = mmap(0, 512 * GIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    printf("reserved %d touch %d\n", reserve != MAP_FAILED, touches(reserve + 300 * GIB));
    SHOW(mprotect(reserve + 300 * GIB, 32 << 20, PROT_READ | PROT_WRITE));
    memset(reserve + 300 * GIB, 1, 32 << 20);
    printf("beside it %d %d\n", touches(reserve + 300 * GIB - 1), touches(reserve + 300 * GIB + (32 << 20)));
    SHOW(munmap(reserve, 512 * GIB));
    printf("after unmapping %d\n", touches(reserve + 300 * GIB));
    char *sparse = mmap(0, 64 * GIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    printf("sparse %d %d %d\n", touches(sparse), touches(sparse + 33 * GIB), touches(sparse + 64 * GIB - 1));
    printf("%d %d\n", sparse[33 * GIB], sparse[33 * GIB + 1]);
    SHOW(munmap(sparse, 64 * GIB));
    char *p = mmap(0, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    strcpy(p, "kept");
    SHOW(mmap(p, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
    printf("%s\n", p);
    printf("%d\n", mmap(p + 4096, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == p + 4096);
    printf("writes %d %d %d\n", touches(p), touches(p + 4096), touches(p + 8192));
    SHOW(munmap(p + 4096, 4096));
    SHOW(mprotect(p, 16384, PROT_READ));
    SHOW(madvise(p, 16384, MADV_WILLNEED));
    SHOW(mprotect(p + 8192, 8192, PROT_READ | PROT_WRITE));
    p[8192] = 9;
    SHOW(madvise(p + 8192, 4096, MADV_DONTNEED));
    printf("dropped %d\n", p[8192]);
    SHOW(munmap(p + 1, 4096));
    SHOW(munmap(p, 0));
    SHOW(mmap(0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    SHOW(mmap(0, 4096, PROT_READ, MAP_PRIVATE, -1, 0));
    SHOW(mmap(0, 4096, PROT_READ, MAP_ANONYMOUS, -1, 0));
    SHOW(mmap((void *)0x1000, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == (void *)-2);
    char *m = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    strcpy(m + 100, "moved");
    char *fence = mmap(m + (1 << 20), 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    SHOW(mremap(m, 1 << 20, 1 << 26, 0));
    char *moved = mremap(m, 1 << 20, 1 << 26, MREMAP_MAYMOVE);
    printf("%s %d %d old %d\n", moved + 100, moved != m, touches(moved + (1 << 26) - 1), touches(m));
    char *shrunk = mremap(moved, 1 << 26, 8192, 0);
    printf("%d %s %d\n", shrunk == moved, shrunk + 100, touches(shrunk + 8192));
    char *target = mmap(0, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("%d ", mremap(shrunk, 8192, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, target) == target);
    printf("%s %d\n", target + 100, touches(target + 8192));
    char *start = (char *)syscall(SYS_brk, 0);
    printf("heap %d ", (char *)syscall(SYS_brk, start + (1 << 20)) == start + (1 << 20));
    start[(1 << 20) - 1] = 5;
    syscall(SYS_brk, start);
    syscall(SYS_brk, start + (1 << 20));
    printf("%d %d\n", start[(1 << 20) - 1], (char *)syscall(SYS_brk, 4096) == start + (1 << 20));
    char name[] = "payload-XXXXXX";
    int file = mkstemp(name);
    unlink(name);
    for (int i = 0; i < 4096; i++) dprintf(file, "%04d", i);
    char *private = mmap(0, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    char *shared = mmap(0, 16384, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    char *second = mmap(0, 8192, PROT_READ, MAP_SHARED, file, 8192);
    private[4000] = '#';
    shared[8192] = '!';
    char byte;
    pread(file, &byte, 1, 8192);
    printf("%.4s %c %c %c %c\n", private + 4096, shared[4000], second[0], byte, private[8192]);
    pwrite(file, "@", 1, 12288);
    printf("%c %c\n", shared[12288], second[4096]);
    SHOW(msync(shared, 16384, MS_SYNC));
    SHOW(mmap(0, 4096, PROT_READ, MAP_SHARED, file, 100));
    int readonly = open("/proc/self/exe", O_RDONLY);
    SHOW(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, readonly, 0));
    char *text = mmap(0, 4096, PROT_READ, MAP_SHARED, readonly, 0);
    SHOW(mprotect(text, 4096, PROT_READ | PROT_WRITE));
    printf("%.3s\n", text + 1);
    int *counter = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    printf("shared anonymous %d\n", ++*counter);
    for (int i = 0; i < 20000; i++) { /* many small areas, holes between them */
        char *area = mmap(0, 8192, i & 1 ? PROT_READ | PROT_WRITE : PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (area == MAP_FAILED) return printf("failed at %d\n", i);
        if (i & 1) area[i & 4095] = 1;
        if (i % 4 != 3) munmap(area, 8192);
    }
    printf("done\n");
    return 0;
}
