#include "say.h"
#include <sys/mman.h>
#include <sys/resource.h>
#define K 4096L
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static void present(const char *what, char *p, int pages)
{
    unsigned char in[64];
    char text[65] = "";
    if (mincore(p, pages * K, in)) { SHOW("%s: %s", what, error_name(errno)); return; }
    for (int i = 0; i < pages; i++) text[i] = in[i] & 1 ? '1' : '0';
    SHOW("%s: %s", what, text);
}

int main(int argc, char **argv)
{
    char *p = mmap(0, 8 * K, RW, ANON, -1, 0);
    char *ro = mmap(0, 4 * K, PROT_READ, ANON, -1, 0);
    char *none = mmap(0, 4 * K, PROT_NONE, ANON, -1, 0);
    int file = open(argv[1], O_RDWR | O_CREAT, 0600);
    ftruncate(file, 4 * K);
    pwrite(file, "content", 7, 0);
    char *f = mmap(0, 4 * K, RW, MAP_PRIVATE, file, 0);
    char *s = mmap(0, 4 * K, RW, MAP_SHARED, file, 0);
    char *hole = mmap(0, 5 * K, RW, ANON, -1, 0);
    munmap(hole + 2 * K, K);

    SHOW("-- madvise");
    SAY(madvise(p, K, 5));
    SAY(madvise(p, K, -1));
    SAY(madvise(p, K, 99));
    SAY(madvise(p + 1, K, MADV_DONTNEED));
    SAY(madvise(p, 0, MADV_DONTNEED));
    SAY(madvise(p, -1L, MADV_DONTNEED));
    SAY(madvise(p, -K, MADV_DONTNEED));
    SAY(madvise((void *)0x20000, K, MADV_DONTNEED));
    for (int advice = 0; advice < 5; advice++) {
        SHOW("advice %d", advice);
        SAY(madvise(p, 8 * K, advice));
        SAY(madvise(hole, 5 * K, advice));
        SAY(madvise(none, 4 * K, advice));
        SAY(madvise(s, 4 * K, advice));
    }
    p[0] = 1;
    p[3 * K] = 1;
    present("touched", p, 8);
    SAY(madvise(p, 2 * K, MADV_DONTNEED));
    present("dropped", p, 8);
    SHOW("%d %d", p[0], p[3 * K]);
    hole[0] = hole[4 * K] = 1;
    SAY(madvise(hole, 5 * K, MADV_DONTNEED));
    SHOW("beyond the hole %d %d", hole[0], hole[4 * K]);
    f[0] = 'C';
    SAY(madvise(f, K, MADV_DONTNEED));
    SHOW("file again %.7s", f);
    s[0] = 'c';
    SAY(madvise(s, K, MADV_DONTNEED));
    SHOW("shared stays %.7s", s);
    SAY(madvise(p, K, 8 /* FREE */));
    SAY(madvise(f, K, 8));
    SAY(madvise(s, K, 8));
    SAY(madvise(p, K, 9 /* REMOVE */));
    SAY(madvise(f, K, 9));
    SAY(madvise(ro, K, 9));
    SAY(madvise(s, K, 10 /* DONTFORK */));
    SAY(madvise(p, K, 11 /* DOFORK */));
    SAY(madvise(p, K, 16 /* DONTDUMP */));
    SAY(madvise(p, K, 17 /* DODUMP */));
    SAY(madvise(p, K, 18 /* WIPEONFORK */));
    SAY(madvise(f, K, 18));
    SAY(madvise(s, K, 18));
    SAY(madvise(p, K, 19 /* KEEPONFORK */));
    SAY(madvise(p, K, 20 /* COLD */));
    SAY(madvise(p, 8 * K, 22 /* POPULATE_READ */));
    present("populated", p, 8);
    SAY(madvise(none, K, 22));
    SAY(madvise(ro, K, 23 /* POPULATE_WRITE */));
    SAY(madvise(none, K, 23));
    SAY(madvise(hole, 5 * K, 23));

    SHOW("-- mincore");
    unsigned char in[8];
    SAY(mincore(p + 1, K, in));
    SAY(mincore(p, 0, in));
    SAY(mincore(p, 8 * K, (void *)8));
    SAY(mincore(hole, 5 * K, in));
    SAY(mincore(p, -1L, in));
    SAY(mincore(none, 4 * K, in));
    SHOW("%d", in[0]);

    SHOW("-- msync");
    SAY(msync(s, K, MS_SYNC));
    SAY(msync(s, K, MS_ASYNC));
    SAY(msync(s, K, MS_SYNC | MS_ASYNC));
    SAY(msync(s, K, 0));
    SAY(msync(s, K, 64));
    SAY(msync(s + 1, K, MS_SYNC));
    SAY(msync(s, 0, MS_SYNC));
    SAY(msync(s, -1L, MS_SYNC));
    SAY(msync(p, 8 * K, MS_SYNC));
    SAY(msync(hole, 5 * K, MS_SYNC));
    SAY(msync(none, K, MS_SYNC | MS_INVALIDATE));

    SHOW("-- locking");
    SAY(mlock(p, 2 * K));
    SAY(madvise(p, K, MADV_DONTNEED));
    SAY(msync(p, K, MS_INVALIDATE));
    SAY(mlock(p + 1, 1));
    SAY(mlock(p, 0));
    SAY(mlock(hole, 5 * K));
    SAY(mlock(none, K));
    SAY(mlock((void *)0x20000, K));
    SAY(mlock(p, -1L));
    SAY(munlock(p, 8 * K));
    SAY(munlock(hole, 5 * K));
    SAY(munlock((void *)0x20000, K));
    SAY(madvise(p, K, MADV_DONTNEED));
    RAW(mlock2, p, K, 1);
    RAW(mlock2, p, K, 2);
    SAY(mlockall(0));
    SAY(mlockall(8));
    SAY(mlockall(4));
    SAY(mlockall(MCL_FUTURE));
    char *later = mmap(0, 4 * K, RW, ANON, -1, 0);
    present("born locked", later, 4);
    SAY(munlockall());
    later = mmap(0, 4 * K, RW, ANON, -1, 0);
    present("born free", later, 4);

    SHOW("-- memfd");
    int fd = memfd_create("name", MFD_CLOEXEC);
    SHOW("memfd %d", fd >= 0);
    SAY(ftruncate(fd, 4 * K));
    char *m = MAPPED(mmap(0, 4 * K, RW, MAP_SHARED, fd, 0));
    m[K] = 'm';
    SAY(madvise(m, 4 * K, 9 /* REMOVE */));
    SHOW("removed %d", m[K]);
    SAY(memfd_create("name", 0x8000));
    char longer[300];
    memset(longer, 'x', 299);
    longer[299] = 0;
    SAY(memfd_create(longer, 0));
    SAY(memfd_create((char *)8, 0));
    int sealed = memfd_create("sealed", MFD_ALLOW_SEALING);
    ftruncate(sealed, K);
    SAY(fcntl(sealed, F_ADD_SEALS, F_SEAL_WRITE));
    MAPPED(mmap(0, K, RW, MAP_SHARED, sealed, 0));
    MAPPED(mmap(0, K, PROT_READ, MAP_SHARED, sealed, 0));
    MAPPED(mmap(0, K, RW, MAP_PRIVATE, sealed, 0));

    SHOW("-- process_vm on itself");
    char from[8] = "abcdefg", to[8] = "";
    struct iovec local = {to, 8}, remote = {from, 8};
    SAY(process_vm_readv(getpid(), &local, 1, &remote, 1, 0));
    SHOW("%s", to);
    struct iovec bad = {(void *)8, 8};
    SAY(process_vm_readv(getpid(), &local, 1, &bad, 1, 0));
    SAY(process_vm_readv(getpid(), &bad, 1, &remote, 1, 0));
    SAY(process_vm_readv(getpid(), &local, 1, &remote, 1, 1));
    strcpy(to, "ABCDEFG");
    SAY(process_vm_writev(getpid(), &local, 1, &remote, 1, 0));
    SHOW("%s", from);
    struct iovec two[2] = {{from, 4}, {none, 4}};
    SAY(process_vm_readv(getpid(), &local, 1, two, 2, 0));
    SAY(process_vm_readv(0x7ffffff, &local, 1, &remote, 1, 0));
    return 0;
}
