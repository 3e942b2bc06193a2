#include "say.h"
#include <sys/file.h>
#include <pthread.h>

static struct flock range(int type, long start, long length)
{
    return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
}

static void who(int fd, int command, int type, long start, long length)
{
    struct flock l = range(type, start, length);
    if (fcntl(fd, command, &l)) { SHOW("  getlk: %s", error_name(errno)); return; }
    SHOW("  getlk: type %d start %ld length %ld pid %s", l.l_type, (long)l.l_start, (long)l.l_len,
        l.l_pid == 0 ? "0" : l.l_pid == getpid() ? "mine" : l.l_pid == -1 ? "-1" : "other");
}

static int fd_of_thread;
static void *wait_for_flock(void *unused)
{
    SHOW("thread waits");
    SAY(flock(fd_of_thread, LOCK_EX));
    return 0;
}
static void *wait_for_ofd(void *unused)
{
    struct flock l = range(F_WRLCK, 0, 10);
    SAY(fcntl(fd_of_thread, 38, &l));
    return 0;
}
static void nothing(int sig) {}

int main(int argc, char **argv)
{
    put_file("f", "0123456789");
    int a = open("f", O_RDWR), b = open("f", O_RDWR), ro = open("f", O_RDONLY), wo = open("f", O_WRONLY);
    int path = open("f", O_PATH), p[2];
    pipe(p);
    struct flock l;
    SHOW("flock");
    SAY(flock(a, LOCK_SH));
    SAY(flock(b, LOCK_SH | LOCK_NB));
    SAY(flock(b, LOCK_EX | LOCK_NB));
    SAY(flock(a, LOCK_UN));
    SAY(flock(b, LOCK_EX | LOCK_NB));
    SAY(flock(a, LOCK_SH | LOCK_NB));
    int dup_b = dup(b);
    close(b);
    SAY(flock(a, LOCK_SH | LOCK_NB));
    close(dup_b);
    SAY(flock(a, LOCK_SH | LOCK_NB));
    SAY(flock(a, 77));
    SAY(flock(a, 0));
    SAY(flock(p[0], LOCK_EX));
    SAY(flock(777, LOCK_EX));
    SAY(flock(path, LOCK_EX));
    SAY(flock(0, LOCK_EX));
    SAY(flock(0, LOCK_UN));
    SAY(flock(a, LOCK_EX));
    b = open("f", O_RDWR);
    fd_of_thread = b;
    pthread_t t;
    pthread_create(&t, 0, wait_for_flock, 0);
    usleep(50000);
    SHOW("unlocking");
    flock(a, LOCK_UN);
    pthread_join(t, 0);
    flock(b, LOCK_UN);
    flock(a, LOCK_EX);
    struct sigaction sa = {.sa_handler = nothing};
    sigaction(SIGALRM, &sa, 0);
    ualarm(30000, 0);
    SAY(flock(b, LOCK_EX));
    flock(a, LOCK_UN);

    SHOW("posix");
    l = range(F_WRLCK, 2, 4);
    SAY(fcntl(a, F_SETLK, &l));
    who(b, F_GETLK, F_WRLCK, 0, 0);
    who(b, 36, F_WRLCK, 0, 0);
    l = range(F_RDLCK, 0, 0);
    SAY(fcntl(wo, F_SETLK, &l));
    l = range(F_WRLCK, 0, 0);
    SAY(fcntl(ro, F_SETLK, &l));
    l = range(7, 0, 0);
    SAY(fcntl(a, F_SETLK, &l));
    l = range(F_WRLCK, -5, 2);
    SAY(fcntl(a, F_SETLK, &l));
    l = range(F_WRLCK, 5, -5);
    SAY(fcntl(a, F_SETLK, &l));
    l = (struct flock){.l_type = F_WRLCK, .l_whence = 9};
    SAY(fcntl(a, F_SETLK, &l));
    SAY(fcntl(a, F_SETLK, 0));
    SAY(fcntl(path, F_SETLK, &l));
    l = range(F_WRLCK, 0, 10);
    SAY(fcntl(b, 37, &l));
    SAY(fcntl(b, F_SETLKW, &l));
    SHOW("closing another descriptor of the file releases them");
    who(b, 36, F_WRLCK, 0, 0);
    close(ro);
    who(b, 36, F_WRLCK, 0, 0);
    ro = open("f", O_RDONLY);
    fcntl(a, F_SETLK, &l);
    close(open("f", O_RDONLY));
    who(b, 36, F_WRLCK, 0, 0);
    fcntl(a, F_SETLK, &l);
    int d = dup(a);
    dup2(0, d);
    who(b, 36, F_WRLCK, 0, 0);
    fcntl(a, F_SETLK, &l);
    int keep = open("f", O_RDONLY);
    who(b, 36, F_WRLCK, 0, 0);

    SHOW("of the description");
    l = range(F_UNLCK, 0, 0);
    SAY(fcntl(a, F_SETLK, &l));
    l = range(F_WRLCK, 0, 10);
    SAY(fcntl(a, 37, &l));
    SAY(fcntl(b, 37, &l));
    l.l_pid = 5;
    SAY(fcntl(a, 37, &l));
    who(b, 36, F_WRLCK, 0, 0);
    who(b, F_GETLK, F_WRLCK, 0, 0);
    close(ro);
    who(b, 36, F_WRLCK, 0, 0);
    fd_of_thread = b;
    pthread_create(&t, 0, wait_for_ofd, 0);
    usleep(50000);
    SHOW("unlocking");
    l = range(F_UNLCK, 0, 0);
    fcntl(a, 37, &l);
    pthread_join(t, 0);
    l = range(F_WRLCK, 0, 10);
    ualarm(30000, 0);
    SAY(fcntl(a, 38, &l));
    int other = dup(b);
    close(b);
    who(a, 36, F_WRLCK, 0, 0);
    close(other);
    who(a, 36, F_WRLCK, 0, 0);
    SAY(lockf(a, F_TLOCK, 5));
    SAY(lockf(a, F_TEST, 5));

    SHOW("leases and notices");
    SAY(fcntl(a, 1025));
    SAY(fcntl(a, 1024, F_RDLCK));
    int l2 = open("g", O_RDONLY | O_CREAT, 0600);
    SAY(fcntl(l2, 1025));
    SAY(fcntl(p[0], 1024, F_RDLCK));
    SAY(fcntl(p[0], F_GETOWN));
    SAY(fcntl(p[0], F_SETOWN, getpid()));
    SAY(fcntl(p[0], F_GETOWN) == getpid());
    SAY(fcntl(p[0], F_SETOWN, 0));
    SAY(fcntl(p[0], F_SETOWN, 99999999));
    struct { int type, pid; } owner = {1, getpid()};
    SAY(fcntl(p[0], 15, &owner));
    owner.pid = 0;
    SAY(fcntl(p[0], 16, &owner));
    SHOW("  type %d mine %d", owner.type, owner.pid == getpid());
    owner.type = 9;
    SAY(fcntl(p[0], 15, &owner));
    SAY(fcntl(p[0], 10, 0));
    SAY(fcntl(p[0], 11));
    SAY(fcntl(p[0], 10, 100));
    SAY(fcntl(p[0], 10, -1));
    SAY(fcntl(p[0], 9999, 0));
    SAY(fcntl(777, 9999, 0));
    SAY(fcntl(a, 1026, 0));
    SAY(fcntl(0, F_DUPFD, -1));
    SAY(fcntl(0, F_DUPFD, 1000000000));
    SAY(fcntl(p[0], 1032));
    SAY(fcntl(p[0], 1031, 1 << 16));
    SAY(fcntl(p[0], 1031, 5000));
    SAY(fcntl(p[0], 1031, -1));
    SAY(fcntl(a, 1032));
    return 0;
}
