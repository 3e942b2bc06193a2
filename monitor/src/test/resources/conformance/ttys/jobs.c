#include "say.h"
#include <sys/ioctl.h>
#include <termios.h>

/* What a shell does to a job that reads from the terminal in the background. setpgid(2), tcsetpgrp(3), credentials(7). */

enum { ROUNDS = 20 };

int main(void)
{
    int status, again = 0, killed = 0, grouped = 0;
    pid_t shell = fork();
    if (shell != 0) {
        SAY(waitpid(shell, &status, 0) == shell);
        show_end("shell", status);
        return 0;
    }
    SHOW("session %d", setsid() == getpid());
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    SAY(grantpt(master));
    SAY(unlockpt(master));
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    SAY(ioctl(terminal, TIOCSCTTY, 0));
    SAY(tcsetpgrp(terminal, getpgrp()));
    for (int round = 0; round < ROUNDS; round++) {
        pid_t job = fork();
        if (job == 0) {
            char byte;
            setpgid(0, 0);
            read(terminal, &byte, 1);
            _exit(9);
        }
        waitpid(job, &status, WUNTRACED);
        if (round == 0) show_end("in the background", status);
        grouped += setpgid(job, job) == 0 && getpgid(job) == job;
        kill(-job, SIGTERM);
        kill(-job, SIGCONT);
        waitpid(job, &status, WUNTRACED);
        if (WIFSTOPPED(status)) {
            again++;
            kill(job, SIGKILL);
            waitpid(job, &status, 0);
        }
        killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM;
    }
    SHOW("grouped %d, stopped again %d, killed %d", grouped, again, killed);

    pid_t job = fork();
    if (job == 0) {
        setpgid(0, 0);
        raise(SIGSTOP);
        while (getpgrp() == getpid()) usleep(1000);
        _exit(getpgrp() == getppid() ? 3 : 4);
    }
    waitpid(job, &status, WUNTRACED);
    show_end("by itself", status);
    SAY(setpgid(job, getpgrp()));
    SAY(setpgid(job, getpgrp()));
    SAY(kill(job, SIGCONT));
    waitpid(job, &status, 0);
    show_end("moved while it was stopped", status);
    return 7;
}
