#include "say.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <pthread.h>

static void wait_for(int ep, int timeout)
{
    struct epoll_event e[16];
    int n = epoll_wait(ep, e, 16, timeout);
    if (n < 0) { SHOW("  wait: %s", error_name(errno)); return; }
    char line[400] = "";
    for (uint64_t d = 0; d < 100; d++)
        for (int i = 0; i < n; i++)
            if (e[i].data.u64 == d) sprintf(line + strlen(line), " %d:%x", (int)d, e[i].events);
    SHOW("  %d ready:%s", n, line);
}

static int add(int ep, int fd, uint32_t events, int data)
{
    return epoll_ctl(ep, EPOLL_CTL_ADD, fd, &(struct epoll_event){events, {.u64 = data}});
}
static int mod(int ep, int fd, uint32_t events, int data)
{
    return epoll_ctl(ep, EPOLL_CTL_MOD, fd, &(struct epoll_event){events, {.u64 = data}});
}

static int shared;
static void *waiter(void *unused)
{
    struct epoll_event e;
    int n = epoll_wait(shared, &e, 1, 3000);
    return (void *)(long)n;
}

int main(int argc, char **argv)
{
    char c[64];
    RAW(epoll_create, 0);
    RAW(epoll_create, -5);
    RAW(epoll_create, 1);
    RAW(epoll_create1, 1);
    int ep = SAY(epoll_create1(EPOLL_CLOEXEC));
    SHOW("  cloexec %d", fcntl(ep, F_GETFD));
    int p[2], q[2], s[2];
    pipe2(p, O_NONBLOCK);
    pipe2(q, O_NONBLOCK);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    int file = open("f", O_RDWR | O_CREAT, 0600), ev = eventfd(0, EFD_NONBLOCK);
    SAY(add(ep, p[0], EPOLLIN, 1));
    SAY(add(ep, p[0], EPOLLIN, 1));
    SAY(add(ep, file, EPOLLIN, 2));
    SAY(add(ep, ep, EPOLLIN, 2));
    SAY(add(ep, 777, EPOLLIN, 2));
    SAY(add(777, p[0], EPOLLIN, 2));
    SAY(add(file, p[0], EPOLLIN, 2));
    SAY(mod(ep, q[0], EPOLLIN, 2));
    SAY(epoll_ctl(ep, EPOLL_CTL_DEL, q[0], 0));
    SAY(epoll_ctl(ep, 9, q[0], &(struct epoll_event){0}));
    SAY(epoll_ctl(ep, EPOLL_CTL_ADD, q[0], 0));
    SAY(epoll_ctl(ep, EPOLL_CTL_ADD, q[0], (void *)8));
    SAY(epoll_wait(ep, (void *)8, 1, 0));
    SAY(epoll_wait(ep, (void *)c, 0, 0));
    SAY(epoll_wait(ep, (void *)c, -1, 0));
    SAY(epoll_wait(p[0], (void *)c, 1, 0));
    SAY(epoll_wait(777, (void *)c, 1, 0));
    wait_for(ep, 0);
    long start = monotonic_ms();
    wait_for(ep, 40);
    SHOW("  as long as asked %d", monotonic_ms() - start >= 39);
    write(p[1], "abc", 3);
    wait_for(ep, -1);
    wait_for(ep, 0);
    SAY(epoll_wait(ep, (void *)8, 1, 0));

    SHOW("edge");
    SAY(mod(ep, p[0], EPOLLIN | EPOLLET, 3));
    wait_for(ep, 0);
    wait_for(ep, 0);
    write(p[1], "d", 1);
    wait_for(ep, 0);
    wait_for(ep, 0);
    read(p[0], c, 2);
    wait_for(ep, 0);
    SHOW("one shot");
    SAY(mod(ep, p[0], EPOLLIN | EPOLLONESHOT, 4));
    wait_for(ep, 0);
    wait_for(ep, 0);
    write(p[1], "d", 1);
    wait_for(ep, 0);
    SAY(mod(ep, p[0], EPOLLIN | EPOLLONESHOT, 5));
    wait_for(ep, 0);
    SHOW("exclusive");
    SAY(mod(ep, p[0], EPOLLIN | EPOLLEXCLUSIVE, 5));
    SAY(add(ep, ev, EPOLLIN | EPOLLEXCLUSIVE, 6));
    SAY(mod(ep, ev, EPOLLIN, 6));
    SAY(add(ep, q[0], EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT, 7));
    eventfd_write(ev, 1);
    wait_for(ep, 0);
    SHOW("hang up");
    SAY(add(ep, s[0], EPOLLIN | EPOLLRDHUP | EPOLLOUT, 8));
    wait_for(ep, 0);
    shutdown(s[1], SHUT_WR);
    wait_for(ep, 0);
    close(s[1]);
    wait_for(ep, 0);
    SAY(epoll_ctl(ep, EPOLL_CTL_DEL, s[0], (void *)8));
    SHOW("sets in sets");
    int outer = epoll_create1(0), third = epoll_create1(0);
    SAY(add(outer, ep, EPOLLIN, 9));
    wait_for(outer, 0);
    SAY(add(ep, outer, EPOLLIN, 10));
    SAY(add(third, outer, EPOLLIN, 11));
    wait_for(third, 0);
    struct pollfd pf = {third, POLLIN};
    SAY(poll(&pf, 1, 0));
    uint64_t v;
    read(ev, &v, 8);
    wait_for(third, 0);
    SHOW("descriptors that are gone");
    int d = dup(q[0]);
    SAY(add(ep, q[0], EPOLLIN, 12));
    SAY(add(ep, d, EPOLLIN, 13));
    write(q[1], "x", 1);
    wait_for(ep, 0);
    close(q[0]);
    wait_for(ep, 0);
    SAY(epoll_ctl(ep, EPOLL_CTL_DEL, q[0], 0));
    close(d);
    wait_for(ep, 0);
    int again = eventfd(1, 0);
    SAY(again == q[0] || again == d);
    SAY(add(ep, again, EPOLLIN, 14));
    wait_for(ep, 0);
    int moved = dup2(ev, again);
    wait_for(ep, 0);
    SHOW("timeouts");
    struct epoll_event e;
    RAW(epoll_pwait2, third, &e, 1, &(struct timespec){0, 1000000}, 0, 8);
    RAW(epoll_pwait2, third, &e, 1, &(struct timespec){0, 1000000000}, 0, 8);
    RAW(epoll_pwait2, third, &e, 1, &(struct timespec){-1, 0}, 0, 8);
    RAW(epoll_pwait2, third, &e, 1, &(struct timespec){0, 0}, &(long){0}, 16);
    RAW(epoll_pwait, third, &e, 1, 0, &(long){0}, 8);
    RAW(epoll_pwait, third, &e, 1, 0, &(long){0}, 4);
    RAW(epoll_pwait, third, &e, 1, 0, (void *)8, 8);
    SHOW("threads");
    shared = epoll_create1(0);
    pthread_t t[3];
    int x = eventfd(0, 0);
    add(shared, x, EPOLLIN | EPOLLET, 1);
    for (int i = 0; i < 3; i++) pthread_create(t + i, 0, waiter, 0);
    usleep(50000);
    eventfd_write(x, 1);
    usleep(20000);
    eventfd_write(x, 1);
    usleep(20000);
    eventfd_write(x, 1);
    long sum = 0;
    for (int i = 0; i < 3; i++) {
        void *r;
        pthread_join(t[i], &r);
        sum += (long)r;
    }
    SHOW("  woken %ld", sum);
    SAY(read(ep, c, 8));
    SAY(write(ep, c, 8));
    SAY(lseek(ep, 0, SEEK_SET));
    return 0;
}
