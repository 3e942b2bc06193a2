/* Crashes with 16 TiB of memory of which it touched four pages, and as large a reservation beside them. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>

char *all, *none;

int main(void)
{
    long bytes = 16L << 40;
    all = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    none = mmap(0, 1L << 40, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED || none == MAP_FAILED) return 1;
    all[0] = 'a';
    all[5L << 40] = 'b';
    all[(5L << 40) + 8192] = 'c';
    all[bytes - 1] = 'd';
    abort();
}
