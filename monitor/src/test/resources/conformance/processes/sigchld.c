#include "say.h"

/* What SIGCHLD tells, and children that nobody waits for. sigaction(2): SA_NOCLDSTOP, SA_NOCLDWAIT. */

static siginfo_t last;
static volatile sig_atomic_t count;

static void on_child(int signal, siginfo_t *info, void *context)
{
    last = *info;
    count++;
}

static void await_signal(int wanted)
{
    for (int i = 0; i < 500 && count < wanted; i++) usleep(10000);
}

static pid_t child(int how)
{
    pid_t pid = fork();
    if (pid) return pid;
    if (how == 0) _exit(11);
    if (how == 1) raise(SIGKILL);
    raise(SIGSTOP);
    _exit(12);
}

static void show_last(pid_t pid)
{
    SHOW("signo %d code %d status %d pid %d uid %d", last.si_signo, last.si_code, last.si_status, last.si_pid == pid,
            last.si_uid == getuid());
}

int main(void)
{
    int status;
    struct sigaction action = {.sa_sigaction = on_child, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(SIGCHLD, &action, 0);
    pid_t pid = child(0);
    await_signal(1);
    show_last(pid);
    SHOW("waited %d", waitpid(pid, &status, 0) == pid);
    pid = child(1);
    await_signal(2);
    show_last(pid);
    waitpid(pid, &status, 0);

    action.sa_flags |= SA_NOCLDSTOP;
    sigaction(SIGCHLD, &action, 0);
    pid = child(2);
    waitpid(pid, &status, WUNTRACED);
    SHOW("stops are not told %d", count);
    kill(pid, SIGCONT);
    await_signal(3);
    show_last(pid);
    waitpid(pid, &status, 0);

    action.sa_flags = SA_SIGINFO | SA_NOCLDWAIT;
    sigaction(SIGCHLD, &action, 0);
    pid = child(0);
    SAY(waitpid(pid, &status, 0));
    signal(SIGCHLD, SIG_IGN);
    pid = child(0);
    SAY(waitpid(pid, &status, 0));
    SAY(wait(&status));
    signal(SIGCHLD, SIG_DFL);
    pid = child(0);
    SHOW("waited %d", waitpid(pid, &status, 0) == pid);
    show_end("child", status);
    return 0;
}
