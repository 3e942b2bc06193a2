#include "say.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>

static volatile sig_atomic_t hits;
static void count(int s) { hits++; }
static int server;
static struct sockaddr_in address;
static pthread_t main_thread;

static void *client(void *arg)
{
    int fd = *(int *)arg;
    connect(fd, (struct sockaddr *)&address, sizeof address);
    char buf[64];
    ssize_t n = recv(fd, buf, sizeof buf, 0);
    for (int i = 0; i < n; i++) buf[i] ^= 32;
    send(fd, buf, n, 0);
    shutdown(fd, SHUT_WR);
    recv(fd, buf, 1, 0);
    close(fd);
    return 0;
}

static void *poke(void *arg)
{
    usleep(50000);
    pthread_kill(main_thread, SIGUSR1);
    usleep(50000);
    if (arg) write(*(int *)arg, "p", 1);
    return 0;
}

static pthread_t later(int *fd)
{
    pthread_t p;
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    pthread_create(&p, 0, poke, fd);
    pthread_sigmask(SIG_SETMASK, &old, 0);
    return p;
}

static void pass(int s, int fd, int more)
{
    char data = 'd';
    struct iovec v = {&data, 1};
    union { char b[CMSG_SPACE(2 * sizeof(int))]; struct cmsghdr h; } u;
    memset(&u, 0, sizeof u);
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = &u, .msg_controllen = CMSG_SPACE((more ? 2 : 1) * sizeof(int))};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN((more ? 2 : 1) * sizeof(int));
    ((int *)CMSG_DATA(c))[0] = fd;
    ((int *)CMSG_DATA(c))[1] = more;
    SAY(sendmsg(s, &m, 0));
}

static int take(int s, int flags, int room)
{
    char data;
    struct iovec v = {&data, 1};
    union { char b[CMSG_SPACE(2 * sizeof(int))]; struct cmsghdr h; } u;
    memset(&u, 0, sizeof u);
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = &u, .msg_controllen = room};
    SAY(recvmsg(s, &m, flags));
    SHOW("  flags %x control %ld", m.msg_flags, (long)m.msg_controllen);
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    if (!c) return -1;
    SHOW("  level %d type %d len %ld fd %d cloexec %d", c->cmsg_level, c->cmsg_type, (long)c->cmsg_len, *(int *)CMSG_DATA(c),
         fcntl(*(int *)CMSG_DATA(c), F_GETFD));
    return *(int *)CMSG_DATA(c);
}

