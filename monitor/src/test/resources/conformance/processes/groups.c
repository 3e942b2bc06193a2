#include "say.h"

/* Process groups and sessions, and signals to groups. setpgid(2), setsid(2), kill(2). */

static volatile sig_atomic_t got;

static void count(int signal)
{
    got++;
}

static void ready(int fd)
{
    write(fd, "r", 1);
}

int main(void)
{
    int to[2], from[2], later[2], status;
    char byte;
    setpgid(0, 0);
    SHOW("own group %d", getpgrp() == getpid());
    SAY(setpgid(0, -1));
    SHOW("setpgid(1) fails %d", setpgid(1, 0) == -1);
    SAY(getpgid(-5));
    SAY(getsid(999999));
    signal(SIGUSR1, count);
    signal(SIGUSR2, SIG_IGN);

    pipe(to), pipe(from), pipe(later);
    pid_t a = fork();
    if (a == 0) {
        close(to[1]), close(later[1]);
        ready(from[1]);
        read(to[0], &byte, 1);
        for (int i = 0; i < 500 && !got; i++) usleep(10000);
        SHOW("a: leader %d, own group as the parent set it %d", getpgrp() == getpid(), got);
        SHOW("a: setsid as a leader: %s", setsid() == -1 ? error_name(errno) : "works");
        _exit(1);
    }
    read(from[0], &byte, 1);
    SAY(setpgid(a, a));
    SHOW("its group %d", getpgid(a) == a);
    pid_t b = fork();
    if (b == 0) {
        SHOW("b: joins %d", setpgid(0, a));
        close(to[1]), close(later[1]);
        ready(from[1]);
        read(later[0], &byte, 1);
        for (int i = 0; i < 500 && !got; i++) usleep(10000);
        SHOW("b: group of a %d, signals %d", getpgrp() == a, got);
        SHOW("b: setsid %d", setsid() == getpid());
        SHOW("b: session %d, group %d", getsid(0) == getpid(), getpgrp() == getpid());
        SHOW("b: setpgid of a session's leader: %s", setpgid(0, a) == -1 ? error_name(errno) : "works");
        _exit(2);
    }
    read(from[0], &byte, 1);
    SHOW("b's group %d", getpgid(b) == a);
    SAY(kill(-a, SIGUSR1));
    SAY(kill(-a, 0));
    SAY(kill(-999999, 0));
    usleep(50000);
    SHOW("not for us %d", got);
    close(to[1]);
    waitpid(a, &status, 0);
    show_end("a", status);
    close(later[1]);
    waitpid(b, &status, 0);
    show_end("b", status);
    SAY(kill(0, SIGUSR1));
    SHOW("for us %d", got);
    SAY(kill(-getpgrp(), SIGUSR1));
    SHOW("again %d", got);

    pipe(to);
    pid_t c = fork();
    if (c == 0) {
        char *argv[] = {"sh", "-c", "read line; exit 5", NULL};
        dup2(to[0], 0);
        close(to[1]);
        fcntl(from[1], F_SETFD, FD_CLOEXEC);
        close(from[0]);
        execv("/bin/sh", argv);
        _exit(99);
    }
    close(from[1]);
    read(from[0], &byte, 1);
    SAY(setpgid(c, c));
    close(to[1]);
    waitpid(c, &status, 0);
    SHOW("c ended %d", WIFEXITED(status));
    SAY(setpgid(c, c));

    pid_t d = fork();
    if (d == 0) {
        setpgid(0, 0);
        pid_t e = fork();
        if (e == 0) { pause(); _exit(0); }
        kill(0, SIGTERM);
        pause();
        _exit(0);
    }
    waitpid(d, &status, 0);
    show_end("d", status);
    return 0;
}
