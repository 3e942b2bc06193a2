#include "say.h"
#include <sys/sendfile.h>
#include <sys/mman.h>
#include <sys/socket.h>
#ifndef RWF_NOWAIT
#define RWF_HIPRI 1
#define RWF_DSYNC 2
#define RWF_SYNC 4
#define RWF_NOWAIT 8
#endif
#ifndef RWF_APPEND
#define RWF_APPEND 16
#endif

static long sum(const char *name)
{
    char buf[4096];
    long total = 0;
    int fd = open(name, O_RDONLY);
    ssize_t n, bytes = 0;
    while ((n = read(fd, buf, sizeof buf)) > 0) {
        bytes += n;
        for (int i = 0; i < n; i++) total = total * 31 + buf[i];
    }
    close(fd);
    SHOW("  %s: %ld bytes, sum %lx", name, (long)bytes, total);
    return total;
}

int main(int argc, char **argv)
{
    char buf[70000];
    for (int i = 0; i < sizeof buf; i++) buf[i] = i * 7 + i / 256;
    int in = open("in", O_RDWR | O_CREAT, 0600), out = open("out", O_RDWR | O_CREAT, 0600);
    write(in, buf, 50000);
    int p[2], q[2], s[2];
    pipe(p);
    pipe(q);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);

    SHOW("sendfile");
    off_t off = 100;
    SAY(sendfile(out, in, &off, 1000));
    SHOW("  offset %ld, file at %ld", (long)off, (long)lseek(in, 0, SEEK_CUR));
    SAY(sendfile(out, in, 0, 10));
    lseek(in, 40000, SEEK_SET);
    SAY(sendfile(out, in, 0, 1 << 30));
    SAY(sendfile(p[1], in, (off_t[]){0}, 3000));
    SAY(sendfile(out, p[0], 0, 10));
    SAY(sendfile(s[0], in, (off_t[]){5}, 1000));
    SAY(recv(s[1], buf, sizeof buf, 0));
    SAY(sendfile(out, in, (off_t[]){-1}, 10));
    SAY(sendfile(out, in, (void *)8, 10));
    SAY(sendfile(777, in, 0, 10));
    SAY(sendfile(out, 777, 0, 10));
    int app = open("out", O_WRONLY | O_APPEND);
    SAY(sendfile(app, in, (off_t[]){0}, 10));
    int ro = open("in", O_RDONLY);
    SAY(sendfile(ro, in, 0, 10));
    sum("out");
    SAY(read(p[0], buf, sizeof buf));

    SHOW("splice");
    loff_t a = 10, b = 20;
    RAW(splice, in, &a, p[1], 0, 5000, 0);
    SHOW("  offset %ld", (long)a);
    RAW(splice, p[0], 0, out, &b, 2000, 1);
    SHOW("  offset %ld", (long)b);
    RAW(splice, p[0], 0, q[1], 0, 1000, 0);
    RAW(splice, p[0], &a, out, 0, 10, 0);
    RAW(splice, in, 0, out, 0, 10, 0);
    RAW(splice, p[0], 0, p[1], 0, 10, 0);
    RAW(splice, p[0], 0, app, 0, 10, 0);
    RAW(splice, p[0], 0, out, 0, 10, 0x100);
    RAW(splice, p[0], 0, s[0], 0, 500, 0);
    SAY(recv(s[1], buf, sizeof buf, 0));
    SHOW("tee");
    RAW(tee, p[0], q[1], 300, 0);
    RAW(tee, p[0], p[1], 300, 0);
    RAW(tee, in, q[1], 300, 0);
    SAY(read(p[0], buf, sizeof buf));
    SAY(read(q[0], buf, sizeof buf));
    RAW(tee, p[0], q[1], 300, 2);
    RAW(splice, p[0], 0, q[1], 0, 10, 2);
    close(p[1]);
    RAW(splice, p[0], 0, q[1], 0, 10, 0);
    RAW(tee, p[0], q[1], 300, 0);
    close(p[0]);
    pipe(p);
    SHOW("vmsplice");
    struct iovec v[3] = {{buf, 100}, {buf + 500, 0}, {buf + 1000, 2000}};
    RAW(vmsplice, p[1], v, 3, 0);
    SAY(read(p[0], buf + 5000, 50));
    struct iovec r[2] = {{buf + 6000, 50}, {buf + 7000, 4000}};
    RAW(vmsplice, p[0], r, 2, 0);
    RAW(vmsplice, in, v, 3, 0);
    RAW(vmsplice, p[1], v, -1, 0);
    RAW(vmsplice, p[1], (void *)8, 2, 0);
    RAW(vmsplice, p[1], v, 0, 0);
    RAW(vmsplice, p[1], v, 3, 0x100);

    SHOW("copy_file_range");
    int copy = open("copy", O_RDWR | O_CREAT, 0600);
    a = 1000;
    RAW(copy_file_range, in, &a, copy, 0, 5000, 0);
    SHOW("  offset %ld, copy at %ld", (long)a, (long)lseek(copy, 0, SEEK_CUR));
    b = 100000;
    RAW(copy_file_range, in, &a, copy, &b, 1 << 20, 0);
    RAW(copy_file_range, in, &a, copy, &b, 100, 0);
    RAW(copy_file_range, in, 0, copy, 0, 10, 1);
    RAW(copy_file_range, in, (loff_t[]){0}, in, (loff_t[]){5}, 100, 0);
    RAW(copy_file_range, in, (loff_t[]){0}, app, 0, 100, 0);
    RAW(copy_file_range, p[0], 0, copy, 0, 100, 0);
    RAW(copy_file_range, in, (loff_t[]){0}, ro, 0, 100, 0);
    sum("copy");

    SHOW("vectors");
    struct iovec w[2] = {{"abc", 3}, {"defg", 4}};
    SAY(pwritev(copy, w, 2, 7));
    RAW(pwritev2, copy, w, 2, 20L, 0L, RWF_DSYNC);
    RAW(pwritev2, copy, w, 2, 20L, 0L, RWF_APPEND);
    RAW(pwritev2, copy, w, 2, -1L, -1L, 0);
    RAW(pwritev2, copy, w, 2, 0L, 0L, 0x40000000);
    RAW(preadv2, copy, r, 2, 0L, 0L, RWF_HIPRI) >= 0;
    RAW(preadv2, p[0], r, 1, -1L, -1L, RWF_NOWAIT);
    RAW(preadv2, p[0], r, 1, 0L, 0L, 0);
    RAW(preadv, copy, r, 2, -5L, -1L);
    static struct iovec many[1025];
    for (int i = 0; i < 1025; i++) many[i] = (struct iovec){buf + i, 1};
    SAY(writev(copy, many, 1024));
    SAY(writev(copy, many, 1025));
    SAY(writev(copy, many, -1));
    SAY(writev(copy, (struct iovec[]){{buf, 5}, {buf, -1}}, 2));
    SAY(writev(copy, (struct iovec[]){{buf, 5}, {(void *)8, 5}}, 2));
    SAY(readv(copy, (struct iovec[]){{buf, 0}}, 1));
    SAY(readv(copy, 0, 0));
    SAY(readv(777, 0, 0));
    SAY(read(copy, buf, 0));
    SAY(read(ro, (void *)8, 0));
    SAY(write(ro, buf, 0));
    SAY(write(copy, (void *)8, 0));
    SAY(pread(copy, buf, 5, 0x7fffffffffffffff));
    SAY(pwrite(copy, buf, 5, 0x7fffffffffffffff));
    SAY(pread(p[0], buf, 5, 0));
    SAY(read(copy, buf, -1));
    SAY(lseek(copy, -1, SEEK_SET));
    SAY(lseek(p[0], 0, SEEK_SET));
    SAY(lseek(s[0], 0, SEEK_SET));
    sum("copy");

    SHOW("space");
    int sp = open("space", O_RDWR | O_CREAT, 0600);
    struct stat st;
    SAY(fallocate(sp, 0, 0, 65536));
    fstat(sp, &st);
    SHOW("  size %ld blocks %d", (long)st.st_size, st.st_blocks >= 128);
    SAY(fallocate(sp, 1, 65536, 65536));
    fstat(sp, &st);
    SHOW("  size %ld", (long)st.st_size);
    SAY(fallocate(sp, 3, 4096, 8192));
    SAY(fallocate(sp, 2, 4096, 8192));
    SAY(fallocate(sp, 0, -1, 10));
    SAY(fallocate(sp, 0, 0, 0));
    SAY(fallocate(p[0], 0, 0, 10));
    SAY(fallocate(ro, 0, 0, 10));
    SAY(fallocate(sp, 0x1000, 0, 10));
    pwrite(sp, "x", 1, 20000);
    SAY(lseek(sp, 0, SEEK_DATA) >= 0);
    SAY(lseek(sp, 0, SEEK_HOLE) >= 0);
    SAY(lseek(sp, 1 << 20, SEEK_DATA));
    SAY(posix_fadvise(sp, 0, 0, POSIX_FADV_SEQUENTIAL));
    SAY(posix_fadvise(sp, 0, 0, 77));
    SAY(posix_fadvise(p[0], 0, 0, 0));
    RAW(readahead, sp, 0L, 4096L);
    RAW(readahead, p[0], 0L, 4096L);
    RAW(sync_file_range, sp, 0L, 4096L, 7);
    RAW(sync_file_range, sp, 0L, 4096L, 8);
    RAW(sync_file_range, sp, -1L, 4096L, 0);
    RAW(sync_file_range, p[0], 0L, 4096L, 0);
    SAY(fsync(sp));
    SAY(fdatasync(p[0]));
    SAY(fsync(s[0]));
    RAW(syncfs, sp);
    RAW(syncfs, 777);
    SAY(ftruncate(ro, 5));
    SAY(ftruncate(sp, -1));
    SAY(ftruncate(p[0], 0));

    SHOW("memfd");
    int m = RAW(memfd_create, "name", 3);
    SHOW("  cloexec %d", fcntl(m, F_GETFD));
    RAW(memfd_create, "name", 0x80);
    RAW(memfd_create, (char *)8, 0);
    memset(buf, 'x', 300);
    buf[250] = 0;
    RAW(memfd_create, buf, 0);
    buf[249] = 0;
    OK(syscall(SYS_memfd_create, buf, 0));
    SAY(fcntl(m, 1034));
    SAY(write(m, "sealed", 6));
    SAY(fcntl(m, 1033, 2 | 4));
    SAY(ftruncate(m, 3));
    SAY(ftruncate(m, 30));
    SAY(write(m, "more", 4));
    SAY(pwrite(m, "S", 1, 0));
    void *map = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, m, 0);
    SAY(fcntl(m, 1033, 8));
    munmap(map, 4096);
    SAY(fcntl(m, 1033, 8));
    SAY(pwrite(m, "S", 1, 0));
    SAY(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, m, 0) == MAP_FAILED);
    SAY(fcntl(m, 1033, 1));
    SAY(fcntl(m, 1033, 16));
    SAY(fcntl(m, 1034));
    SAY(fcntl(in, 1034));
    int unsealed = RAW(memfd_create, "u", 0) >= 0;
    return 0;
}