int main(int argc, char **argv)
{
    char buf[256];
    int one = 1, n, p[2], q[2];
    socklen_t len;
    struct sigaction a = {.sa_handler = count};
    main_thread = pthread_self();
    syscall(SYS_close_range, 3, ~0U, 0);
    sigaction(SIGUSR1, &a, 0);
    signal(SIGPIPE, SIG_IGN);

    /* pipes and poll */
    SAY(pipe2(p, O_NONBLOCK | O_CLOEXEC));
    SHOW("%d %d cloexec %d", p[0], p[1], fcntl(p[0], F_GETFD));
    SAY(pipe2(q, 0x12345678));
    SAY(read(p[0], buf, 1));
    struct pollfd pf[4] = {{p[0], POLLIN, 0}, {p[1], POLLOUT, 0}, {-1, POLLIN, 77}, {99, POLLIN, 0}};
    SAY(poll(pf, 3, 0));
    SHOW("  %x %x %x", pf[0].revents, pf[1].revents, pf[2].revents);
    SAY(poll(pf, 4, -1));
    SHOW("  %x %x %x %x", pf[0].revents, pf[1].revents, pf[2].revents, pf[3].revents);
    SAY(poll(pf, 1, 30));
    SAY(write(p[1], "abc", 3));
    SAY(ioctl(p[0], FIONREAD, &n));
    SHOW("  %d", n);
    SAY(poll(pf, 1, -1));
    SAY(ppoll(pf, 1, &(struct timespec){0, 0}, 0));
    SAY(ppoll(pf, 1, &(struct timespec){0, -1}, 0));
    memset(buf, 'z', sizeof buf);
    int full = 0;
    while (write(p[1], buf, sizeof buf) > 0) full++;
    SHOW("filled after %d", full);
    SAY(fcntl(p[1], F_GETPIPE_SZ));
    SAY(fcntl(p[1], F_SETPIPE_SZ, 131072));
    SAY(fcntl(p[1], F_SETPIPE_SZ, 4096));
    fd_set r, w, e;
    FD_ZERO(&r);
    FD_ZERO(&w);
    FD_ZERO(&e);
    FD_SET(p[0], &r);
    FD_SET(p[1], &w);
    struct timeval tv = {1, 0};
    SAY(select(p[1] + 1, &r, &w, &e, &tv));
    SHOW("  r %d w %d left %ld", FD_ISSET(p[0], &r) != 0, FD_ISSET(p[1], &w) != 0, (long)tv.tv_sec == 1 || tv.tv_usec > 900000);
    FD_ZERO(&r);
    FD_SET(50, &r);
    SAY(select(51, &r, 0, 0, &tv));
    SAY(select(-1, 0, 0, 0, &tv));
    tv = (struct timeval){0, 20000};
    SAY(select(0, 0, 0, 0, &tv));
    SHOW("  left %ld %ld", (long)tv.tv_sec, (long)tv.tv_usec);
    SAY(close(p[0]));
    SAY(write(p[1], "x", 1));
    pf[1].revents = 0;
    SAY(poll(pf + 1, 1, 0));
    SHOW("  %x", pf[1].revents);
    close(p[1]);

    /* eventfd and epoll */
    int ev = SAY(eventfd(3, EFD_NONBLOCK | EFD_SEMAPHORE));
    uint64_t value = 0;
    SAY(read(ev, &value, 8));
    SHOW("  %ld", (long)value);
    int ep = SAY(epoll_create1(EPOLL_CLOEXEC));
    SAY(epoll_create(0));
    struct epoll_event evt = {.events = EPOLLIN, .data.u64 = 0x1122334455667788}, out[4];
    SAY(epoll_ctl(ep, EPOLL_CTL_ADD, ev, &evt));
    SAY(epoll_ctl(ep, EPOLL_CTL_ADD, ev, &evt));
    SAY(epoll_ctl(ep, EPOLL_CTL_ADD, ep, &evt));
    SAY(epoll_ctl(ep, EPOLL_CTL_MOD, 1, &evt));
    SAY(epoll_ctl(ep, EPOLL_CTL_ADD, 99, &evt));
    SAY(epoll_ctl(ev, EPOLL_CTL_ADD, ev, &evt));
    SAY(epoll_wait(ep, out, 4, -1));
    SHOW("  %x %lx", out[0].events, (long)out[0].data.u64);
    SAY(epoll_wait(ep, out, 0, -1));
    SAY(epoll_wait(0, out, 1, 0));
    int dupped = dup(ev);
    SAY(close(ev));
    SAY(epoll_wait(ep, out, 4, 0));
    SAY(read(dupped, &value, 8));
    SAY(read(dupped, &value, 8));
    SAY(read(dupped, &value, 8));
    SAY(epoll_wait(ep, out, 4, 20));
    pthread_t th = later(0);
    SAY(epoll_wait(ep, out, 4, 2000));
    pthread_join(th, 0);
    sigset_t m;
    sigemptyset(&m);
    sigaddset(&m, SIGUSR1);
    SAY(epoll_pwait(ep, out, 4, 10, &m));
    close(dupped);
    close(ep);

    /* interrupted select and restart */
    pipe(p);
    FD_ZERO(&r);
    FD_SET(p[0], &r);
    tv = (struct timeval){5, 0};
    th = later(0);
    SAY(select(p[0] + 1, &r, 0, 0, &tv));
    SHOW("  left %d", tv.tv_sec == 4);
    pthread_join(th, 0);
    a.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &a, 0);
    th = later(&p[1]);
    SAY(read(p[0], buf, 10));
    pthread_join(th, 0);

    /* TCP over loopback */
    server = SAY(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    SHOW("  cloexec %d", fcntl(server, F_GETFD));
    SAY(socket(AF_INET, 77, 0));
    SAY(socket(999, SOCK_STREAM, 0));
    SAY(setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SAY(bind(server, (struct sockaddr *)&address, sizeof address));
    SAY(bind(server, (struct sockaddr *)&address, 4));
    SAY(listen(server, 5));
    len = sizeof address;
    SAY(getsockname(server, (struct sockaddr *)&address, &len));
    SHOW("  len %d family %d port %d", len, address.sin_family, address.sin_port != 0);
    SAY(getpeername(server, (struct sockaddr *)&address, &len));
    pthread_t c;
    int theirs = socket(AF_INET, SOCK_STREAM, 0);
    pthread_create(&c, 0, client, &theirs);
    struct sockaddr_in peer;
    len = sizeof peer;
    int s = SAY(accept4(server, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC));
    SHOW("  len %d family %d from %x", len, peer.sin_family, ntohl(peer.sin_addr.s_addr));
    SAY(send(s, "hello", 5, 0));
    memset(buf, 0, sizeof buf);
    SAY(recv(s, buf, 2, MSG_PEEK));
    SAY(recv(s, buf, sizeof buf, MSG_WAITALL));
    SHOW("  %s", buf);
    SAY(recv(s, buf, sizeof buf, 0));
    SAY(getsockopt(s, SOL_SOCKET, SO_TYPE, &n, (len = sizeof n, &len)));
    SHOW("  type %d len %d", n, len);
    SAY(setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one));
    SAY(getsockopt(s, IPPROTO_TCP, TCP_NODELAY, &n, &len));
    SHOW("  nodelay %d", n);
    SAY(setsockopt(s, SOL_SOCKET, 9999, &one, sizeof one));
    SAY(getsockopt(s, 9999, 1, &n, &len));
    SAY(shutdown(s, SHUT_RDWR));
    SAY(send(s, "x", 1, MSG_NOSIGNAL));
    pthread_join(c, 0);
    close(s);
    fcntl(server, F_SETFL, O_NONBLOCK);
    SAY(accept(server, 0, 0));
    close(server);
    s = socket(AF_INET, SOCK_STREAM, 0);
    SAY(connect(s, (struct sockaddr *)&address, sizeof address));
    SAY(ioctl(s, FIONBIO, &one));
    SAY(fcntl(s, F_GETFL) & O_NONBLOCK);
    SAY(listen(0, 1));
    close(s);

    /* UDP, many messages */
    int u1 = socket(AF_INET, SOCK_DGRAM, 0), u2 = socket(AF_INET, SOCK_DGRAM, 0);
    address.sin_port = 0;
    bind(u1, (struct sockaddr *)&address, sizeof address);
    len = sizeof address;
    getsockname(u1, (struct sockaddr *)&address, &len);
    SAY(sendto(u2, "datagram", 8, 0, (struct sockaddr *)&address, sizeof address));
    len = 4;
    SAY(recvfrom(u1, buf, 4, MSG_TRUNC, (struct sockaddr *)&peer, &len));
    SHOW("  len %d", len);
    struct iovec v[2] = {{"ab", 2}, {"cde", 3}};
    struct mmsghdr mm[2] = {{{&address, sizeof address, v, 2}}, {{&address, sizeof address, v, 1}}};
    SAY(sendmmsg(u2, mm, 2, 0));
    SHOW("  %d %d", mm[0].msg_len, mm[1].msg_len);
    struct iovec in[2] = {{buf, 10}, {buf + 10, 10}};
    struct mmsghdr mr[3] = {{{0, 0, in, 1}}, {{0, 0, in + 1, 1}}, {{0, 0, in, 1}}};
    SAY(recvmmsg(u1, mr, 3, MSG_WAITFORONE, 0));
    SHOW("  %d %d %.5s %.2s", mr[0].msg_len, mr[1].msg_len, buf, buf + 10);
    tv = (struct timeval){0, 30000};
    SAY(setsockopt(u1, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv));
    SAY(recv(u1, buf, 1, 0));
    tv.tv_sec = 3;
    setsockopt(u1, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
    th = later(0);
    SAY(recv(u1, buf, 1, 0));
    pthread_join(th, 0);
    SAY(syscall(SYS_recvmsg, u1, 0L, 0));
    SAY(syscall(SYS_sendmsg, u1, &(struct msghdr){.msg_iov = v, .msg_iovlen = 5000}, 0));

    /* unix sockets and passed descriptors */
    int sp[2];
    SAY(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sp));
    SHOW("  cloexec %d", fcntl(sp[1], F_GETFD));
    SAY(socketpair(AF_INET, SOCK_STREAM, 0, q));
    pipe(q);
    pass(sp[0], q[0], 0);
    int got = take(sp[1], 0, CMSG_SPACE(2 * sizeof(int)));
    write(q[1], "passed", 6);
    SAY(read(got, buf, 10));
    SHOW("  %.6s", buf);
    close(got);
    pass(sp[0], q[0], q[1]);
    got = take(sp[1], MSG_CMSG_CLOEXEC, CMSG_SPACE(2 * sizeof(int)));
    close(got), close(got + 1);
    pass(sp[0], q[0], q[1]);
    got = take(sp[1], 0, CMSG_LEN(sizeof(int)));
    close(got);
    pass(sp[0], 99, 0);
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    strcpy(un.sun_path, argv[1]);
    int l = socket(AF_UNIX, SOCK_STREAM, 0);
    SAY(bind(l, (struct sockaddr *)&un, sizeof un));
    SAY(bind(l, (struct sockaddr *)&un, sizeof un));
    SAY(listen(l, 1));
    int k = socket(AF_UNIX, SOCK_STREAM, 0);
    SAY(connect(k, (struct sockaddr *)&un, sizeof un));
    struct sockaddr_un from;
    len = sizeof from;
    s = SAY(accept(l, (struct sockaddr *)&from, &len));
    SHOW("  len %d", len);
    len = sizeof from;
    SAY(getpeername(k, (struct sockaddr *)&from, &len));
    SHOW("  len same %d path %d", len == sizeof(sa_family_t) + strlen(un.sun_path) + 1, !strcmp(from.sun_path, un.sun_path));
    struct { int pid, uid, gid; } cred;
    len = sizeof cred;
    SAY(getsockopt(s, SOL_SOCKET, SO_PEERCRED, &cred, &len));
    SHOW("  pid %d uid %d", cred.pid == getpid(), cred.uid);
    close(k);
    SAY(recv(s, buf, 1, 0));
    SAY(send(s, buf, 1, 0));
    SAY(unlink(un.sun_path));
    SAY(connect(l, (struct sockaddr *)&un, sizeof un));
    return 0;
}
