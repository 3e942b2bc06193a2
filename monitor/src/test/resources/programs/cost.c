/* Goes through steps that should cost nothing, or nothing that stays. After each it prints its name and the size of its
   page tables, and waits for a byte. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096 };
static const long GIB = 1L << 30;

static void step(const char *name)
{
    char line[200], byte;
    long tables = -1;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status)) sscanf(line, "VmPTE: %ld", &tables);
    if (status) fclose(status);
    printf("%s %ld\n", name, tables);
    fflush(stdout);
    if (read(0, &byte, 1) != 1) exit(1);
}

static char *map(char *at, long bytes, int protection, int flags)
{
    char *p = mmap(at, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (p == MAP_FAILED) { perror("mmap"); exit(2); }
    return p;
}

static void cycles(int count, long smallest, long largest)
{
    for (int i = 0; i < count; i++) {
        long bytes = (smallest + rand() % (largest - smallest + 1)) * PAGE;
        char *p = map(0, bytes, PROT_READ | PROT_WRITE, 0);
        p[0] = p[bytes - 1] = 1;
        munmap(p, bytes);
    }
}

int main(void)
{
    cycles(20, 1, 700);
    step("start");
    char *reserved = map(0, 256 * GIB, PROT_NONE, 0);
    step("reserved");
    char *more = mremap(reserved, 256 * GIB, 1024 * GIB, MREMAP_MAYMOVE);
    if (more == MAP_FAILED) return 3;
    step("grown");
    for (long i = 0; i < 500; i++) if (mprotect(more + i * 2 * GIB + 16 * PAGE, 16 * PAGE, PROT_READ | PROT_WRITE)) return 4;
    step("opened");
    munmap(more, 1024 * GIB);
    char *untouched = map(0, 64 * GIB, PROT_READ | PROT_WRITE, MAP_NORESERVE);
    step("untouched");
    munmap(untouched, 64 * GIB);
    cycles(1000, 4, 4);
    step("cycled");
    cycles(3000, 1, 3000);
    step("varied");
    /* far apart, so that nothing is in tables that others use */
    for (long round = 0; round < 4; round++) {
        for (long i = 0; i < 700; i++) map((char *)(4096 * GIB + (round * 700 + i) * 6 * GIB / 16), PAGE, PROT_READ | PROT_WRITE, MAP_FIXED)[0] = 1;
        for (long i = 0; i < 700; i++) munmap((char *)(4096 * GIB + (round * 700 + i) * 6 * GIB / 16), PAGE);
    }
    step("scattered");
    return 0;
}
