#include "say.h"
#include <dirent.h>
#include <elf.h>
#include <libgen.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

static char content[1 << 18];

static long slurp(const char *name)
{
    int fd = open(name, O_RDONLY);
    if (fd < 0) { SHOW("%s: %s", name, error_name(errno)); return -1; }
    long n = 0, got;
    while ((got = read(fd, content + n, sizeof content - 1 - n)) > 0) n += got;
    content[n] = 0;
    close(fd);
    return n;
}

static const char *line_of(const char *key)
{
    static char line[200];
    char *at = strstr(content, key);
    if (!at) return "(none)";
    at += strlen(key);
    int n = strcspn(at, "\n");
    snprintf(line, sizeof line, "%.*s", n, at);
    return line;
}

static long number_of(const char *key) { return strtol(line_of(key), 0, 10); }

static void link_of(const char *name, int shown)
{
    char target[4096];
    ssize_t n = readlink(name, target, sizeof target - 1);
    int own = !strncmp(name, "/proc/", 6) && atoi(name + 6) == getpid();
    if (n < 0) { SHOW("%s: %s", name, error_name(errno)); return; }
    if (own) name = "/proc/PID/...";
    target[n] = 0;
    if (shown) SHOW("%s -> %s", name, target);
    else SHOW("%s -> .../%s", name, strrchr(target, '/') ? strrchr(target, '/') + 1 : target);
}

static int by_number(const void *a, const void *b) { return *(int *)a - *(int *)b; }

static void list(const char *name, int shown)
{
    DIR *d = opendir(name);
    int numbers[200], n = 0, others = 0;
    if (!d) { SHOW("%s: %s", name, error_name(errno)); return; }
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] >= '0' && e->d_name[0] <= '9') numbers[n++] = atoi(e->d_name);
        else others++;
    }
    int own = dirfd(d);
    closedir(d);
    if (atoi(name + 6) == getpid()) name = "/proc/PID/fd";
    qsort(numbers, n, sizeof *numbers, by_number);
    char line[1000] = "";
    for (int i = 0; i < n && shown; i++)
        sprintf(line + strlen(line), numbers[i] == own && strstr(name, "fd") ? " itself" : " %d", numbers[i]);
    SHOW("%s: %d entries, %d others%s", name, n, others, line);
}

static void *stay(void *gate)
{
    prctl(PR_SET_NAME, "second thread");
    char name[100];
    snprintf(name, sizeof name, "/proc/self/task/%ld/comm", syscall(SYS_gettid));
    slurp(name);
    SHOW("thread's comm %s", strtok(content, "\n"));
    slurp("/proc/thread-self/comm");
    SHOW("thread-self's comm %s", strtok(content, "\n"));
    slurp("/proc/self/comm");
    SHOW("self's comm %s", strtok(content, "\n"));
    slurp("/proc/thread-self/status");
    SHOW("name %s pid %d tgid %d", line_of("Name:\t"), number_of("\nPid:\t") == syscall(SYS_gettid), number_of("Tgid:\t") == getpid());
    link_of("/proc/thread-self/exe", 0);
    int fd = open("/proc/thread-self/comm", O_WRONLY);
    SAY(write(fd, "renamed by file\n", 16));
    close(fd);
    prctl(PR_GET_NAME, content);
    SHOW("now %s", content);
    pthread_mutex_lock(gate);
    return 0;
}

