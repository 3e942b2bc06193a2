#include "say.h"
#include <sys/mman.h>
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#ifndef MAP_SHARED_VALIDATE
#define MAP_SHARED_VALIDATE 3
#endif
#ifndef PROT_GROWSDOWN
#define PROT_GROWSDOWN 0x01000000
#define PROT_GROWSUP 0x02000000
#endif
#define K 4096L
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static char *base;

static void at(const char *what, void *got, void *wanted)
{
    if (got == MAP_FAILED) SHOW("%s: %s", what, error_name(errno));
    else SHOW("%s: %s", what, got == wanted ? "there" : "elsewhere");
}

/* perms of the line of /proc/self/maps that holds an address, and whether it begins and ends where it should */
static void line_of(const char *what, char *start, char *end)
{
    FILE *f = fopen("/proc/self/maps", "r");
    char line[600], perms[8];
    unsigned long a, b, offset;
    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "%lx-%lx %7s %lx", &a, &b, perms, &offset) != 4) continue;
        if (a <= (unsigned long)start && (unsigned long)start < b) {
            char *name = strchr(line, '/');
            SHOW("%s: %s offset %lx start %s end %s file %s", what, perms, offset, a == (unsigned long)start ? "yes" : "no",
                 b == (unsigned long)end ? "yes" : "no", name ? strrchr(line, '/') : "none\n");
            fclose(f);
            return;
        }
    }
    SHOW("%s: not mapped", what);
    if (f) fclose(f);
}

static int set_break(char *end)
{
    return syscall(SYS_brk, end) == (long)end ? 0 : -1;
}

