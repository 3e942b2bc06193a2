#include "say.h"
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/sysinfo.h>
#include <sys/random.h>

#define CALL(n, ...) SAY(syscall(SYS_##n, __VA_ARGS__))

int main(int argc, char **argv)
{
    char *page = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *edge = page + 4096 - 8;
    char *readonly = mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *none = mmap(0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + 4096, 4096);
    char *kernel = (char *)0xffff800000000000;
    char *wild = (char *)0x123456789000;
    char *bad[] = {0, (char *)8, page + 4096, none, kernel, wild, (char *)-1};
    int null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDWR);
    int p[2];
    pipe(p);
    write(p[1], "0123456789abcdef", 16);
    for (int i = 0; i < 7; i++) {
        SHOW("bad %d", i);
        CALL(read, zero, bad[i], 16);
        CALL(write, p[1], bad[i], 16);
        CALL(open, bad[i], O_RDONLY);
        CALL(stat, "/", bad[i]);
        CALL(stat, bad[i], page);
        CALL(pipe, bad[i]);
        CALL(uname, bad[i]);
        CALL(sysinfo, bad[i]);
        CALL(getrandom, bad[i], 8, 0);
        CALL(readlink, "/proc/self/exe", bad[i], 100);
        CALL(clock_gettime, 1, bad[i]);
        CALL(nanosleep, bad[i], 0);
        CALL(poll, bad[i], 1, 0);
        CALL(rt_sigaction, SIGUSR1, bad[i], 0, 8);
        CALL(rt_sigaction, SIGUSR1, 0, bad[i], 8);
        CALL(rt_sigprocmask, SIG_BLOCK, bad[i], 0, 8);
        CALL(readv, zero, bad[i], 2);
        CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, bad[i]);
        CALL(bind, 0, bad[i], 16);
        CALL(getrlimit, RLIMIT_CORE, bad[i]);
        CALL(getcwd, bad[i], 4096);
        CALL(futex, bad[i], 0, 0, 0, 0, 0);
        CALL(sigaltstack, bad[i], 0);
        CALL(prctl, 15, bad[i]);
        CALL(set_robust_list, bad[i], 23);
        CALL(epoll_ctl, 99, 1, 0, bad[i]);
    }
    SAY(read(zero, edge, 8));
    SAY(read(zero, edge, 100));
    SAY(write(p[1], edge, 8));
    SAY(read(p[0], edge, 100) > 0);
    SAY(read(zero, readonly, 10));
    SAY(write(p[1], readonly, 10));
    strcpy(edge, "/dev");
    SAY(access(edge, F_OK));
    memset(edge, 'x', 8);
    SAY(access(edge, F_OK));
    struct iovec v[3] = {{page, 4}, {none, 4}, {page, 4}};
    SAY(writev(p[1], v, 3));
    v[0].iov_base = none;
    SAY(writev(p[1], v, 3));
    v[0].iov_len = -1;
    SAY(writev(p[1], v, 3));
    SAY(write(null, page, 0x7fffffffffffffff));
    SAY(write(null, page, -1));
    SAY(read(zero, page, 0x80000000) >= 4096);
    SAY(syscall(SYS_read, (1UL << 32) | zero, page, 4));
    SAY(syscall(9999));
    SAY(syscall(-1));
    return 0;
}
