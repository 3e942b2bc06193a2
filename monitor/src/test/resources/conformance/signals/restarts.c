/* signal(7): which calls go on after a handler with SA_RESTART, which after one without, which after a stop. */
#include "say.h"
#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>

static volatile int handled;
static void on(int s) { handled++; }
static int restart;
static pthread_t target;
static volatile enum { BEFORE, CALLING, CALLED } stage;
static void (*finish)(void);
static void pause_ms(long n) { struct timespec t = {n / 1000, n % 1000 * 1000000}; nanosleep(&t, 0); }

/* Sends the signal while the call sleeps, then, when it goes on, brings it to its end. */
static void *disturb(void *a)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, 0);
    while (stage < CALLING) pause_ms(1);
    await_asleep(getpid());
    pthread_kill(target, SIGUSR1);
    while (!handled) pause_ms(1);
    while (stage != CALLED && !is_asleep(getpid())) pause_ms(1);
    if (stage != CALLED && finish) finish();
    return 0;
}
static long result;
#define CALL(what, end, ...) \
    do { \
        pthread_t disturber; \
        handled = 0, stage = BEFORE, finish = end; \
        pthread_create(&disturber, 0, disturb, 0); \
        stage = CALLING, errno = 0; \
        result = (long)(__VA_ARGS__); \
        int e = errno; \
        stage = CALLED; \
        pthread_join(disturber, 0); \
        SHOW("%s: %ld %s handled %d", what, result, result == -1 ? error_name(e) : "", handled); \
    } while (0)

static int p[2], s[2], d[2], listener, ev, tfd, ino, lockfd;
static char buffer[70000];
static void w_pipe(void) { write(p[1], "abc", 3); }
static void r_pipe(void) { static char b[70000]; read(p[0], b, sizeof b); }
static void w_socket(void) { write(s[1], "abc", 3); }
static void r_socket(void) { static char b[300000]; for (int i = 0; i < 30 && stage != CALLED; i++) { recv(s[1], b, sizeof b, MSG_DONTWAIT); pause_ms(2); } }
static struct sockaddr_un name = {AF_UNIX, "sock"};
static void connects(void) { int fd = socket(AF_UNIX, SOCK_STREAM, 0); connect(fd, (void *)&name, sizeof name); close(fd); }
static void tick(void) { struct itimerspec at_once = {.it_value = {0, 1}}; timerfd_settime(tfd, 0, &at_once, 0); }
static void event(void) { uint64_t v = 5; write(ev, &v, 8); }
static void unlock(void) { flock(lockfd, LOCK_UN); }
static sem_t sem;
static void sem_up(void) { sem_post(&sem); }
static void fifo(void) { close(open("fifo", O_WRONLY)); }
static void file(void) { close(open("new", O_CREAT | O_RDWR, 0600)); unlink("new"); }
static uint32_t word;
static void wake(void) { syscall(SYS_futex, &word, 1, 1); }

static void drain(int fd)
{
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (read(fd, buffer, 4096) > 0) {}
    fcntl(fd, F_SETFL, 0);
}

