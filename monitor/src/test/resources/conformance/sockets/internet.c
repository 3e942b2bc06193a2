// builds: glibc-dynamic, glibc-static
#include "say.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <net/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

static int value_of(int s, int level, int option)
{
    int v = -7;
    socklen_t n = sizeof v;
    if (getsockopt(s, level, option, &v, &n)) { SHOW("  %s", error_name(errno)); return -1; }
    SHOW("  %d (%d bytes)", v, n);
    return v;
}
static int set(int s, int level, int option, int v) { return setsockopt(s, level, option, &v, sizeof v); }

static void stream(int family)
{
    struct sockaddr_storage any = {.ss_family = family}, peer;
    socklen_t n = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    char buf[4096];
    if (family == AF_INET) ((struct sockaddr_in *)&any)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else ((struct sockaddr_in6 *)&any)->sin6_addr = in6addr_loopback;
    int l = SAY(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    SAY(set(l, SOL_SOCKET, SO_REUSEADDR, 1));
    SAY(bind(l, (void *)&any, n));
    SAY(bind(l, (void *)&any, n));
    SAY(getsockname(l, (void *)&any, &n));
    SHOW("  length %d port %d", n, ((struct sockaddr_in *)&any)->sin_port != 0);
    int c = SAY(socket(family, SOCK_STREAM, 0));
    SAY(connect(c, (void *)&any, n));
    SAY(listen(l, 3));
    int b = socket(family, SOCK_STREAM, 0);
    SAY(bind(b, (void *)&any, n));
    SAY(connect(c, (void *)&any, n));
    socklen_t m = sizeof peer;
    int s = SAY(accept(l, (void *)&peer, &m));
    SHOW("  family %d length %d", peer.ss_family == family, m);
    SAY(connect(c, (void *)&any, n));
    SAY(send(c, "hello", 5, MSG_MORE));
    SAY(send(c, " world", 6, 0));
    SAY(recv(s, buf, 5, MSG_PEEK));
    SAY(recv(s, buf, 11, MSG_WAITALL));
    SHOW("  %.11s", buf);
    SAY(recv(s, buf, 11, MSG_DONTWAIT));
    struct timeval tv = {0, 30000};
    SAY(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv));
    SAY(recv(s, buf, 11, 0));
    SAY(send(c, "U", 1, MSG_OOB));
    usleep(2000);
    SAY(recv(s, buf, 1, MSG_OOB));
    int at;
    SAY(ioctl(s, SIOCATMARK, &at));
    value_of(c, IPPROTO_TCP, TCP_NODELAY);
    SAY(set(c, IPPROTO_TCP, TCP_NODELAY, 1));
    value_of(c, IPPROTO_TCP, TCP_NODELAY);
    SAY(set(c, SOL_SOCKET, SO_KEEPALIVE, 1));
    value_of(c, SOL_SOCKET, SO_KEEPALIVE);
    value_of(c, SOL_SOCKET, SO_ERROR);
    struct linger lg = {1, 0};
    socklen_t ln = sizeof lg;
    SAY(setsockopt(c, SOL_SOCKET, SO_LINGER, &lg, sizeof lg));
    lg.l_onoff = 0;
    SAY(getsockopt(c, SOL_SOCKET, SO_LINGER, &lg, &ln));
    SHOW("  %d %d", lg.l_onoff, lg.l_linger);
    struct tcp_info info;
    ln = sizeof info;
    SAY(getsockopt(c, IPPROTO_TCP, TCP_INFO, &info, &ln));
    SHOW("  state %d", info.tcpi_state);
    char cong[20] = {0};
    ln = sizeof cong;
    SAY(getsockopt(c, IPPROTO_TCP, TCP_CONGESTION, cong, &ln) == 0 && cong[0] != 0);
    SAY(setsockopt(c, IPPROTO_TCP, TCP_CONGESTION, "nosuch", 6));
    SAY(close(c));
    SAY(recv(s, buf, 11, 0));
    SAY(send(s, "x", 1, MSG_NOSIGNAL));
    SAY(shutdown(s, SHUT_RDWR));
    SAY(getpeername(s, (void *)&peer, &m));
    close(s);
    close(l);
    int nb = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int r = connect(nb, (void *)&any, n);
    SHOW("refused %s", r ? error_name(errno) : "not");
    struct pollfd pf = {nb, POLLOUT};
    poll(&pf, 1, 1000);
    SHOW("  %x", pf.revents);
    value_of(nb, SOL_SOCKET, SO_ERROR);
    close(nb);
    close(b);
}

