#include "say.h"
#include <sys/mman.h>
#define K 4096L
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

static int is_mapped(void *p)
{
    unsigned char in;
    return mincore(p, K, &in) == 0;
}

static char *room(long pages)
{
    char *p = mmap(0, pages * K, PROT_NONE, ANON, -1, 0);
    munmap(p, pages * K);
    return p;
}

static char *filled(char *at, long pages)
{
    char *p = mmap(at, pages * K, RW, ANON | MAP_FIXED, -1, 0);
    for (long i = 0; i < pages; i++) p[i * K] = 'a' + i;
    return p;
}

static void letters(const char *what, char *p, long pages)
{
    char text[64] = "";
    for (long i = 0; i < pages; i++) text[i] = p[i * K] ? p[i * K] : '.';
    SHOW("%s: %s", what, text);
}

int main(int argc, char **argv)
{
    char *r = room(256), *p = filled(r + 8 * K, 4);
    SHOW("-- arguments");
    MAPPED(mremap(p + 1, K, K, 0));
    MAPPED(mremap(p, K, 0, 0));
    MAPPED(mremap(p, K, K, 8));
    MAPPED(mremap(p, K, K, MREMAP_FIXED, r));
    MAPPED(mremap(p, K, 2 * K, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0));
    MAPPED(mremap(r, K, 2 * K, MREMAP_MAYMOVE));
    MAPPED(mremap(p, 5 * K, 8 * K, MREMAP_MAYMOVE));
    MAPPED(mremap(p, 0, K, MREMAP_MAYMOVE));
    MAPPED(mremap(p, 4 * K, 4 * K, MREMAP_MAYMOVE | MREMAP_FIXED, p + 2 * K));
    MAPPED(mremap(p, 4 * K, 4 * K, MREMAP_MAYMOVE | MREMAP_FIXED, r + 1));
    MAPPED(mremap(p, 4 * K, 4 * K, MREMAP_MAYMOVE | MREMAP_FIXED, (char *)(1L << 47)));
    MAPPED(mremap(p, K, 1L << 62, MREMAP_MAYMOVE));
    MAPPED(mremap(p, -1L, K, 0));

    SHOW("-- in place");
    SHOW("%d", mremap(p, 4 * K, 8 * K, 0) == p);
    letters("grown", p, 8);
    SHOW("%d", mremap(p, 8 * K, 3 * K, 0) == p);
    letters("shrunk", p, 3);
    SHOW("gone %d", is_mapped(p + 3 * K));
    SHOW("%d", mremap(p, 3 * K, 3 * K, 0) == p);
    SHOW("%d", mremap(p + K, 2 * K, 4 * K, 0) == p + K);
    letters("tail grown", p, 5);
    mmap(p + 5 * K, K, PROT_READ, ANON | MAP_FIXED, -1, 0);
    MAPPED(mremap(p, 5 * K, 6 * K, 0));
    MAPPED(mremap(p, 2 * K, 3 * K, 0));

    SHOW("-- moved");
    char *q = mremap(p, 5 * K, 9 * K, MREMAP_MAYMOVE);
    SHOW("%d %d", q != p, is_mapped(p));
    letters("moved", q, 9);
    char *target = r + 100 * K;
    filled(target, 3);
    SHOW("%d", mremap(q, 9 * K, 2 * K, MREMAP_MAYMOVE | MREMAP_FIXED, target) == target);
    letters("fixed", target, 3);
    SHOW("old %d", is_mapped(q));
    SHOW("%d", mremap(target, 2 * K, 2 * K, MREMAP_MAYMOVE | MREMAP_DONTUNMAP | MREMAP_FIXED, r + 60 * K) == r + 60 * K);
    letters("kept", target, 2);
    letters("content", r + 60 * K, 2);
    char *anywhere = MAPPED(mremap(r + 60 * K, 2 * K, 2 * K, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0));
    letters("anywhere", anywhere, 2);
    letters("left behind", r + 60 * K, 2);

    SHOW("-- across regions");
    char *s = filled(r + 120 * K, 6);
    mprotect(s + 2 * K, 2 * K, PROT_READ);
    MAPPED(mremap(s, 6 * K, 8 * K, MREMAP_MAYMOVE));
    MAPPED(mremap(s, 6 * K, 3 * K, 0));
    letters("shrunk across", s, 3);

    SHOW("-- read-only and reserved memory keep their protection");
    char *reserved = mmap(0, 4 * K, PROT_NONE, ANON, -1, 0);
    char *moved = MAPPED(mremap(reserved, 4 * K, 4 * K, MREMAP_MAYMOVE | MREMAP_FIXED, r + 140 * K));
    SAY(mprotect(moved + K, K, RW));
    moved[K] = 'x';
    moved = MAPPED(mremap(moved + K, K, 2 * K, MREMAP_MAYMOVE));
    letters("moved", moved, 2);
    int fds[2];
    pipe(fds);
    SAY(write(fds[1], moved, 1));
    mprotect(moved, K, PROT_READ);
    moved = mremap(moved, K, K, MREMAP_MAYMOVE | MREMAP_FIXED, r + 160 * K);
    SAY(read(fds[0], moved, 1));

    SHOW("-- files");
    int file = open(argv[1], O_RDWR | O_CREAT, 0600);
    for (int i = 0; i < 8; i++) { char c = 'A' + i; pwrite(file, &c, 1, i * K); }
    ftruncate(file, 8 * K);
    char *f = mmap(r + 180 * K, 2 * K, RW, MAP_SHARED | MAP_FIXED, file, K);
    SHOW("%d", mremap(f, 2 * K, 4 * K, 0) == f);
    letters("grown", f, 4);
    char *g = mremap(f, 0, 3 * K, MREMAP_MAYMOVE);
    letters("twice", g, 3);
    g[0] = 'Z';
    letters("the same", f, 1);
    MAPPED(mremap(f, 4 * K, 4 * K, MREMAP_MAYMOVE | MREMAP_FIXED, r + 200 * K));
    letters("moved", r + 200 * K, 4);
    char *v = mmap(r + 220 * K, 2 * K, RW, MAP_PRIVATE | MAP_FIXED, file, K);
    v[K] = 'p';
    v = MAPPED(mremap(v, 2 * K, 4 * K, MREMAP_MAYMOVE));
    letters("private", v, 4);
    char *w = MAPPED(mremap(v, 4 * K, 4 * K, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0));
    letters("private moved", w, 4);
    letters("file again", v, 4);
    SHOW("-- shared anonymous");
    char *a = mmap(r + 240 * K, 2 * K, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    a[0] = 'h';
    a[K] = 'i';
    char *b = MAPPED(mremap(a, 0, 2 * K, MREMAP_MAYMOVE));
    letters("twice", b, 2);
    b[0] = 'H';
    letters("one", a, 2);
    SAY(munmap(a, 2 * K));
    letters("other", b, 2);
    return 0;
}
