#include "say.h"
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

static const char *text(rlim_t v)
{
    static char t[2][30];
    static int i;
    i = !i;
    if (v == RLIM_INFINITY) return "infinity";
    snprintf(t[i], 30, "%lu", (unsigned long)v);
    return t[i];
}
static volatile int hits;
static void count(int sig) { hits = sig; }

int main(int argc, char **argv)
{
    struct rlimit l, old;
    char buf[5000] = {0};
    SHOW("reading");
    for (int i = 0; i < 16; i++) {
        if (i == RLIMIT_NPROC || i == RLIMIT_SIGPENDING || i == RLIMIT_NOFILE || i == RLIMIT_MEMLOCK) continue;
        SAY(getrlimit(i, &l));
        SHOW("  %d %s", i, text(l.rlim_cur));
    }
    SAY(getrlimit(16, &l));
    SAY(getrlimit(-1, &l));
    SAY(setrlimit(16, &l));
    RAW(getrlimit, RLIMIT_CORE, 0);
    RAW(setrlimit, RLIMIT_CORE, 0);
    RAW(prlimit64, 0, RLIMIT_CORE, 0, 0);
    RAW(prlimit64, 99999999, RLIMIT_CORE, 0, &l);
    RAW(prlimit64, getpid(), RLIMIT_CORE, 0, &l);

    SHOW("descriptors");
    SAY(getrlimit(RLIMIT_NOFILE, &old));
    l = (struct rlimit){20, old.rlim_max};
    SAY(setrlimit(RLIMIT_NOFILE, &l));
    SAY(sysconf(_SC_OPEN_MAX));
    int fd, n = 0, last = -1;
    while ((fd = open("/dev/zero", O_RDONLY)) >= 0) last = fd, n++;
    SHOW("  %s after %d, last %d", error_name(errno), n, last);
    SAY(dup(0));
    SAY(pipe((int[2]){0}));
    SAY(socket(AF_UNIX, SOCK_STREAM, 0));
    SAY(dup2(0, 19));
    SAY(dup2(0, 20));
    SAY(fcntl(0, F_DUPFD, 19));
    SAY(fcntl(0, F_DUPFD, 20));
    SAY(dup3(0, 25, 0));
    close(10);
    SAY(pipe((int[2]){0}));
    SAY(open("/dev/zero", O_RDONLY));
    l.rlim_cur = 5;
    SAY(setrlimit(RLIMIT_NOFILE, &l));
    SAY(read(15, buf, 1));
    SAY(poll((struct pollfd[6]){{0}}, 6, 0));
    SAY(open("/dev/zero", O_RDONLY));
    l = (struct rlimit){50, 10};
    SAY(setrlimit(RLIMIT_NOFILE, &l));
    l = (struct rlimit){1 << 20, RLIM_INFINITY};
    SAY(setrlimit(RLIMIT_NOFILE, &l));
    SAY(setrlimit(RLIMIT_NOFILE, &old));
    for (int i = 3; i < 30; i++) close(i);

    SHOW("file size");
    signal(SIGXFSZ, count);
    getrlimit(RLIMIT_FSIZE, &old);
    l = (struct rlimit){101000, old.rlim_max};
    SAY(setrlimit(RLIMIT_FSIZE, &l));
    int f = open("f", O_RDWR | O_CREAT, 0600);
    SAY(lseek(f, 100000, SEEK_SET));
    SAY(write(f, buf, 600));
    SAY(write(f, buf, 600));
    SAY(write(f, buf, 600));
    SHOW("  signal %d", hits);
    hits = 0;
    SAY(pwrite(f, buf, 10, 100990));
    SAY(pwrite(f, buf, 10, 100995));
    SAY(pwrite(f, buf, 10, 101000));
    SHOW("  signal %d", hits);
    hits = 0;
    SAY(ftruncate(f, 102000));
    SHOW("  signal %d", hits);
    hits = 0;
    SAY(truncate("f", 101000));
    SAY(truncate("f", 101001));
    SHOW("  signal %d", hits);
    hits = 0;
    SAY(fallocate(f, 0, 0, 101001));
    SHOW("  signal %d", hits);
    hits = 0;
    struct iovec v[2] = {{buf, 300}, {buf, 300}};
    SAY(pwritev(f, v, 2, 100700));
    SAY(pwritev(f, v, 2, 101000));
    SHOW("  signal %d", hits);
    hits = 0;
    int p[2];
    pipe(p);
    SAY(write(p[1], buf, 2000));
    signal(SIGXFSZ, SIG_IGN);
    SAY(pwrite(f, buf, 10, 101000));
    pid_t child = fork();
    if (!child) {
        signal(SIGXFSZ, SIG_DFL);
        pwrite(f, buf, 10, 101000);
        _exit(3);
    }
    int status;
    waitpid(child, &status, 0);
    SHOW("killed by %d", WTERMSIG(status));
    SAY(setrlimit(RLIMIT_FSIZE, &old));
    SAY(pwrite(f, buf, 10, 101000));

    SHOW("inherited");
    l = (struct rlimit){33, 44};
    SAY(setrlimit(RLIMIT_NOFILE, &l));
    l = (struct rlimit){0, RLIM_INFINITY};
    SAY(setrlimit(RLIMIT_CORE, &l));
    child = fork();
    if (!child) {
        getrlimit(RLIMIT_NOFILE, &l);
        SHOW("  child %s %s", text(l.rlim_cur), text(l.rlim_max));
        getrlimit(RLIMIT_CORE, &l);
        SHOW("  child %s", text(l.rlim_cur));
        fflush(stdout);
        execl("/bin/sh", "sh", "-c", "ulimit -n; ulimit -c; ulimit -Hn", (char *)0);
        _exit(9);
    }
    waitpid(child, &status, 0);
    show_end("child", status);
    return 0;
}
