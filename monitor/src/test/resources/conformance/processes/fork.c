#include "say.h"
#include <sys/mman.h>
#include <sys/resource.h>

/* What a forked child has of its parent, and what it has not. fork(2). */

static volatile sig_atomic_t alarms;

static void on_alarm(int signal)
{
    alarms++;
}

int private_value = 1;
static const char text[] = "read only";

int main(void)
{
    int *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *big = mmap(0, 1 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    char *closed = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    big[5 << 20] = 'x';
    big[900 << 20] = 'y';
    strcpy(closed, "not to be read");
    mprotect(closed, 8192, PROT_NONE);
    put_file("f", "0123456789");
    int fd = open("f", O_RDONLY);
    char *mapped = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    mapped[1] = 'p';
    unlink("f");
    int file = open("g", O_RDWR | O_CREAT, 0600);
    ftruncate(file, 4096);
    char *both = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    unlink("g");
    close(file);
    char *locked_away = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *wiped = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    strcpy(wiped, "wiped");
    SAY(madvise(locked_away, 4096, MADV_DONTFORK));
    SAY(madvise(wiped, 4096, MADV_WIPEONFORK));
    void *heap = malloc(300000);
    memset(heap, 7, 300000);

    struct sigaction action = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &action, 0);
    signal(SIGUSR2, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, 0);
    raise(SIGUSR1);
    alarm(100);
    umask(027);
    mkdir("d", 0755);
    chdir("d");
    struct rlimit limit = {50, 60};
    setrlimit(RLIMIT_NOFILE, &limit);
    char byte;
    read(fd, &byte, 1);
    pid_t parent = getpid();

    pid_t child = fork();
    if (child == 0) {
        SHOW("getpid is new %d, getppid is the parent %d", getpid() != parent, getppid() == parent);
        SHOW("tid is pid %d", syscall(SYS_gettid) == getpid());
        private_value = 2;
        shared[0] = 42;
        SHOW("big %c %c %d", big[5 << 20], big[900 << 20], big[1 << 20]);
        mprotect(closed, 8192, PROT_READ);
        SHOW("closed: %s", closed);
        SHOW("mapped: %.4s", mapped);
        strcpy(both, "from the child");
        SHOW("wiped: '%s'", wiped);
        SAY(msync(locked_away, 4096, MS_ASYNC));
        SHOW("heap %d", ((char *)heap)[299999]);
        SHOW("text %s", text);
        sigset_t pending, mask;
        sigpending(&pending);
        sigprocmask(SIG_SETMASK, 0, &mask);
        SHOW("pending %d, blocked %d", sigismember(&pending, SIGUSR1), sigismember(&mask, SIGUSR1));
        struct sigaction old;
        sigaction(SIGALRM, 0, &old);
        SHOW("handler kept %d", old.sa_handler == on_alarm);
        sigaction(SIGUSR2, 0, &old);
        SHOW("ignored kept %d", old.sa_handler == SIG_IGN);
        SAY(alarm(0));
        SHOW("umask %o", umask(0));
        char where[4096];
        SHOW("in %s", strrchr(getcwd(where, sizeof where), '/'));
        getrlimit(RLIMIT_NOFILE, &limit);
        SHOW("limit %ld %ld", (long)limit.rlim_cur, (long)limit.rlim_max);
        read(fd, &byte, 1);
        SHOW("next byte %c", byte);
        lseek(fd, 7, SEEK_SET);
        _exit(3);
    }
    int status;
    SHOW("waited for the child: %d", waitpid(child, &status, 0) == child);
    show_end("child", status);
    SHOW("private %d, shared %d, file %s", private_value, shared[0], both);
    SHOW("wiped here: %s", wiped);
    read(fd, &byte, 1);
    SHOW("next byte here %c", byte);
    SHOW("alarm still set %d", alarm(0) > 90);
    SAY(waitpid(-1, &status, WNOHANG));
    return 0;
}
