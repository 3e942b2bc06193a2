#include "say.h"
#include <sys/eventfd.h>
#include <sys/mman.h>

typedef unsigned long context_t;
struct iocb { uint64_t data; uint32_t key; int rw_flags; uint16_t opcode; int16_t priority; uint32_t fd; uint64_t buf, bytes; int64_t offset; uint64_t reserved; uint32_t flags, resfd; };
struct event { uint64_t data, obj; int64_t res, res2; };
enum { PREAD, PWRITE, FSYNC, FDSYNC, POLL = 5, NOOP, PREADV, PWRITEV };

static void events(context_t c, long least, long most, struct timespec *t)
{
    struct event e[10];
    long n = syscall(SYS_io_getevents, c, least, most, e, t);
    if (n < 0) { SHOW("  getevents: %s", error_name(errno)); return; }
    SHOW("  %ld events", n);
    for (uint64_t d = 0; d < 50; d++)
        for (int i = 0; i < n; i++)
            if (e[i].data == d) SHOW("    %lu: %s%ld %ld", d, e[i].res < 0 ? error_name(-e[i].res) : "", e[i].res < 0 ? 0 : (long)e[i].res, (long)e[i].res2);
}

int main(int argc, char **argv)
{
    context_t c = 0, d = 5;
    char buf[4096] = "hello, asynchronous world", in[4096] = {0};
    RAW(io_setup, 0, &c);
    RAW(io_setup, 5, &d);
    RAW(io_setup, 5, (void *)8);
    RAW(io_setup, 8, &c);
    SHOW("context %d", c != 0);
    int f = open("f", O_RDWR | O_CREAT, 0600), p[2], ev = eventfd(0, EFD_NONBLOCK);
    pipe(p);
    struct iocb w = {.data = 1, .opcode = PWRITE, .fd = f, .buf = (uint64_t)buf, .bytes = 25, .offset = 3};
    struct iocb r = {.data = 2, .opcode = PREAD, .fd = f, .buf = (uint64_t)in, .bytes = 100, .offset = 10};
    RAW(io_submit, c, 1L, ((struct iocb *[]){&w}));
    events(c, 1, 10, 0);
    RAW(io_submit, c, 1L, ((struct iocb *[]){&r}));
    events(c, 1, 10, 0);
    SHOW("  %s", in);
    struct iovec v[2] = {{buf, 5}, {buf + 5, 2}};
    struct iocb wv = {.data = 3, .opcode = PWRITEV, .fd = f, .buf = (uint64_t)v, .bytes = 2, .offset = 100, .flags = 1, .resfd = ev};
    struct iocb rv = {.data = 4, .opcode = PREADV, .fd = f, .buf = (uint64_t)v, .bytes = 2, .offset = 3};
    struct iocb sync = {.data = 5, .opcode = FSYNC, .fd = f};
    RAW(io_submit, c, 3L, ((struct iocb *[]){&wv, &rv, &sync}));
    events(c, 3, 10, 0);
    uint64_t n;
    SAY(read(ev, &n, 8));
    SHOW("bad ones");
    struct iocb bad = {.data = 6, .opcode = 99, .fd = f};
    RAW(io_submit, c, 1L, ((struct iocb *[]){&bad}));
    bad = (struct iocb){.data = 7, .opcode = PREAD, .fd = 777};
    RAW(io_submit, c, 1L, ((struct iocb *[]){&bad}));
    RAW(io_submit, c, 2L, ((struct iocb *[]){&r, &bad}));
    events(c, 1, 10, 0);
    bad = (struct iocb){.data = 8, .opcode = PREAD, .fd = f, .buf = 8, .bytes = 10};
    RAW(io_submit, c, 1L, ((struct iocb *[]){&bad}));
    events(c, 0, 10, 0);
    bad = (struct iocb){.data = 8, .opcode = PREAD, .fd = p[0], .buf = (uint64_t)in, .bytes = 10, .reserved = 1};
    RAW(io_submit, c, 1L, ((struct iocb *[]){&bad}));
    RAW(io_submit, c, 1L, ((struct iocb *[]){(void *)8}));
    RAW(io_submit, c, 1L, 8L);
    RAW(io_submit, c, -1L, ((struct iocb *[]){&w}));
    RAW(io_submit, c, 0L, ((struct iocb *[]){&w}));
    RAW(io_submit, 12345L, 1L, ((struct iocb *[]){&w}));
    SHOW("waiting");
    events(c, 1, 10, &(struct timespec){0, 20000000});
    events(c, 5, 2, 0);
    events(c, -1, 2, 0);
    events(12345, 0, 2, 0);
    struct iocb pl = {.data = 9, .opcode = POLL, .fd = p[0], .buf = POLLIN};
    RAW(io_submit, c, 1L, ((struct iocb *[]){&pl}));
    events(c, 0, 10, 0);
    write(p[1], "x", 1);
    events(c, 1, 10, 0);
    read(p[0], in, 10);
    pl.data = 10;
    RAW(io_submit, c, 1L, ((struct iocb *[]){&pl}));
    struct event e;
    RAW(io_cancel, c, &pl, &e);
    events(c, 1, 10, &(struct timespec){1, 0});
    RAW(io_cancel, c, &w, &e);
    SHOW("end");
    RAW(io_destroy, c);
    RAW(io_destroy, c);
    RAW(io_submit, c, 1L, ((struct iocb *[]){&w}));
    return 0;
}
