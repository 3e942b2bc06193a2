#include "say.h"
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/ioctl.h>
#ifndef SIOCOUTQ
#define SIOCOUTQ 0x5411
#define SIOCINQ 0x541b
#endif

static int send_fds(int s, int *fds, int n, const char *text)
{
    char control[CMSG_SPACE(64 * sizeof(int))] = {0};
    struct iovec v = {(void *)text, strlen(text)};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE(n * sizeof(int))};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(n * sizeof(int));
    memcpy(CMSG_DATA(c), fds, n * sizeof(int));
    return sendmsg(s, &m, 0);
}

static void receive(int s, size_t room, int flags)
{
    char control[1024] = {0}, buf[100] = {0};
    struct iovec v = {buf, sizeof buf - 1};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = room ? control : 0, .msg_controllen = room};
    ssize_t n = recvmsg(s, &m, flags);
    if (n < 0) { SHOW("  recvmsg: %s", error_name(errno)); return; }
    SHOW("  %ld bytes '%s' flags %x control %ld", (long)n, buf, m.msg_flags, (long)m.msg_controllen);
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
        SHOW("  message level %d type %d length %ld", c->cmsg_level, c->cmsg_type, (long)c->cmsg_len);
        if (c->cmsg_type == SCM_RIGHTS) {
            int n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int), fd;
            for (int i = 0; i < n; i++) {
                memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
                char one = 0;
                SHOW("    descriptor %d cloexec %d reads %d", fd, fcntl(fd, F_GETFD), (int)pread(fd, &one, 1, 0));
                close(fd);
            }
        } else if (c->cmsg_type == SCM_CREDENTIALS) {
            struct ucred *u = (void *)CMSG_DATA(c);
            SHOW("    pid %d uid %d gid %d", u->pid == getpid(), u->uid, u->gid);
        }
    }
}

static socklen_t named(struct sockaddr_un *a, const char *name)
{
    memset(a, 0, sizeof *a);
    a->sun_family = AF_UNIX;
    strcpy(a->sun_path, name);
    return offsetof(struct sockaddr_un, sun_path) + strlen(name) + 1;
}