int main(int argc, char **argv)
{
    int file = open(argv[1], O_RDWR | O_CREAT, 0600), readable = open(argv[1], O_RDONLY), writable = open(argv[1], O_WRONLY);
    int pipes[2];
    pipe(pipes);
    ftruncate(file, 8 * K);
    base = mmap(0, 64 * K, PROT_NONE, ANON, -1, 0);
    munmap(base, 64 * K);

    SHOW("-- arguments");
    MAPPED(mmap(0, 0, RW, ANON, -1, 0));
    MAPPED(mmap(0, K, RW, 0, -1, 0));
    MAPPED(mmap(0, K, RW, MAP_ANONYMOUS, -1, 0));
    MAPPED(mmap(0, K, RW, MAP_PRIVATE, -1, 0));
    MAPPED(mmap(0, K, RW, MAP_PRIVATE, 999, 0));
    MAPPED(mmap(0, K, RW, MAP_PRIVATE, pipes[0], 0));
    MAPPED(mmap(0, -1L, RW, ANON, -1, 0));
    MAPPED(mmap(0, -K, RW, ANON, -1, 0));
    MAPPED(mmap(0, 1L << 47, PROT_NONE, ANON, -1, 0));
    MAPPED(mmap(0, 1L << 62, PROT_NONE, ANON, -1, 0));
    SHOW("unaligned offset %ld", (long)syscall(SYS_mmap, 0, K, RW, MAP_PRIVATE, file, 1L) == -1 ? (long)errno : 0L);
    MAPPED(mmap(0, K, RW, MAP_SHARED, readable, 0));
    MAPPED(mmap(0, K, PROT_READ, MAP_SHARED, readable, 0));
    MAPPED(mmap(0, K, RW, MAP_PRIVATE, readable, 0));
    MAPPED(mmap(0, K, PROT_READ, MAP_PRIVATE, writable, 0));
    MAPPED(mmap(0, K, PROT_WRITE, MAP_SHARED, writable, 0));
    MAPPED(mmap(0, K, RW, MAP_SHARED_VALIDATE | 0x800, file, 0));
    MAPPED(mmap(0, K, RW, MAP_SHARED_VALIDATE, file, 0));
    MAPPED(mmap(0, K, RW, MAP_SHARED | 0x4000000, file, 0));
    MAPPED(mmap(0, K, RW, MAP_PRIVATE | MAP_DENYWRITE | MAP_EXECUTABLE, file, 0));

    SHOW("-- places");
    at("hint", mmap(base, 4 * K, RW, ANON, -1, 0), base);
    at("hint taken", mmap(base, 4 * K, RW, ANON, -1, 0), base);
    at("unaligned hint", mmap(base + 10 * K + 5, K, RW, ANON, -1, 0), base + 10 * K);
    at("fixed over it", mmap(base + K, K, PROT_READ, ANON | MAP_FIXED, -1, 0), base + K);
    at("fixed unaligned", mmap(base + 5, K, PROT_READ, ANON | MAP_FIXED, -1, 0), base);
    at("noreplace taken", mmap(base, K, PROT_READ, ANON | MAP_FIXED_NOREPLACE, -1, 0), base);
    at("noreplace free", mmap(base + 20 * K, K, PROT_READ, ANON | MAP_FIXED_NOREPLACE, -1, 0), base + 20 * K);
    at("noreplace overlapping", mmap(base + 19 * K, 2 * K, PROT_READ, ANON | MAP_FIXED_NOREPLACE, -1, 0), base + 19 * K);
    at("fixed kernel", mmap((void *)(1L << 47), K, RW, ANON | MAP_FIXED, -1, 0), 0);
    at("fixed end", mmap((void *)((1L << 47) - K), 2 * K, RW, ANON | MAP_FIXED, -1, 0), 0);
    at("fixed negative", mmap((void *)-K, K, RW, ANON | MAP_FIXED, -1, 0), 0);
    char *low = mmap(0, 4 * K, RW, ANON | MAP_32BIT, -1, 0);
    SHOW("32bit %d", low != MAP_FAILED && (unsigned long)low + 4 * K <= 1UL << 31);
    at("far", mmap((void *)0x100000000000, K, RW, ANON | MAP_FIXED, -1, 0), (void *)0x100000000000);
    at("low", mmap((void *)0x10000, K, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), (void *)0x10000);
    *(char *)0x100000000000 = 1;
    *(char *)0x10000 = 1;

    SHOW("-- regions");
    char *p = mmap(0, 16 * K, RW, ANON, -1, 0);
    char *q = mmap(0, 64 * K, PROT_NONE, ANON, -1, 0);
    munmap(q, 64 * K);
    q = mmap(q + 16 * K, 16 * K, PROT_NONE, ANON | MAP_FIXED, -1, 0);
    line_of("reserved", q, q + 16 * K);
    SAY(mprotect(q + 4 * K, 4 * K, RW));
    line_of("left", q, q + 4 * K);
    line_of("middle", q + 4 * K, q + 8 * K);
    line_of("right", q + 8 * K, q + 16 * K);
    SAY(mprotect(q + 4 * K, 4 * K, PROT_NONE));
    line_of("file", mmap(q, 4 * K, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 2 * K), q + 4 * K);
    line_of("next to it", mmap(q + 4 * K, 2 * K, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 6 * K), q + 6 * K);
    line_of("joined", q, q + 6 * K);
    SAY(munmap(q + K, K));
    line_of("after the hole", q + 2 * K, q + 6 * K);
    line_of("shared", mmap(q, K, RW, MAP_SHARED | MAP_FIXED, file, 0), q + K);
    line_of("exec", mmap(q, K, PROT_READ | PROT_EXEC, ANON | MAP_FIXED, -1, 0), q + K);
    line_of("unmapped", q + K, q + 2 * K);

    SHOW("-- mprotect and munmap");
    SAY(mprotect(q + 1, K, RW));
    SAY(mprotect(q, 0, RW));
    SAY(mprotect(q, 3 * K, RW));
    line_of("first part changed", q, q + K);
    SAY(mprotect(q, -K, RW));
    SAY(mprotect(q, -1L, RW));
    SAY(mprotect(q, K, 0x1000));
    SAY(mprotect(q, K, PROT_GROWSDOWN | PROT_GROWSUP | RW));
    SAY(mprotect(q, K, PROT_GROWSDOWN | RW));
    SAY(mprotect(q, K, PROT_GROWSUP | RW));
    char *ro = mmap(0, K, PROT_READ, MAP_SHARED, readable, 0);
    SAY(mprotect(ro, K, RW));
    SAY(mprotect(ro, K, PROT_READ | PROT_EXEC));
    SAY(munmap(q + 1, K));
    SAY(munmap(q, 0));
    SAY(munmap(q, -1L));
    SAY(munmap(q, -K));
    SAY(munmap((void *)(1L << 47), K));
    SAY(munmap((void *)0x7ff000000000, 16 * K));
    SAY(munmap(q, 16 * K));
    SAY(munmap(q, 16 * K));

    SHOW("-- flags");
    MAPPED(mmap(0, K, RW, ANON | MAP_HUGETLB, -1, 0));
    MAPPED(mmap(0, K, RW, ANON | MAP_STACK | MAP_NORESERVE | MAP_NONBLOCK, -1, 0));
    char *populated = MAPPED(mmap(0, 4 * K, RW, ANON | MAP_POPULATE, -1, 0));
    unsigned char in[4];
    SAY(mincore(populated, 4 * K, in));
    SHOW("present %d%d%d%d", in[0] & 1, in[1] & 1, in[2] & 1, in[3] & 1);
    char *locked = MAPPED(mmap(0, 4 * K, RW, ANON | MAP_LOCKED, -1, 0));
    SAY(mincore(locked, 4 * K, in));
    SHOW("present %d%d%d%d", in[0] & 1, in[1] & 1, in[2] & 1, in[3] & 1);
    char *down = MAPPED(mmap((void *)0x110000000000, 4 * K, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0));
    down[0] = 1;
    down[-1] = 2;
    down[-20 * K] = 3;
    SHOW("grown %d %d", down[-1], down[-20 * K]);

    SHOW("-- brk");
    char *end = (char *)syscall(SYS_brk, 0);
    SHOW("%d", set_break(end + 100 * K) == 0 && (char *)syscall(SYS_brk, 0) == end + 100 * K);
    end[100 * K - 1] = 1;
    SHOW("%d", set_break(end) == 0 && (char *)syscall(SYS_brk, 0) == end);
    SHOW("%d", syscall(SYS_brk, 0) == (long)end);
    SHOW("%d", syscall(SYS_brk, 1) == (long)end);
    SHOW("%d", syscall(SYS_brk, -1L) == (long)end);
    set_break(end + 5);
    SHOW("%d", syscall(SYS_brk, 0) == (long)end + 5);
    set_break(end + 20 * K);
    SHOW("zero %d", end[19 * K]);
    end[19 * K] = 7;
    set_break(end);
    set_break(end + 20 * K);
    SHOW("zero again %d", end[19 * K]);
    char *blocker = (char *)(((unsigned long)end + 64 * K) & -K);
    at("behind the heap", mmap(blocker, K, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), blocker);
    SHOW("into it %d", syscall(SYS_brk, blocker) == (long)blocker);
    SHOW("a page before %d", syscall(SYS_brk, blocker - K) == (long)blocker - K);

    SHOW("-- protection keys, remap_file_pages, secrets");
    RAW(pkey_mprotect, populated, K, PROT_READ, -1);
    RAW(pkey_mprotect, populated, K, PROT_READ, 77);
    SAY(syscall(SYS_remap_file_pages, populated, K, 0, 0, 0));
    SAY(syscall(SYS_remap_file_pages, populated, K, 1, 0, 0));
    char *view = MAPPED(mmap(0, 4 * K, RW, MAP_SHARED, file, 0));
    pwrite(file, "two", 3, 2 * K);
    SAY(syscall(SYS_remap_file_pages, view, K, 0, 2, 0));
    SHOW("%.3s", view);
    view[0] = 'T';
    char back[4] = "";
    pread(file, back, 3, 2 * K);
    SHOW("%s", back);
    return 0;
}
