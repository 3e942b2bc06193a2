#include "say.h"
#include <dirent.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

static int count_open(void)
{
    int n = 0;
    for (int i = 0; i < 300; i++) if (fcntl(i, F_GETFD) != -1) n++;
    return n;
}

int main(int argc, char **argv)
{
    char buf[512], name[64];
    SAY(syscall(SYS_close_range, 3, ~0U, 0));
    SHOW("open at start %d", count_open());
    int a = SAY(open("/dev/null", O_RDWR));
    int b = SAY(dup(a));
    SAY(dup2(a, 10));
    SAY(dup(10));
    SAY(close(b));
    SAY(dup(a));
    SAY(dup2(a, a));
    SAY(dup2(200, 11));
    SAY(dup2(a, -1));
    SAY(dup2(a, 1 << 30));
    SAY(dup3(a, a, 0));
    SAY(dup3(a, 12, O_CLOEXEC));
    SAY(dup3(a, 12, O_APPEND));
    SAY(fcntl(12, F_GETFD));
    SAY(fcntl(10, F_GETFD));
    SAY(fcntl(10, F_SETFD, FD_CLOEXEC));
    SAY(fcntl(10, F_GETFD));
    SAY(fcntl(a, F_GETFD));
    SAY(ioctl(a, FIOCLEX));
    SAY(fcntl(a, F_GETFD));
    SAY(ioctl(a, FIONCLEX));
    SAY(fcntl(a, F_GETFD));
    SAY(fcntl(a, F_DUPFD, 20));
    SAY(fcntl(a, F_DUPFD, 20));
    SAY(fcntl(a, F_DUPFD_CLOEXEC, 20));
    SAY(fcntl(22, F_GETFD));
    SAY(fcntl(a, F_DUPFD, -1));
    SAY(fcntl(a, F_DUPFD, 1 << 30));
    SAY(fcntl(a, F_GETFL) & ~O_LARGEFILE);
    SAY(fcntl(a, F_SETFL, O_NONBLOCK | O_APPEND));
    SAY(fcntl(10, F_GETFL) & ~O_LARGEFILE);
    SAY(fcntl(a, 12345));
    SAY(fcntl(250, F_GETFL));
    int t = SAY(open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600));
    int u = SAY(dup(t));
    SAY(write(t, "abcdef", 6));
    SAY(lseek(u, 0, SEEK_CUR));
    SAY(lseek(u, 2, SEEK_SET));
    SAY(read(t, buf, 2));
    SHOW("  %.2s", buf);
    SAY(close(t));
    SAY(read(u, buf, 2));
    SHOW("  %.2s", buf);
    SHOW("open %d", count_open());
    for (int i = 3; i < 300; i++) {
        int before = fcntl(i, F_GETFD);
        if (before == -1 && close(i) == 0) SHOW("closed what was not open: %d", i);
    }
    SAY(syscall(SYS_close_range, 20, 30, 0));
    SAY(syscall(SYS_close_range, 3, 5, 4));
    SAY(fcntl(3, F_GETFD));
    SAY(syscall(SYS_close_range, 9, 5, 0));
    SHOW("open %d", count_open());
    SAY(syscall(SYS_close_range, 3, ~0U, 0));
    SHOW("open %d", count_open());

    struct rlimit l, old;
    SAY(getrlimit(RLIMIT_NOFILE, &old));
    l = old;
    l.rlim_cur = 8;
    SAY(setrlimit(RLIMIT_NOFILE, &l));
    SAY(open("/dev/null", O_RDONLY));
    SAY(open("/dev/null", O_RDONLY));
    SAY(open("/dev/null", O_RDONLY));
    SAY(open("/dev/null", O_RDONLY));
    SAY(open("/dev/null", O_RDONLY));
    SAY(open("/dev/null", O_RDONLY));
    SAY(open("none/such", O_RDONLY));
    SAY(dup(0));
    SAY(fcntl(0, F_DUPFD, 8));
    SAY(dup2(0, 8));
    SAY(dup2(0, 7));
    int p[2];
    SAY(close(7));
    SAY(pipe(p));
    SAY(close(6));
    SAY(pipe(p));
    SHOW("  %d %d", p[0], p[1]);
    SAY(setrlimit(RLIMIT_NOFILE, &old));
    l.rlim_cur = 9;
    l.rlim_max = 8;
    SAY(setrlimit(RLIMIT_NOFILE, &l));
    SAY(getrlimit(99, &l));
    SHOW("  same %d", getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur == old.rlim_cur);
    SAY(getrlimit(RLIMIT_STACK, &l));
    SHOW("  stack %ld", (long)l.rlim_cur);
    l.rlim_cur = 4096;
    SAY(setrlimit(RLIMIT_CORE, &l));
    SAY(prlimit(getpid(), RLIMIT_CORE, 0, &l));
    SHOW("  core %ld", (long)l.rlim_cur);

    SAY(syscall(SYS_close_range, 3, ~0U, 0));
    int d = open("/dev/null", O_RDONLY);
    snprintf(name, sizeof name, "/proc/self/fd/%d", d);
    ssize_t n = SAY(readlink(name, buf, sizeof buf));
    if (n > 0) SHOW("  %.*s", (int)n, buf);
    SAY(readlink("/proc/self/fd/99", buf, sizeof buf));
    snprintf(name, sizeof name, "/proc/%d/fd/%d", getpid(), d);
    SAY(readlink(name, buf, sizeof buf));
    SAY(access("/dev/fd/99", F_OK));
    snprintf(name, sizeof name, "/dev/fd/%d", d);
    SAY(access(name, F_OK));
    int again = SAY(open(name, O_RDONLY));
    close(again);
    DIR *dir = opendir("/proc/self/fd");
    int listed = 0;
    for (struct dirent *e; (e = readdir(dir));)
        if (e->d_name[0] != '.') listed++;
    SHOW("listed %d", listed);
    rewinddir(dir);
    SHOW("first %s", readdir(dir)->d_name);
    closedir(dir);
    dir = opendir("/proc/self/task");
    listed = 0;
    for (struct dirent *e; (e = readdir(dir));)
        if (e->d_name[0] != '.') listed++, SHOW("task is me %d", atoi(e->d_name) == getpid());
    closedir(dir);
    n = readlink("/proc/self/exe", buf, sizeof buf);
    SHOW("exe %.*s", (int)n, buf);
    FILE *f = fopen("/proc/self/cmdline", "r");
    n = fread(buf, 1, sizeof buf, f);
    for (int i = 0; i < n; i++) if (!buf[i]) buf[i] = ' ';
    SHOW("cmdline %.*s", (int)n, buf);
    fclose(f);
    f = fopen("/proc/self/comm", "r");
    SHOW("comm %s", fgets(buf, sizeof buf, f));
    fclose(f);
    f = fopen("/proc/self/maps", "r");
    int stack = 0, mine = 0;
    while (fgets(buf, sizeof buf, f)) {
        unsigned long lo, hi;
        sscanf(buf, "%lx-%lx", &lo, &hi);
        if ((unsigned long)&stack >= lo && (unsigned long)&stack < hi) stack = !!strstr(buf, "[stack]");
        if ((unsigned long)&main >= lo && (unsigned long)&main < hi) mine = !!strstr(buf, " r-xp ");
    }
    SHOW("maps stack %d text %d", stack, mine);
    fclose(f);
    SAY(open("/proc/self/mem/x", O_RDONLY));
    f = fopen("/proc/self/limits", "r");
    while (fgets(buf, sizeof buf, f))
        if (strstr(buf, "open files") || strstr(buf, "core file") || strstr(buf, "Limit")) printf("%s", buf);
    fclose(f);
    f = fopen("/proc/self/stat", "r");
    int pid, threads = 0;
    n = fscanf(f, "%d %60s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %d", &pid, name, &threads);
    SHOW("stat %d fields, me %d %s threads %d", (int)n, pid == getpid(), name, threads);
    fclose(f);
    f = fopen("/proc/self/status", "r");
    while (fgets(buf, sizeof buf, f))
        if (strstr(buf, "Name:") || strstr(buf, "Threads:") || strstr(buf, "Uid:")) printf("%s", buf);
    fclose(f);
    fflush(stdout);
    int out = dup(1), q[2];
    pipe(q);
    dup2(q[1], 1);
    close(q[1]);
    write(1, "through one", 11);
    n = read(q[0], buf, sizeof buf);
    close(1);
    int end = read(q[0], name, 1);
    SAY(write(1, "x", 1));
    dup2(out, 1);
    SHOW("piped %.*s end %d", (int)n, buf, end);
    SAY(close(0));
    SAY(read(0, buf, 1));
    SAY(open("/dev/null", O_RDONLY));
    SAY(close(2));
    SAY(dup(1));
    return 0;
}