int main(int argc, char **argv)
{
    struct sockaddr_un a;
    socklen_t n;
    int s[2], d[2], one = 1, zero = 0, value;
    char buf[200] = {0};
    put_file("f", "hello");
    int f = open("f", O_RDONLY), g = open("f", O_RDWR | O_CLOEXEC);
    SHOW("rights");
    SAY(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s));
    SHOW("  cloexec %d", fcntl(s[0], F_GETFD));
    SAY(send_fds(s[0], (int[]){f, g}, 2, "two"));
    receive(s[1], 1024, 0);
    SAY(send_fds(s[0], (int[]){f, g}, 2, "two"));
    receive(s[1], 1024, MSG_CMSG_CLOEXEC);
    SHOW("room for one");
    SAY(send_fds(s[0], (int[]){f, g}, 2, "two"));
    receive(s[1], CMSG_LEN(sizeof(int)), 0);
    SHOW("room for none");
    SAY(send_fds(s[0], (int[]){f, g}, 2, "two"));
    receive(s[1], CMSG_LEN(0), 0);
    SAY(send_fds(s[0], (int[]){f, g}, 2, "two"));
    receive(s[1], 0, 0);
    SAY(send_fds(s[0], (int[]){f, g}, 2, "two"));
    receive(s[1], 5, 0);
    SHOW("read drops them");
    SAY(send_fds(s[0], (int[]){f}, 1, "one"));
    SAY(read(s[1], buf, 10));
    SHOW("peek");
    SAY(send_fds(s[0], (int[]){f}, 1, "one"));
    receive(s[1], 1024, MSG_PEEK);
    receive(s[1], 1024, 0);
    SHOW("bad ones");
    SAY(send_fds(s[0], (int[]){777}, 1, "bad"));
    SAY(send_fds(s[0], (int[]){f, -1}, 2, "bad"));
    SAY(send_fds(s[0], (int[]){s[0]}, 1, "self"));
    receive(s[1], 1024, 0);
    int lots[64];
    for (int i = 0; i < 64; i++) lots[i] = f;
    SAY(send_fds(s[0], lots, 64, "many"));
    receive(s[1], CMSG_SPACE(30 * sizeof(int)), 0);
    SHOW("without descriptors left");
    struct { unsigned long soft, hard; } limit = {f + 12, 4096}, old;
    syscall(SYS_prlimit64, 0, 7, 0, &old);
    limit.hard = old.hard;
    SAY(send_fds(s[0], lots, 20, "many"));
    SAY(syscall(SYS_prlimit64, 0, 7, &limit, 0));
    receive(s[1], 1024, 0);
    SAY(syscall(SYS_prlimit64, 0, 7, &old, 0));

    SHOW("credentials");
    SAY(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &one, sizeof one));
    SAY(write(s[0], "who", 3));
    receive(s[1], 1024, 0);
    SAY(send_fds(s[0], (int[]){f}, 1, "both"));
    receive(s[1], 1024, 0);
    {
        char control[CMSG_SPACE(sizeof(struct ucred))] = {0};
        struct iovec v = {"c", 1};
        struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_CREDENTIALS;
        c->cmsg_len = CMSG_LEN(sizeof(struct ucred));
        struct ucred u = {getpid(), 12, 34};
        memcpy(CMSG_DATA(c), &u, sizeof u);
        SAY(sendmsg(s[0], &m, 0));
        receive(s[1], 1024, 0);
        u.pid = 99999999;
        memcpy(CMSG_DATA(c), &u, sizeof u);
        SAY(sendmsg(s[0], &m, 0));
        c->cmsg_len = 5;
        SAY(sendmsg(s[0], &m, 0));
        c->cmsg_len = 5000;
        SAY(sendmsg(s[0], &m, 0));
        c->cmsg_type = 99;
        c->cmsg_len = CMSG_LEN(0);
        SAY(sendmsg(s[0], &m, 0));
    }
    struct ucred peer;
    n = sizeof peer;
    SAY(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &peer, &n));
    SHOW("  %d %d %d length %d", peer.pid == getpid(), peer.uid, peer.gid, n);
    n = 4;
    SAY(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &peer, &n));
    SHOW("  length %d", n);

    SHOW("names");
    int l = socket(AF_UNIX, SOCK_STREAM, 0);
    n = named(&a, "sock");
    SAY(bind(l, (void *)&a, n));
    SAY(bind(l, (void *)&a, n));
    int l2 = socket(AF_UNIX, SOCK_STREAM, 0);
    SAY(bind(l2, (void *)&a, n));
    SAY(connect(l2, (void *)&a, n));
    SAY(listen(l, 5));
    SAY(connect(l2, (void *)&a, n));
    SAY(connect(l2, (void *)&a, n));
    n = sizeof a;
    int c = SAY(accept4(l, (void *)&a, &n, SOCK_NONBLOCK | SOCK_CLOEXEC));
    SHOW("  length %d cloexec %d nonblock %d", n, fcntl(c, F_GETFD), !!(fcntl(c, F_GETFL) & O_NONBLOCK));
    RAW(accept4, l, 0L, 0L, 1);
    SAY(fcntl(l, F_SETFL, O_NONBLOCK));
    SAY(accept(l, 0, 0));
    n = sizeof a;
    memset(&a, 0, sizeof a);
    SAY(getpeername(l2, (void *)&a, &n));
    SHOW("  %s length %d", a.sun_path, n);
    n = 4;
    memset(&a, 0, sizeof a);
    SAY(getsockname(l, (void *)&a, &n));
    SHOW("  %.3s length %d", a.sun_path, n);
    n = -1;
    SAY(getsockname(l, (void *)&a, &n));
    SAY(getsockname(l, (void *)8, (void *)8));
    n = sizeof a;
    SAY(getpeername(l, (void *)&a, &n));
    n = named(&a, "none");
    int l3 = socket(AF_UNIX, SOCK_STREAM, 0);
    SAY(connect(l3, (void *)&a, n));
    n = named(&a, "f");
    SAY(connect(l3, (void *)&a, n));
    SAY(connect(l3, (void *)&a, 2));
    SAY(connect(l3, (void *)&a, 1));
    SAY(connect(l3, (void *)&a, 200));
    SAY(bind(l3, (void *)&a, 2));
    n = sizeof a;
    getsockname(l3, (void *)&a, &n);
    SHOW("  autobound length %d", n);
    SHOW("abstract");
    memset(&a, 0, sizeof a);
    a.sun_family = AF_UNIX;
    snprintf(a.sun_path + 1, 50, "conformance-%d-%d", getpid(), getppid());
    n = offsetof(struct sockaddr_un, sun_path) + 30;
    int ab = socket(AF_UNIX, SOCK_DGRAM, 0), from = socket(AF_UNIX, SOCK_DGRAM, 0);
    SAY(bind(ab, (void *)&a, n));
    SAY(sendto(from, "datagram", 8, 0, (void *)&a, n));
    struct sockaddr_un who;
    socklen_t wn = sizeof who;
    SAY(recvfrom(ab, buf, 4, MSG_TRUNC, (void *)&who, &wn));
    SHOW("  length %d", wn);
    SAY(sendto(from, "datagram", 8, 0, (void *)&a, n - 1));
    SAY(connect(from, (void *)&a, n));
    SAY(send(from, "", 0, 0));
    SAY(recv(ab, buf, 10, 0));
    SAY(send(from, "12345", 5, 0));
    {
        struct iovec v = {buf, 2};
        struct msghdr m = {.msg_name = &who, .msg_namelen = sizeof who, .msg_iov = &v, .msg_iovlen = 1};
        SAY(recvmsg(ab, &m, 0));
        SHOW("  flags %x name length %d", m.msg_flags, m.msg_namelen);
        SAY(recvmsg(ab, &m, MSG_DONTWAIT));
    }
    SHOW("options");
    n = sizeof value;
    SAY(getsockopt(ab, SOL_SOCKET, SO_TYPE, &value, &n));
    SHOW("  %d", value);
    SAY(getsockopt(ab, SOL_SOCKET, SO_DOMAIN, &value, &n));
    SHOW("  %d", value);
    SAY(getsockopt(l, SOL_SOCKET, SO_ACCEPTCONN, &value, &n));
    SHOW("  %d", value);
    SAY(getsockopt(l, SOL_SOCKET, SO_ERROR, &value, &n));
    n = 1;
    value = 0;
    SAY(getsockopt(l, SOL_SOCKET, SO_ACCEPTCONN, &value, &n));
    SHOW("  %d length %d", value, n);
    n = -1;
    SAY(getsockopt(l, SOL_SOCKET, SO_ACCEPTCONN, &value, &n));
    n = 4;
    SAY(getsockopt(l, SOL_SOCKET, 7777, &value, &n));
    SAY(getsockopt(l, 7777, 1, &value, &n));
    SAY(getsockopt(l, SOL_SOCKET, SO_TYPE, (void *)8, &n));
    SAY(setsockopt(l, SOL_SOCKET, SO_TYPE, &value, 4));
    SAY(setsockopt(l, SOL_SOCKET, SO_RCVBUF, &value, 2));
    SAY(setsockopt(l, SOL_SOCKET, SO_RCVBUF, 0, 4));
    SAY(setsockopt(l, SOL_SOCKET, SO_RCVBUF, &value, -1));
    SAY(getsockopt(f, SOL_SOCKET, SO_TYPE, &value, &n));
    SAY(getsockopt(777, SOL_SOCKET, SO_TYPE, &value, &n));
    int pf = 0;
    n = sizeof pf;
    SAY(getsockopt(s[0], SOL_SOCKET, 77, &pf, &n) == 0 || errno == ENOPROTOOPT || errno == ENODATA || errno == EINVAL);
    SHOW("  pidfd %d", n == 4 && pf > 2 && fcntl(pf, F_GETFD) >= 0);
    SHOW("kinds");
    SAY(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, d));
    SAY(write(d[0], "packet", 6));
    SAY(write(d[0], "", 0));
    SAY(read(d[1], buf, 3));
    SAY(read(d[1], buf, 3));
    SAY(read(d[1], buf, 3));
    SAY(shutdown(d[0], SHUT_WR));
    SAY(read(d[1], buf, 3));
    SAY(shutdown(d[0], 9));
    signal(SIGPIPE, SIG_IGN);
    SAY(write(d[0], "x", 1));
    SAY(socketpair(AF_UNIX, SOCK_DGRAM, 5, d));
    SAY(socketpair(AF_UNIX, 99, 0, d));
    SAY(socketpair(AF_INET, SOCK_STREAM, 0, d));
    SAY(socketpair(AF_UNIX, SOCK_STREAM, 0, (void *)8));
    SAY(socket(AF_UNIX, SOCK_RAW, 0) >= 0);
    SAY(socket(99, SOCK_STREAM, 0));
    SAY(socket(AF_UNIX, SOCK_STREAM | 0x100, 0));
    SAY(socketpair(AF_UNIX, SOCK_STREAM, 0, d));
    SAY(send(d[0], "oob", 3, MSG_OOB) == 3 || errno == EOPNOTSUPP);
    SAY(ioctl(d[0], SIOCOUTQ, &value));
    SAY(ioctl(d[0], SIOCINQ, &value));
    SAY(listen(d[0], 5));
    SAY(listen(f, 5));
    return 0;
}
