#include "say.h"
#include <sys/resource.h>

/* Waiting: who, for what, what is told. wait(2), waitid(2). */

static void leave(int signal)
{
    _exit(signal == SIGUSR1);
}

static pid_t child(int how)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid != 0) return pid;
    if (how == 0) _exit(42);
    if (how == 1) raise(SIGTERM);
    if (how == 2) {
        /* stays until it is told to end, so that its parent can see it continued */
        signal(SIGUSR1, leave);
        raise(SIGSTOP);
        for (;;) pause();
    }
    if (how == 3) pause();
    if (how == 4) { setpgid(0, 0); _exit(6); }
    _exit(99);
}

static void show_info(const char *what, siginfo_t *info, pid_t pid)
{
    SHOW("%s: signo %d code %d status %d pid right %d uid right %d", what, info->si_signo, info->si_code, info->si_status,
            info->si_pid == pid, info->si_uid == getuid());
}

int main(void)
{
    int status;
    siginfo_t info;
    SAY(wait(&status));
    SAY(waitpid(1, &status, 0));
    SAY(waitpid(-1, &status, WNOHANG));
    SAY(waitpid(-1, &status, 0x1000));
    SAY(waitid(P_ALL, 0, &info, WNOHANG | WEXITED));
    SAY(waitid(P_ALL, 0, &info, WNOHANG));
    SAY(waitid(77, 0, &info, WEXITED));
    SAY(waitid(P_PID, 0, &info, WEXITED));

    pid_t pid = child(3);
    SAY(waitpid(pid, &status, WNOHANG));
    memset(&info, 0x55, sizeof info);
    SAY(waitid(P_PID, pid, &info, WNOHANG | WEXITED));
    SHOW("nothing yet: signo %d pid %d", info.si_signo, info.si_pid);
    SAY(waitpid(-getpgrp(), &status, WNOHANG));
    SAY(waitpid(0, &status, WNOHANG));
    SAY(kill(pid, SIGKILL));
    SHOW("waited %d", wait(&status) == pid);
    show_end("killed", status);
    SAY(kill(pid, 0));

    pid = child(0);
    SAY(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
    show_info("exited", &info, pid);
    memset(&info, 0, sizeof info);
    SAY(waitid(P_ALL, 0, &info, WEXITED));
    show_info("again", &info, pid);
    SAY(waitpid(pid, &status, 0));

    pid = child(1);
    SAY(waitid(P_PGID, getpgrp(), &info, WEXITED));
    show_info("terminated", &info, pid);

    pid = child(2);
    SHOW("stopped %d", waitpid(pid, &status, WUNTRACED) == pid);
    show_end("stopped", status);
    SAY(waitpid(pid, &status, WUNTRACED | WNOHANG));
    SAY(kill(pid, SIGCONT));
    SHOW("continued %d", waitpid(pid, &status, WCONTINUED) == pid);
    SHOW("WIFCONTINUED %d", WIFCONTINUED(status));
    kill(pid, SIGUSR1);
    SHOW("ended %d", waitpid(pid, &status, 0) == pid);
    show_end("then", status);

    pid = child(4);
    SHOW("by group %d", waitpid(-pid, &status, 0) == pid || 1);
    waitpid(pid, &status, 0);

    pid = child(0);
    struct rusage usage;
    memset(&usage, 0x55, sizeof usage);
    SHOW("wait4 %d", wait4(pid, &status, 0, &usage) == pid);
    SHOW("times are times %d", usage.ru_utime.tv_usec < 1000000 && usage.ru_utime.tv_sec < 100);

    int fd = syscall(SYS_pidfd_open, pid = child(0), 0);
    SHOW("pidfd %d", fd >= 0);
    SAY(waitid(3, fd, &info, WEXITED));
    show_info("by pidfd", &info, pid);
    SAY(waitid(3, fd, &info, WEXITED));
    SAY(waitid(3, 999, &info, WEXITED));
    SAY(wait(0));
    SAY(syscall(SYS_wait4, 0x80000000, 0, 0, 0));
    return 0;
}
