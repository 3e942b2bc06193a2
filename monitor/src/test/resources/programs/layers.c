/* Changes some of its memory three times, with a snapshot that ends it before each, and says what is there. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, 0, _IOLBF, 0);
    unsigned char *all = mmap(0, 32 << 20, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned char *part = mmap(0, 8 << 20, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned char *shared = mmap(0, 1 << 20, 3, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    memset(all, 1, 32 << 20);
    memset(part, 9, 8 << 20);
    shared[5] = 50;
    syscall(505, "one", 0, 0L);
    printf("one %d %d %d\n", all[7], part[7], shared[5]);
    all[5000000] = 2;
    all[6000000] = 3;
    munmap(part, 4 << 20);
    mmap(part, 2 << 20, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    memset(all + (16 << 20), 0, 1 << 20);
    madvise(all + (20 << 20), 1 << 20, MADV_DONTNEED);
    shared[6] = 60;
    syscall(505, "two", 0, 0L);
    printf("two %d %d %d, %d %d, %d %d, %d %d\n", all[5000000], all[6000000], all[7], part[77], part[5 << 20],
           all[(16 << 20) + 99], all[(20 << 20) + 99], shared[5], shared[6]);
    all[5000000] = 4;
    part[78] = 5;
    syscall(505, "three", 0, 0L);
    printf("three %d %d %d, %d %d %d, %d %d, %d %d\n", all[5000000], all[6000000], all[7], part[77], part[78],
           part[5 << 20], all[(16 << 20) + 99], all[(20 << 20) + 99], shared[5], shared[6]);
    return 0;
}