int main(int argc, char **argv)
{
    char buf[8192];
    signal(SIGPIPE, SIG_IGN);
    SHOW("IPv4");
    stream(AF_INET);
    int six = socket(AF_INET6, SOCK_DGRAM, 0);
    struct sockaddr_in6 lo = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    SHOW("IPv6 %d", bind(six, (void *)&lo, sizeof lo));
    if (bind(six, (void *)&lo, sizeof lo) == 0 || errno == EINVAL) stream(AF_INET6);
    SHOW("datagrams");
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, from;
    socklen_t n = sizeof a;
    int u = SAY(socket(AF_INET, SOCK_DGRAM, 0)), v = SAY(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
    SAY(bind(u, (void *)&a, 5));
    SAY(bind(u, (void *)&a, sizeof a));
    SAY(getsockname(u, (void *)&a, &n));
    SAY(send(v, "x", 1, 0));
    SAY(sendto(v, "x", 1, 0, (void *)&a, 5));
    SAY(sendto(v, "datagram", 8, 0, (void *)&a, sizeof a));
    n = sizeof from;
    SAY(recvfrom(u, buf, 3, MSG_TRUNC, (void *)&from, &n));
    SHOW("  length %d", n);
    SAY(sendto(v, buf, 70000, 0, (void *)&a, sizeof a));
    SAY(recvfrom(v, buf, 3, 0, 0, 0));
    SHOW("many");
    struct iovec iv[3] = {{"one", 3}, {"second", 6}, {"3", 1}};
    struct mmsghdr mm[4] = {0};
    for (int i = 0; i < 3; i++) mm[i].msg_hdr = (struct msghdr){.msg_name = &a, .msg_namelen = sizeof a, .msg_iov = iv + i, .msg_iovlen = 1};
    SAY(sendmmsg(v, mm, 3, 0));
    SHOW("  %d %d %d", mm[0].msg_len, mm[1].msg_len, mm[2].msg_len);
    char in[4][10];
    struct iovec ov[4];
    struct sockaddr_in names[4];
    for (int i = 0; i < 4; i++) {
        ov[i] = (struct iovec){in[i], 4};
        mm[i].msg_hdr = (struct msghdr){.msg_name = names + i, .msg_namelen = sizeof names[i], .msg_iov = ov + i, .msg_iovlen = 1};
    }
    SAY(recvmmsg(u, mm, 4, MSG_WAITFORONE, 0));
    for (int i = 0; i < 3; i++) SHOW("  %d flags %x name %d", mm[i].msg_len, mm[i].msg_hdr.msg_flags, mm[i].msg_hdr.msg_namelen);
    SAY(recvmmsg(u, mm, 4, MSG_DONTWAIT, 0));
    struct timespec ts = {0, 20000000};
    struct timeval tv = {0, 30000};
    setsockopt(u, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
    SAY(recvmmsg(u, mm, 4, 0, &ts));
    SAY(recvmmsg(u, mm, 4, 0, &(struct timespec){0, -1}));
    SAY(sendmmsg(v, mm, 0, 0));
    SAY(sendmmsg(v, (void *)8, 2, 0));
    SHOW("options");
    int s = socket(AF_INET, SOCK_STREAM, 0);
    value_of(s, SOL_SOCKET, SO_TYPE);
    value_of(s, SOL_SOCKET, SO_PROTOCOL);
    value_of(s, SOL_SOCKET, SO_BROADCAST);
    SAY(set(s, SOL_SOCKET, SO_SNDBUF, 30000));
    value_of(s, SOL_SOCKET, SO_SNDBUF);
    value_of(s, IPPROTO_IP, IP_TTL);
    SAY(set(s, IPPROTO_IP, IP_TTL, 0));
    SAY(set(s, IPPROTO_IP, IP_TTL, 44));
    value_of(s, IPPROTO_IP, IP_TTL);
    value_of(s, IPPROTO_IP, IP_TOS);
    value_of(s, IPPROTO_IPV6, IPV6_V6ONLY);
    value_of(s, IPPROTO_TCP, TCP_KEEPIDLE);
    value_of(s, IPPROTO_TCP, 999);
    SAY(set(s, SOL_SOCKET, SO_BINDTODEVICE, 0));
    SAY(setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, "nosuch", 7));
    SAY(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){0, 1000000}, 16));
    SAY(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){0, 1000000}, 3));
    struct ip_mreqn mr = {{htonl(0xe0000001)}, {htonl(INADDR_LOOPBACK)}, 0};
    SAY(setsockopt(u, IPPROTO_IP, IP_ADD_MEMBERSHIP, &mr, sizeof mr) == 0 || errno == ENODEV || errno == EADDRINUSE);
    SAY(set(u, IPPROTO_IP, IP_PKTINFO, 1));
    sendto(v, "info", 4, 0, (void *)&a, sizeof a);
    char control[200];
    struct iovec one = {buf, 100};
    struct msghdr mh = {.msg_iov = &one, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    SAY(recvmsg(u, &mh, 0));
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&mh); c; c = CMSG_NXTHDR(&mh, c))
        SHOW("  level %d type %d length %ld", c->cmsg_level, c->cmsg_type, (long)c->cmsg_len);
    SHOW("interfaces");
    struct ifconf ic = {sizeof buf, {buf}};
    SAY(ioctl(s, SIOCGIFCONF, &ic));
    int found = 0;
    for (int i = 0; i < ic.ifc_len / (int)sizeof(struct ifreq); i++) found |= !strcmp(ic.ifc_req[i].ifr_name, "lo");
    SHOW("  lo %d", found);
    struct ifreq ifr = {0};
    strcpy(ifr.ifr_name, "lo");
    SAY(ioctl(s, SIOCGIFFLAGS, &ifr));
    SHOW("  loopback %d", !!(ifr.ifr_flags & IFF_LOOPBACK));
    SAY(ioctl(s, SIOCGIFINDEX, &ifr));
    SHOW("  %d", ifr.ifr_ifindex);
    SAY(ioctl(s, SIOCGIFMTU, &ifr));
    SHOW("  %d", ifr.ifr_mtu);
    strcpy(ifr.ifr_name, "nosuch");
    SAY(ioctl(s, SIOCGIFADDR, &ifr));
    SHOW("netlink");
    int nl = SAY(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    struct sockaddr_nl na = {.nl_family = AF_NETLINK};
    SAY(bind(nl, (void *)&na, sizeof na));
    n = sizeof na;
    SAY(getsockname(nl, (void *)&na, &n));
    SHOW("  length %d pid %d", n, na.nl_pid != 0);
    struct { struct nlmsghdr h; struct rtgenmsg g; } request = {
        {NLMSG_LENGTH(sizeof(struct rtgenmsg)), RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1}, {AF_PACKET}};
    SAY(send(nl, &request, sizeof request, 0));
    int links = 0, done = 0;
    while (!done) {
        ssize_t got = recv(nl, buf, sizeof buf, 0);
        if (got <= 0) break;
        for (struct nlmsghdr *h = (void *)buf; NLMSG_OK(h, got); h = NLMSG_NEXT(h, got)) {
            if (h->nlmsg_type == NLMSG_DONE) done = 1;
            else if (h->nlmsg_type == RTM_NEWLINK) links++;
        }
    }
    SHOW("  links %d done %d", links > 0, done);
    SAY(socket(AF_NETLINK, SOCK_RAW, 77));
    SAY(socket(AF_INET, SOCK_STREAM, 77));
    SAY(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0);
    SAY(socket(AF_PACKET, SOCK_RAW, 0) >= 0);
    SAY(connect(s, (void *)8, 16));
    SAY(connect(s, (void *)&(struct sockaddr){AF_UNSPEC}, 16));
    SAY(accept(s, 0, 0));
    SAY(listen(u, 5));
    SAY(getpeername(s, (void *)&from, &n));
    SAY(recv(s, buf, 5, MSG_DONTWAIT));
    SAY(send(s, buf, 5, 0));
    SAY(sendto(s, buf, 5, 0, (void *)&a, sizeof a));
    return 0;
}