int main(int argc, char **argv)
{
    char buf[8192], name[200];
    struct stat s, t;
    SHOW("exe");
    link_of("/proc/self/exe", 0);
    snprintf(name, sizeof name, "/proc/%d/exe", getpid());
    link_of(name, 0);
    stat("/proc/self/exe", &s);
    int exe = SAY(open("/proc/self/exe", O_RDONLY));
    fstat(exe, &t);
    read(exe, buf, 4);
    SHOW("  ELF %d same %d", !memcmp(buf, ELFMAG, 4), s.st_ino == t.st_ino && s.st_dev == t.st_dev);
    lstat("/proc/self/exe", &s);
    SHOW("  link %d", S_ISLNK(s.st_mode));
    SAY(open("/proc/self/exe", O_RDWR));
    SAY(access("/proc/self/exe", X_OK));
    close(exe);
    SHOW("cmdline");
    long n = slurp("/proc/self/cmdline");
    SHOW("  %ld bytes, %s, %s", n, !strcmp(content, argv[0]) ? "argv[0]" : content, !strcmp(content + strlen(content) + 1, argv[1]) ? "argv[1]" : "?");
    SHOW("environ");
    n = slurp("/proc/self/environ");
    int path = 0;
    for (char *e = content; e < content + n; e += strlen(e) + 1) path |= !strncmp(e, "PATH=", 5);
    SHOW("  PATH %d", path);
    SHOW("auxv");
    n = slurp("/proc/self/auxv");
    for (unsigned long *a = (void *)content; a < (unsigned long *)(content + n) && *a; a += 2)
        if (*a == AT_PAGESZ || *a == AT_PHNUM || *a == AT_UID) SHOW("  %lu = %lu", a[0], a[1]);
        else if (*a == AT_ENTRY || *a == AT_RANDOM) SHOW("  %lu right %d", a[0], a[1] == getauxval(a[0]));

    SHOW("fd");
    put_file("f", "hello, world");
    int f = open("f", O_RDWR), p[2], so[2];
    pipe(p);
    socketpair(AF_UNIX, SOCK_STREAM, 0, so);
    list("/proc/self/fd", 1);
    snprintf(name, sizeof name, "/proc/%d/fd", getpid());
    list(name, 0);
    list("/proc/self/fdinfo", 1);
    list("/dev/fd", 1);
    snprintf(name, sizeof name, "/proc/self/fd/%d", f);
    link_of(name, 0);
    lseek(f, 7, SEEK_SET);
    int again = SAY(open(name, O_RDONLY));
    SAY(read(again, buf, 5));
    snprintf(name, sizeof name, "/dev/fd/%d", f);
    again = SAY(open(name, O_RDWR));
    SAY(lseek(again, 0, SEEK_CUR));
    snprintf(name, sizeof name, "/proc/self/fdinfo/%d", f);
    slurp(name);
    SHOW("  pos %ld flags %s", number_of("pos:\t"), line_of("flags:\t"));
    snprintf(name, sizeof name, "/proc/self/fd/%d", p[0]);
    n = readlink(name, buf, sizeof buf);
    SHOW("  %.6s", buf);
    int w = SAY(open(name, O_WRONLY | O_NONBLOCK));
    SAY(write(w, "through", 7));
    SAY(read(p[0], buf, 100));
    snprintf(name, sizeof name, "/proc/self/fd/%d", so[0]);
    n = readlink(name, buf, sizeof buf);
    SHOW("  %.8s", buf);
    SAY(open(name, O_RDWR));
    SAY(stat(name, &s));
    SHOW("  socket %d", S_ISSOCK(s.st_mode));
    SAY(lstat(name, &s));
    SHOW("  link %d mode %o", S_ISLNK(s.st_mode), s.st_mode & 0777);
    SAY(open("/proc/self/fd/777", O_RDONLY));
    SAY(open("/proc/self/fd/x", O_RDONLY));
    link_of("/proc/self/fd/777", 1);
    SAY(access("/proc/self/fd/1", F_OK));
    SAY(stat("/dev/stdin", &s));
    SHOW("  regular %d size %ld", S_ISREG(s.st_mode), (long)s.st_size);
    SAY(open("/dev/stdin", O_RDONLY));
    unlink("f");
    snprintf(name, sizeof name, "/proc/self/fd/%d", f);
    link_of(name, 0);
    SAY(open(name, O_RDONLY) >= 0);
    chdir("/proc/self/fd");
    SAY(access("1", F_OK));
    snprintf(name, sizeof name, "%d", f);
    SAY(open(name, O_RDONLY) >= 0);
    chdir(strcpy(buf, argv[1])) == 0 || chdir(dirname(buf));
    SHOW("a link into it");
    snprintf(name, sizeof name, "/proc/self/fd/%d", p[0]);
    SAY(symlink(name, "way"));
    SAY(stat("way", &s));
    SHOW("  fifo %d", S_ISFIFO(s.st_mode));
    w = SAY(open("way", O_WRONLY | O_NONBLOCK));
    SAY(write(w, "link", 4));
    SAY(read(p[0], buf, 100));
    SAY(symlink("/proc/self/fd/900", "nowhere"));
    SAY(open("nowhere", O_RDONLY));
    SAY(symlink("/proc/self", "me"));
    link_of("me/exe", 0);
    n = slurp("me/cmdline");
    SHOW("  argv[0] %d", !strcmp(content, argv[0]));
    list("me/fd", 0);
    SAY(symlink("/proc/self/fd", "numbers"));
    snprintf(name, sizeof name, "numbers/%d", p[0]);
    SAY(stat(name, &s));
    SHOW("  fifo %d", S_ISFIFO(s.st_mode));

    SHOW("cwd and root");
    getcwd(buf, sizeof buf);
    char cwd[4096];
    n = readlink("/proc/self/cwd", cwd, sizeof cwd);
    cwd[n > 0 ? n : 0] = 0;
    SHOW("  %d", !strcmp(buf, cwd));
    link_of("/proc/self/root", 1);

    SHOW("names and numbers");
    slurp("/proc/self/comm");
    SHOW("  %s", strtok(content, "\n"));
    SAY(prctl(PR_SET_NAME, "a very long name indeed"));
    slurp("/proc/self/comm");
    SHOW("  %s", strtok(content, "\n"));
    int c = SAY(open("/proc/self/comm", O_RDWR | O_TRUNC));
    SAY(write(c, "short\n", 6));
    SAY(lseek(c, 0, SEEK_SET));
    SAY(read(c, buf, 100));
    close(c);
    slurp("/proc/self/status");
    SHOW("  name %s", line_of("Name:\t"));
    SHOW("  pid %d ppid %d tgid %d tracer %ld", number_of("\nPid:\t") == getpid(), number_of("PPid:\t") == getppid(), number_of("Tgid:\t") == getpid(), number_of("TracerPid:\t"));
    SHOW("  threads %ld umask %s state %.1s", number_of("Threads:\t"), line_of("Umask:\t"), line_of("State:\t"));
    SHOW("  uid %s", line_of("Uid:\t"));
    SHOW("  size %d rss %d stack %d", number_of("VmSize:\t") > 100 && number_of("VmSize:\t") < 1000000, number_of("VmRSS:\t") > 10 && number_of("VmRSS:\t") < 30000, number_of("VmStk:\t") > 10);
    SHOW("  no new privileges %ld seccomp %ld", number_of("NoNewPrivs:\t"), number_of("Seccomp:\t"));
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, 0);
    signal(SIGHUP, SIG_IGN);
    signal(SIGTERM, (void (*)(int))stay);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR2);
    slurp("/proc/self/status");
    SHOW("  blocked %s", line_of("SigBlk:\t"));
    SHOW("  pending %s shared %s", line_of("SigPnd:\t"), line_of("ShdPnd:\t"));
    /* 32 and 33 are the C library's own, and as they were left by whoever started this */
    SHOW("  ignored %lx caught %d", strtoul(line_of("SigIgn:\t"), 0, 16) & ~(3UL << 31), strtoul(line_of("SigCgt:\t"), 0, 16) == 1 << 14);
    slurp("/proc/self/stat");
    char state;
    int pid, ppid, pgrp, session;
    char comm[50];
    unsigned long f_[60] = {0};
    sscanf(content, "%d (%[^)]) %c %d %d %d", &pid, comm, &state, &ppid, &pgrp, &session);
    SHOW("  stat: pid %d comm %s state %c ppid %d pgrp %d session %d", pid == getpid(), comm, state, ppid == getppid(), pgrp == getpgrp(), session == getsid(0));
    char *at = strrchr(content, ')') + 2;
    for (int i = 3; i < 53; i++) {
        f_[i] = i == 3 ? 0 : strtoul(at, 0, 10);
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    SHOW("  threads %lu vsize %d rss %d", f_[20], f_[23] > 100000 && f_[23] < 1000000000, f_[24] < 8000);
    unsigned long here = (unsigned long)&state;
    SHOW("  code %d stack %d", f_[26] <= (unsigned long)main && (unsigned long)main <= f_[27], f_[28] >= here && f_[28] - here < 1 << 20);
    SHOW("  arguments %d environment %d", f_[48] == (unsigned long)argv[0], f_[50] > f_[48]);
    SHOW("  signals %lu %lu %lu", f_[31], f_[32], f_[33]);
    slurp("/proc/self/statm");
    long size = 0, resident = 0;
    sscanf(content, "%ld %ld", &size, &resident);
    SHOW("  statm %d %d", size > 20 && size < 250000, resident > 2 && resident < 8000);
    SHOW("maps");
    slurp("/proc/self/maps");
    SHOW("  stack %d heap or not %d own program %d", strstr(content, "[stack]") != 0, 1, strstr(content, strrchr(argv[0], '/')) != 0);
    SHOW("limits");
    slurp("/proc/self/limits");
    SHOW("  %.15s", line_of("Max open files"));
    SHOW("tasks");
    list("/proc/self/task", 0);
    pthread_t thread;
    pthread_mutex_t gate;
    pthread_mutex_init(&gate, 0);
    pthread_mutex_lock(&gate);
    pthread_create(&thread, 0, stay, &gate);
    usleep(200000);
    list("/proc/self/task", 0);
    slurp("/proc/self/status");
    SHOW("  threads %ld", number_of("Threads:\t"));
    pthread_mutex_unlock(&gate);
    pthread_join(thread, 0);
    snprintf(name, sizeof name, "/proc/self/task/%d/status", getpid());
    slurp(name);
    SHOW("  name %s", line_of("Name:\t"));
    snprintf(name, sizeof name, "/proc/self/task/%d/stat", getpid());
    slurp(name);
    SHOW("  stat %d", atoi(content) == getpid());
    snprintf(name, sizeof name, "/proc/self/task/%d/children", getpid());
    SHOW("  children %d", slurp(name) >= 0);
    SAY(access("/proc/self/task/1", F_OK));
    SHOW("a file that is read again");
    int st = open("/proc/self/status", O_RDONLY);
    n = read(st, buf, sizeof buf);
    prctl(PR_SET_NAME, "later");
    lseek(st, 0, SEEK_SET);
    n = read(st, content, sizeof content - 1);
    content[n] = 0;
    SHOW("  %s", line_of("Name:\t"));
    SAY(pread(st, buf, 5, 0));
    SAY(write(st, "x", 1));
    SAY(fstat(st, &s));
    SHOW("  regular %d size %ld mode %o", S_ISREG(s.st_mode), (long)s.st_size, s.st_mode & 0777);
    SHOW("others");
    SAY(slurp("/proc/self/io") > 10);
    SAY(slurp("/proc/self/cgroup") >= 0);
    SAY(slurp("/proc/self/mountinfo") > 10);
    SAY(slurp("/proc/self/mounts") > 10);
    SAY(slurp("/proc/self/oom_score_adj") > 0);
    SAY(slurp("/proc/self/loginuid") > 0);
    SAY(slurp("/proc/self/personality") > 0);
    SAY(slurp("/proc/self/wchan") >= 0);
    SAY(slurp("/proc/self/setgroups") > 0);
    SAY(slurp("/proc/self/uid_map") >= 0);
    SAY(slurp("/proc/self/nothing"));
    SAY(access("/proc/self/", R_OK));
    SAY(open("/proc/self/maps", O_WRONLY));
    SAY(open("/proc/self/stat", O_RDWR));
    SAY(open("/proc/self/stat", O_RDONLY | O_DIRECTORY));
    SAY(mkdir("/proc/self/x", 0700));
    SAY(unlink("/proc/self/stat"));
    SAY(slurp("/proc/uptime") > 0);
    SAY(slurp("/proc/1/comm") > 0);
    SAY(slurp("/proc/meminfo") > 0);
    SAY(readlink("/proc/self/ns/net", buf, sizeof buf) > 5);
    n = readlink("/proc/self", buf, sizeof buf);
    buf[n] = 0;
    SHOW("self %d", atoi(buf) == getpid());
    n = readlink("/proc/thread-self", buf, sizeof buf);
    buf[n] = 0;
    snprintf(name, sizeof name, "%d/task/%ld", getpid(), syscall(SYS_gettid));
    SHOW("thread-self %d", !strcmp(buf, name));
    int tty = open("/dev/tty", O_RDWR);
    SHOW("no terminal %s", tty < 0 ? error_name(errno) : "but there is");
    return 0;
}
