/* Holds locks of every kind, has signals of descriptors go to itself, locks memory to come; is snapshotted as the
   argument says ("none", "stop", "live"), and says what another process finds locked and what it has itself. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int make(const char *name) {
    int fd = open(name, O_RDWR | O_CREAT, 0600);
    if (fd < 0 || ftruncate(fd, 4096)) exit(9);
    return fd;
}

static int range(int fd, int command, short type, off_t start, off_t length) {
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return fcntl(fd, command, &lock);
}

static void found(const char *name, int command, short type, off_t start) {
    int fd = open(name, O_RDWR);
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = 1};
    int result = fcntl(fd, command, &lock);
    printf("%s at %ld for %s: %d, type %d", name, (long) start, type == F_WRLCK ? "writing" : "reading", result,
            lock.l_type);
    if (lock.l_type != F_UNLCK) printf(", %ld + %ld", (long) lock.l_start, (long) lock.l_len);
    printf("\n");
    close(fd);
}

static void tried(const char *name, int how) {
    int fd = open(name, O_RDWR);
    int result = flock(fd, how | LOCK_NB);
    printf("flock %s %d: %s\n", name, how, result ? strerror(errno) : "free");
    close(fd);
}

/* What another process sees. */
static void other(void) {
    tried("whole", LOCK_SH);
    tried("shared", LOCK_SH);
    tried("shared", LOCK_EX);
    tried("free", LOCK_EX);
    for (off_t at = 0; at < 60; at += 10) found("ranges", F_GETLK, F_WRLCK, at);
    found("ranges", F_GETLK, F_RDLCK, 25);
    found("ranges", F_GETLK, F_WRLCK, 1L << 40);
    found("open", F_OFD_GETLK, F_WRLCK, 5);
    found("open", F_OFD_GETLK, F_WRLCK, 15);
    found("deleted", F_OFD_GETLK, F_WRLCK, 0);
    int fd = open("leased", O_WRONLY | O_NONBLOCK);
    printf("leased: %s\n", fd < 0 ? strerror(errno) : "opened");
}

static volatile sig_atomic_t came;

static void handler(int signal) {
    came = signal;
}

static long locked(void) {
    char line[256];
    long pages = -1;
    FILE *status = fopen("/proc/self/status", "r");
    while (fgets(line, sizeof line, status)) sscanf(line, "VmLck: %ld", &pages);
    fclose(status);
    return pages;
}

int main(int argc, char **argv) {
    setvbuf(stdout, 0, _IONBF, 0);
    signal(SIGUSR1, handler);
    signal(SIGIO, SIG_IGN);
    int whole = make("whole"), copy = dup(whole);
    flock(copy, LOCK_EX);
    flock(make("shared"), LOCK_SH);
    int freed = make("free");
    flock(freed, LOCK_EX);
    flock(freed, LOCK_UN);
    int ranges = make("ranges"), again = open("ranges", O_RDWR);
    range(ranges, F_SETLK, F_WRLCK, 10, 10);
    range(again, F_SETLK, F_RDLCK, 20, 10);
    range(ranges, F_SETLK, F_WRLCK, 40, 5);
    range(ranges, F_SETLK, F_WRLCK, 1L << 30, 0);
    range(make("open"), F_OFD_SETLK, F_WRLCK, 0, 10);
    int deleted = make("deleted");
    flock(deleted, LOCK_EX);
    unlink("deleted");
    close(make("leased"));
    int leased = open("leased", O_RDONLY);
    int lease = fcntl(leased, F_SETLEASE, F_RDLCK);
    int pair[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    fcntl(pair[0], F_SETOWN, getpid());
    fcntl(pair[0], F_SETSIG, SIGUSR1);
    fcntl(pair[1], F_SETOWN, -getpgrp());
    mlockall(MCL_FUTURE);

    if (strcmp(argv[1], "none") && syscall(505, "locks", 0, (long) !strcmp(argv[1], "live"))) {
        perror("snapshot");
        return 1;
    }
    printf("lease %d %d\n", lease, fcntl(leased, F_GETLEASE));
    make("deleted");
    pid_t child = fork();
    if (!child) {
        other();
        _exit(0);
    }
    waitpid(child, 0, 0);
    printf("own %d %d, group %d\n", fcntl(pair[0], F_GETOWN) == getpid(), fcntl(pair[0], F_GETSIG) == SIGUSR1,
            fcntl(pair[1], F_GETOWN) == -getpgrp());
    fcntl(pair[0], F_SETFL, O_ASYNC);
    write(pair[1], "x", 1);
    while (!came) usleep(1000);
    printf("signal %d\n", came == SIGUSR1);
    long before = locked();
    mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("locked %ld\n", locked() - before);
    munlockall();
    printf("unlocked %ld\n", locked());
    return 0;
}
