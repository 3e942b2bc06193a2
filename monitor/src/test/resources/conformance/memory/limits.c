#include "say.h"
#include <sys/mman.h>
#include <sys/resource.h>
#define K 4096L
#define MB (1L << 20)
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static long mapped_bytes(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long pages = 0;
    if (f) { fscanf(f, "%ld", &pages); fclose(f); }
    return pages * K;
}

static void limit(int what, long bytes)
{
    struct rlimit l;
    getrlimit(what, &l);
    l.rlim_cur = bytes;
    SAY(setrlimit(what, &l));
}

static void *more(long bytes)
{
    char *end = (char *)syscall(SYS_brk, 0);
    return syscall(SYS_brk, end + bytes) == (long)end + bytes ? end : (void *)-1;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, malloc(65536), _IOLBF, 65536);
    free(malloc(200000));
    SHOW("-- RLIMIT_AS");
    char *kept = mmap(0, 4 * MB, RW, ANON, -1, 0);
    long now = mapped_bytes();
    SHOW("plausible %d", now > 4 * MB && now < 1024 * MB);
    limit(RLIMIT_AS, now + 16 * MB);
    MAPPED(mmap(0, 32 * MB, RW, ANON, -1, 0));
    MAPPED(mmap(0, 32 * MB, PROT_NONE, ANON, -1, 0));
    MAPPED(mmap(0, 32 * MB, PROT_NONE, ANON | MAP_NORESERVE, -1, 0));
    char *p = MAPPED(mmap(0, 8 * MB, RW, ANON, -1, 0));
    MAPPED(mremap(p, 8 * MB, 32 * MB, MREMAP_MAYMOVE));
    MAPPED(mmap(p, 8 * MB, RW, ANON | MAP_FIXED, -1, 0));
    SHOW("brk %d", more(64 * MB) == (void *)-1);
    SAY(munmap(p, 8 * MB));
    p = MAPPED(mmap(0, 12 * MB, RW, ANON, -1, 0));
    munmap(p, 12 * MB);
    SHOW("malloc %d", malloc(64 * MB) == 0);
    SHOW("small malloc %d", malloc(1000) != 0);
    limit(RLIMIT_AS, -1);
    p = MAPPED(mmap(0, 64 * MB, RW, ANON, -1, 0));
    munmap(p, 64 * MB);

    SHOW("-- RLIMIT_DATA");
    limit(RLIMIT_DATA, 32 * MB);
    MAPPED(mmap(0, 64 * MB, RW, ANON, -1, 0));
    p = MAPPED(mmap(0, 64 * MB, PROT_READ, ANON, -1, 0));
    SAY(mprotect(p, 64 * MB, RW));
    MAPPED(mmap(0, 64 * MB, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    SHOW("brk %d", more(64 * MB) == (void *)-1);
    SHOW("brk %d", more(MB) != (void *)-1);
    limit(RLIMIT_DATA, -1);
    SAY(mprotect(p, 64 * MB, RW));

    SHOW("-- overcommit, as vm.overcommit_memory has it");
    char *all = MAPPED(mmap(0, 16L << 40, RW, ANON, -1, 0));
    all = MAPPED(mmap(0, 1L << 40, PROT_READ, ANON, -1, 0));
    SAY(mprotect(all, 1L << 40, RW));
    SAY(munmap(all, 1L << 40));
    all = MAPPED(mmap(0, 1L << 40, RW, ANON | MAP_NORESERVE, -1, 0));
    all[1L << 39] = 1;
    SHOW("%d", all[1L << 39]);
    SAY(mprotect(all + (1L << 38), MB, PROT_READ));
    SAY(munmap(all, 1L << 40));
    char *none = MAPPED(mmap(0, 1L << 40, PROT_NONE, ANON, -1, 0));
    SAY(mprotect(none + (1L << 39), MB, RW));
    none[(1L << 39) + 5] = 1;
    SAY(mprotect(none + (1L << 39), MB, PROT_NONE));
    SAY(munmap(none, 1L << 40));

    SHOW("-- the number of regions");
    long count = 70000, made = 0;
    char *many = mmap(0, count * 2 * K, PROT_NONE, ANON, -1, 0);
    errno = 0;
    for (long i = 0; i < count; i++) {
        if (mprotect(many + i * 2 * K, K, RW)) break;
        made++;
    }
    SHOW("refused %s after more than 30000 %d, fewer than 33000 %d", error_name(errno), made > 30000, made < 33000);
    SAY(munmap(many, count * 2 * K));
    SHOW("again %d", mmap(0, K, RW, ANON, -1, 0) != MAP_FAILED);
    return 0;
}
