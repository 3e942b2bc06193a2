#include "say.h"
#include <sys/prctl.h>

/* Children whose parent ends, and who gets them. prctl(2): PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG. */

static volatile sig_atomic_t got;

static void on_signal(int signal)
{
    got = signal;
}

int main(void)
{
    int line[2], told[2], go[2], status;
    char byte;
    int flag = 5;
    SAY(prctl(PR_GET_CHILD_SUBREAPER, &flag));
    SHOW("subreaper %d", flag);
    SAY(prctl(PR_SET_CHILD_SUBREAPER, 1));
    pid_t top = getpid();
    pipe(line), pipe(told), pipe(go);
    pid_t middle = fork();
    if (middle == 0) {
        pid_t low = fork();
        if (low == 0) {
            flag = 5;
            prctl(PR_GET_CHILD_SUBREAPER, &flag);
            SHOW("low: subreaper %d", flag);
            pid_t parent = getppid();
            write(told[1], "x", 1);
            for (int i = 0; i < 500 && getppid() == parent; i++) usleep(10000);
            read(go[0], &byte, 1);
            SHOW("low: top is the parent now %d", getppid() == top);
            _exit(8);
        }
        read(told[0], &byte, 1);
        _exit(7);
    }
    waitpid(middle, &status, 0);
    show_end("middle", status);
    write(go[1], "x", 1);
    pid_t other = wait(&status);
    SHOW("another child %d", other > 0 && other != middle);
    show_end("low", status);
    SAY(wait(&status));
    SAY(prctl(PR_SET_CHILD_SUBREAPER, 0));

    SAY(prctl(PR_SET_PDEATHSIG, 65));
    SAY(prctl(PR_GET_PDEATHSIG, &flag));
    SHOW("death signal %d", flag);
    middle = fork();
    if (middle == 0) {
        if (fork() == 0) {
            close(line[0]);
            signal(SIGUSR1, on_signal);
            prctl(PR_SET_PDEATHSIG, SIGUSR1);
            prctl(PR_GET_PDEATHSIG, &flag);
            SHOW("low: death signal %d", flag);
            write(told[1], "x", 1);
            for (int i = 0; i < 500 && !got; i++) usleep(10000);
            SHOW("low: got %d", got);
            _exit(0);
        }
        read(told[0], &byte, 1);
        _exit(0);
    }
    close(line[1]);
    waitpid(middle, &status, 0);
    SHOW("the line ends %d", (int)read(line[0], &byte, 1));
    return 0;
}
