// A program with children: by fork, by vfork and exec, with a child of its own, and one that waits to be told to end.

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int step;
static volatile int waiting = 1;

static void in_child(int value) {
    step = value;
}

static void in_parent(int value) {
    step = value;
}

static void in_grandchild(int value) {
    step = value;
}

static int status_of(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// The child ends before its own child, and the parent before both: that is when the pipe ends.
static int family(void) {
    int ends[2];
    if (pipe(ends) != 0) return 1;
    if (fork() == 0) {
        if (fork() == 0) {
            char nothing;
            close(ends[1]);
            while (read(ends[0], &nothing, 1) < 0 && errno == EINTR) {
            }
            in_grandchild(3);
            puts("last");
            fflush(stdout);
            _exit(5);
        }
        _exit(4);
    }
    return 7;
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    pid_t child;
    int sum = 0;
    if (!strcmp(what, "leaf")) {
        in_child(2);
        return 9;
    }
    if (!strcmp(what, "family")) return family();
    if (strcmp(what, "vfork")) {
        child = fork();
        if (child == 0) {
            in_child(1);
            while (!strcmp(what, "wait") && waiting) usleep(1000);
            _exit(3);
        }
        in_parent(1);
        sum += status_of(child);
    }
    if (strcmp(what, "wait")) {
        child = vfork();
        if (child == 0) {
            step = 4;
            execl("/proc/self/exe", argv[0], "leaf", (char *) 0);
            _exit(99);
        }
        in_parent(2);
        sum += status_of(child);
    }
    printf("sum %d\n", sum);
    return sum;
}
