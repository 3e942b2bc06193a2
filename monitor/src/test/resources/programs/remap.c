/* Threads that map, protect, drop, move and unmap memory at the same time never see each other's pages. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
static volatile int wrong;
static void *work(void *argument) {
    unsigned seed = (long)argument;
    unsigned char mine = (long)argument + 1;
    for (int i = 0; i < 60; i++) {
        size_t n = 4096 * (2 + rand_r(&seed) % 64);
        unsigned char *p = mmap(0, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (size_t k = 0; k < n; k += 512) wrong |= p[k] != 0;
        memset(p, mine, n);
        mprotect(p, n, PROT_READ);
        for (size_t k = 0; k < n; k += 512) wrong |= p[k] != mine;
        mprotect(p, n, PROT_READ | PROT_WRITE);
        madvise(p, 4096, MADV_DONTNEED);
        wrong |= p[0] != 0 || p[n - 1] != mine;
        p = mremap(p, n, n * 2, MREMAP_MAYMOVE);
        wrong |= p[n - 1] != mine || p[2 * n - 1] != 0;
        munmap(p, 2 * n);
    }
    return 0;
}
int main(void) {
    pthread_t threads[8];
    for (long i = 0; i < 8; i++) pthread_create(&threads[i], 0, work, (void *)i);
    for (int i = 0; i < 8; i++) pthread_join(threads[i], 0);
    printf("wrong %d\n", wrong);
    return wrong;
}