enum { LONG = 50 };
static void all(void)
{
    struct pollfd pfd = {p[0], POLLIN};
    fd_set set;
    struct epoll_event e = {EPOLLIN};
    int ep = epoll_create1(0);
    epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e);
    /* longer than it takes to send a signal on any machine; nothing waits as long */
    struct timespec t = {LONG, 0}, left;
    struct timeval tv = {LONG, 0};
    CALL("read pipe", w_pipe, read(p[0], buffer, 100));
    fcntl(p[1], F_SETFL, O_NONBLOCK);
    while (write(p[1], buffer, 4096) > 0) {}
    fcntl(p[1], F_SETFL, 0);
    CALL("write pipe", r_pipe, write(p[1], buffer, 4096));
    drain(p[0]);
    CALL("recv", w_socket, recv(s[0], buffer, 100, 0));
    CALL("readv", w_socket, readv(s[0], &(struct iovec){buffer, 100}, 1));
    CALL("recvmsg", w_socket, recvmsg(s[0], &(struct msghdr){.msg_iov = &(struct iovec){buffer, 100}, .msg_iovlen = 1}, 0));
    setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
    CALL("recv with timeout", w_socket, recv(s[0], buffer, 100, 0));
    tv = (struct timeval){0};
    setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
    while (recv(s[0], buffer, 100, MSG_DONTWAIT) > 0) {}
    CALL("accept", connects, accept(listener, 0, 0) >= 0 ? 0 : -1);
    CALL("eventfd", event, read(ev, buffer, 8));
    CALL("timerfd", tick, read(tfd, buffer, 8));
    drain(ino);
    CALL("inotify", file, read(ino, buffer, 4096) > 0 ? 1 : -1);
    drain(ino);
    CALL("poll", w_pipe, poll(&pfd, 1, LONG * 1000));
    while (poll(&pfd, 1, 0) > 0) read(p[0], buffer, 100);
    CALL("ppoll", 0, ppoll(&pfd, 1, &t, 0));
    FD_ZERO(&set);
    FD_SET(p[0], &set);
    tv = (struct timeval){LONG, 0};
    CALL("select", 0, select(p[0] + 1, &set, 0, 0, &tv));
    SHOW("left %s", tv.tv_sec == LONG ? "untouched" : tv.tv_sec || tv.tv_usec ? "some" : "none");
    CALL("pselect", 0, pselect(p[0] + 1, &set, 0, 0, &t, 0));
    CALL("epoll_wait", 0, epoll_wait(ep, &e, 1, LONG * 1000));
    CALL("epoll_pwait", 0, epoll_pwait(ep, &e, 1, LONG * 1000, 0));
    left = (struct timespec){LONG + 9, 9};
    CALL("nanosleep", 0, nanosleep(&t, &left));
    SHOW("left %s", left.tv_sec == LONG + 9 ? "untouched" : left.tv_sec < LONG && (left.tv_sec || left.tv_nsec) ? "some" : "other");
    left = (struct timespec){LONG + 9, 9};
    CALL("clock_nanosleep", 0, clock_nanosleep(CLOCK_REALTIME, 0, &t, &left));
    SHOW("left %s", left.tv_sec == LONG + 9 ? "untouched" : left.tv_sec < LONG && (left.tv_sec || left.tv_nsec) ? "some" : "other");
    clock_gettime(CLOCK_MONOTONIC, &left);
    left.tv_sec += LONG;
    CALL("clock_nanosleep until", 0, clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &left, 0));
    CALL("usleep", 0, usleep(LONG * 1000000));
    CALL("futex", wake, syscall(SYS_futex, &word, 0, 0, 0));
    CALL("futex with timeout", 0, syscall(SYS_futex, &word, 0, 0, &t));
    sem_init(&sem, 0, 0);
    CALL("sem_wait", sem_up, sem_wait(&sem));
    flock(lockfd, LOCK_EX);
    int other = open("lock", O_RDWR);
    CALL("flock", unlock, flock(other, LOCK_EX));
    close(other);
    flock(lockfd, LOCK_UN);
    CALL("open fifo", fifo, open("fifo", O_RDONLY) >= 0 ? 0 : -1);
    sigset_t w;
    sigemptyset(&w), sigaddset(&w, SIGUSR2);
    CALL("sigtimedwait", 0, syscall(SYS_rt_sigtimedwait, &w, 0, &t, 8L));
    CALL("pause", 0, restart ? 0 : pause());
    sigemptyset(&w);
    CALL("sigsuspend", 0, sigsuspend(&w));
    close(ep);
}

int main(void)
{
    target = pthread_self();
    pipe(p), socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(listener, (void *)&name, sizeof name), listen(listener, 5);
    ev = eventfd(0, 0), tfd = timerfd_create(CLOCK_MONOTONIC, 0), ino = inotify_init();
    inotify_add_watch(ino, ".", IN_CREATE);
    lockfd = open("lock", O_CREAT | O_RDWR, 0600);
    mkfifo("fifo", 0600);
    for (restart = 0; restart < 2; restart++) {
        SHOW("restart %d", restart);
        struct sigaction a = {.sa_handler = on, .sa_flags = restart ? SA_RESTART : 0};
        sigaction(SIGUSR1, &a, 0);
        all();
    }
    return 0;
}
