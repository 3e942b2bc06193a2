#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Forks again and again, and many times at once; between the steps it waits to be looked at. */

static void look(const char *step)
{
    printf("%s\n", step);
    fflush(stdout);
    if (getchar() == EOF) exit(9);
}

static int one_by_one(int count)
{
    int bad = 0, status;
    for (int i = 0; i < count; i++) {
        pid_t pid = fork();
        if (pid == 0) _exit(i & 63);
        bad += pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != (i & 63);
    }
    return bad;
}

static int at_once(int count)
{
    pid_t *pids = calloc(count, sizeof *pids);
    int line[2], bad = 0, status;
    char byte;
    if (pipe(line)) return -1;
    for (int i = 0; i < count; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            close(line[1]);
            read(line[0], &byte, 1);
            _exit(5);
        }
    }
    close(line[1]);
    for (int i = 0; i < count; i++) {
        bad += pids[i] < 0 || waitpid(pids[i], &status, 0) != pids[i] || !WIFEXITED(status) || WEXITSTATUS(status) != 5;
    }
    close(line[0]);
    free(pids);
    return bad;
}

int main(int argc, char **argv)
{
    one_by_one(3);
    look("start");
    int bad = one_by_one(atoi(argv[1]));
    look("row");
    bad += at_once(atoi(argv[2]));
    look("crowd");
    return bad;
}
