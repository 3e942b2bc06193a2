/* What a child, and a program that a child starts, have of their maker's dealings with the host. */
#define _GNU_SOURCE
#include "say.h"
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

extern char **environ;

struct attributes {
    unsigned size, policy;
    unsigned long flags;
    int nice;
    unsigned priority;
    unsigned long runtime, deadline, period;
};

static int changed, reset;

static void tell(const char *who) {
    struct attributes now = {0};
    char filter[30] = "";
    int fd = open("/proc/self/coredump_filter", O_RDONLY);
    read(fd, filter, sizeof filter - 1);
    close(fd);
    syscall(SYS_sched_getattr, 0, &now, sizeof now, 0);
    printf("%s: policy %u nice %d priority %u flags %lu, %d\n", who, now.policy, now.nice, now.priority, now.flags,
            getpriority(PRIO_PROCESS, 0));
    SAY(syscall(SYS_ioprio_get, 1, 0));
    if (!reset) SAY(prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
    SAY(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    SAY(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
    SAY(prctl(PR_CAPBSET_READ, 25, 0, 0, 0));
    SAY(personality(0xffffffff));
    if (changed) printf("%s", filter);
    fflush(stdout);
}

static void children(char **argv, const char *who) {
    printf("-- %s\n", who);
    tell("maker");
    pid_t child = fork();
    if (child == 0) {
        tell("fork");
        if (fork() == 0) {
            tell("fork of a fork");
            _exit(0);
        }
        wait(0);
        _exit(0);
    }
    waitpid(child, 0, 0);
    char *words[] = {argv[0], "unused", reset ? "cr" : changed ? "c" : "n", 0};
    if (posix_spawn(&child, argv[0], 0, 0, words, environ) == 0) waitpid(child, 0, 0);
}

int main(int argc, char **argv) {
    if (argc > 2) {
        changed = argv[2][0] == 'c';
        reset = argv[2][1] == 'r';
        tell("program");
        return 0;
    }
    struct attributes batch = {sizeof batch, SCHED_BATCH, 0, 3};
    struct attributes timely = {sizeof timely, SCHED_FIFO, 1, 0, 2};
    SAY(syscall(SYS_sched_setattr, 0, &batch, 0));
    SAY(syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 6));
    children(argv, "scheduling");
    SAY(prctl(PR_SET_TIMERSLACK, 98765, 0, 0, 0));
    SAY(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
    SAY(personality(ADDR_NO_RANDOMIZE | 0x0400000));
    int fd = open("/proc/self/coredump_filter", O_WRONLY);
    SAY(write(fd, "0x7", 3));
    close(fd);
    changed = 1;
    SAY(prctl(PR_CAPBSET_DROP, 25, 0, 0, 0));
    SAY(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    children(argv, "more");
    SAY(syscall(SYS_sched_setattr, 0, &timely, 0));
    reset = 1;
    children(argv, "reset on fork");
    return 0;
}
