#include "say.h"
#include <ctype.h>
#include <sys/mman.h>
#define K 4096L
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

/* the fields of the region of /proc/self/smaps that begins at an address */
static void region(const char *what, void *start)
{
    FILE *f = fopen("/proc/self/smaps", "r");
    char line[600], perms[8] = "", flags[200] = "", *name;
    unsigned long a, b, offset, inode;
    int inside = 0;
    if (!f) { SHOW("%s: no smaps", what); return; }
    printf("%s:", what);
    while (fgets(line, sizeof line, f)) {
        if (isxdigit((unsigned char)line[0]) && sscanf(line, "%lx-%lx %7s %lx %*s %lu", &a, &b, perms, &offset, &inode) == 5) {
            inside = a == (unsigned long)start;
            if (inside) {
                name = strrchr(line, '/');
                if (!name) name = strrchr(line, '[');
                line[strcspn(line, "\n")] = 0;
                printf(" %s %lx %s %s", perms, offset, inode ? "inode" : "none", name ? name : "");
            }
        } else if (inside) {
            char *wanted[] = {"Size", "Rss", "Pss", "Private_Clean", "Private_Dirty", "Anonymous", "Swap"};
            for (int i = 0; i < 7; i++) {
                size_t n = strlen(wanted[i]);
                if (!strncmp(line, wanted[i], n) && line[n] == ':') printf(" %s %ld", wanted[i], atol(line + n + 1));
            }
            if (!strncmp(line, "VmFlags:", 8)) {
                char *known[] = {"rd", "wr", "ex", "sh", "gd", "dc", "wf", "dd", "nr"};
                for (int i = 0; i < 9; i++) if (strstr(line + 8, known[i])) printf(" %s", known[i]);
            }
        }
    }
    printf("\n");
    fclose(f);
}

static long field(const char *path, const char *name)
{
    FILE *f = fopen(path, "r");
    char line[300];
    long value = -1;
    size_t n = strlen(name);
    while (f && fgets(line, sizeof line, f)) if (!strncmp(line, name, n) && line[n] == ':') value = atol(line + n + 1);
    if (f) fclose(f);
    return value;
}

static long pages(int which)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long v[7] = {0};
    if (f) { fscanf(f, "%ld %ld %ld %ld %ld %ld %ld", v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6); fclose(f); }
    return v[which];
}

static int close_to(long a, long b, long slack)
{
    return a >= b - slack && a <= b + slack;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, malloc(65536), _IOLBF, 65536);
    int file = open(argv[1], O_RDWR | O_CREAT, 0600);
    ftruncate(file, 32 * K);
    char *gap = mmap(0, 4096 * K, PROT_NONE, ANON, -1, 0);
    char *p = mmap(gap + 100 * K, 64 * K, RW, ANON | MAP_FIXED, -1, 0);
    for (int i = 0; i < 10; i++) p[i * K] = 1;
    region("ten touched", p);
    region("reserved", gap);
    char *f = mmap(gap + 200 * K, 16 * K, RW, MAP_PRIVATE | MAP_FIXED, file, 4 * K);
    f[0] = 1;
    f[K] = 1;
    region("private file", f);
    char *s = mmap(gap + 300 * K, 16 * K, RW, MAP_SHARED | MAP_FIXED, file, 0);
    s[0] = s[K] = s[2 * K] = 1;
    region("shared file", s);
    char *a = mmap(gap + 400 * K, 16 * K, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    a[0] = 1;
    region("shared anonymous", a);
    char *nr = mmap(gap + 500 * K, 16 * K, RW, ANON | MAP_NORESERVE | MAP_FIXED, -1, 0);
    region("no reserve", nr);
    madvise(nr, 16 * K, MADV_DONTFORK);
    madvise(nr, 16 * K, MADV_DONTDUMP);
    madvise(nr, 16 * K, 18);
    region("flags", nr);
    mprotect(p + 5 * K, K, PROT_READ);
    region("divided", p);
    region("the middle", p + 5 * K);
    region("the rest", p + 6 * K);
    mprotect(p + 5 * K, K, RW);
    region("joined", p);
    munmap(p + 2 * K, 2 * K);
    region("cut", p);
    unlink(argv[1]);
    region("removed", s);
    int fd = memfd_create("a name", 0);
    ftruncate(fd, 4 * K);
    char *m = mmap(gap + 600 * K, 4 * K, RW, MAP_SHARED | MAP_FIXED, fd, 0);
    m[0] = 1;
    region("memfd", m);

    SHOW("-- sums");
    long size = field("/proc/self/status", "VmSize"), rss = field("/proc/self/status", "VmRSS");
    SHOW("statm %d %d", close_to(pages(0) * 4, size, 200), close_to(pages(1) * 4, rss, 400));
    SHOW("rollup %d", close_to(field("/proc/self/smaps_rollup", "Rss"), rss, 800));
    SHOW("parts %d", close_to(field("/proc/self/status", "RssAnon") + field("/proc/self/status", "RssFile") + field("/proc/self/status", "RssShmem"), rss, 300));
    char *big = mmap(0, 256 << 20, RW, ANON, -1, 0);
    SHOW("size grew %d", close_to(field("/proc/self/status", "VmSize") - size, 256 << 10, 300));
    SHOW("nothing touched %d", close_to(field("/proc/self/status", "VmRSS"), rss, 400));
    memset(big, 1, 32 << 20);
    long now = field("/proc/self/status", "VmRSS") - rss;
    SHOW("32 MiB touched %d", now >= 32 << 10 && now < 36 << 10);
    SHOW("peak %d", field("/proc/self/status", "VmPeak") >= size + (256 << 10));
    munmap(big, 256 << 20);
    SHOW("given back %d %d", close_to(field("/proc/self/status", "VmSize"), size, 300), close_to(field("/proc/self/status", "VmRSS"), rss, 400));
    SHOW("peak stays %d", field("/proc/self/status", "VmPeak") >= size + (256 << 10));
    SHOW("stack %d data %d", field("/proc/self/status", "VmStk") >= 132, field("/proc/self/status", "VmData") > 0);
    mlock(gap + 100 * K, K);
    SHOW("locked %ld", field("/proc/self/status", "VmLck"));
    return 0;
}
