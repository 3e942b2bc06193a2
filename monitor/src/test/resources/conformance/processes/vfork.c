#include "say.h"
#include <sched.h>
#include <spawn.h>
#include <sys/resource.h>

/* Children that run on their parent's memory. vfork(2), posix_spawn(3), clone(2). */

extern char **environ;
static volatile int shared = 1;
static char stack[65536] __attribute__((aligned(16)));

static int function(void *argument)
{
    shared = 20;
    usleep(50000);
    shared = 21;
    return 13;
}

static void spawned(const char *what, const char *script, posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes)
{
    char *argv[] = {"sh", "-c", (char *)script, NULL};
    pid_t pid;
    int status;
    int result = posix_spawn(&pid, "/bin/sh", actions, attributes, argv, environ);
    SHOW("%s: %s", what, result ? error_name(result) : "spawned");
    if (result) return;
    waitpid(pid, &status, 0);
    show_end(what, status);
}

/* What raise(3) of musl does: its thread's number comes from the memory that is the parent's. */
static void signal_parent(void)
{
    sigset_t one, before, pending;
    int status;
    volatile int result = -1;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR1);
    sigprocmask(SIG_BLOCK, &one, &before);
    pid_t me = getpid(), pid = vfork();
    if (pid == 0) {
        result = syscall(SYS_tkill, me, SIGUSR1);
        _exit(3);
    }
    waitpid(pid, &status, 0);
    sigpending(&pending);
    SHOW("tkill of the parent: %d, pending there %d", result, sigismember(&pending, SIGUSR1));
    show_end("its child", status);
    signal(SIGUSR1, SIG_IGN);
    sigprocmask(SIG_SETMASK, &before, 0);
    signal(SIGUSR1, SIG_DFL);
}

int main(void)
{
    int status;
    signal_parent();
    pid_t me = getpid(), pid;
    int fd = open("f", O_RDWR | O_CREAT, 0600);
    pid = vfork();
    if (pid == 0) {
        shared = 2;
        int right = getpid() != me && getppid() == me && syscall(SYS_gettid) == getpid();
        close(fd);
        _exit(right ? 7 : 8);
    }
    SHOW("shared %d, waited %d, still open %d", shared, waitpid(pid, &status, 0) == pid, fcntl(fd, F_GETFD));
    show_end("vfork", status);
    pid = vfork();
    if (pid == 0) { kill(getpid(), SIGTERM); _exit(1); }
    waitpid(pid, &status, 0);
    show_end("killed", status);

    pid = clone(function, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, 0);
    SHOW("after the child: %d", shared);
    waitpid(pid, &status, 0);
    show_end("clone", status);

    pid_t unused;
    char *argv[] = {"x", NULL};
    SHOW("no such file: %s", error_name(posix_spawn(&unused, "/nonexistent", 0, 0, argv, environ)));
    put_file("plain", "text");
    SHOW("not executable: %s", error_name(posix_spawn(&unused, "./plain", 0, 0, argv, environ)));
    SAY(waitpid(-1, &status, WNOHANG));

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "out", O_CREAT | O_TRUNC | O_WRONLY, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    posix_spawn_file_actions_addclose(&actions, fd);
    char script[200];
    snprintf(script, sizeof script, "echo out; echo err >&2; [ -e /proc/self/fd/%d ] || echo closed; exit 4", fd);
    spawned("actions", script, &actions, 0);
    char text[200] = "";
    read(open("out", O_RDONLY), text, 199);
    SHOW("%s", text);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    posix_spawnattr_setsigmask(&attributes, &set);
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    posix_spawnattr_setsigdefault(&attributes, &set);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    spawned("attributes", "kill -TERM $$; read pid rest < /proc/self/stat; set -- $rest; [ $4 = $$ ] && exit 3; exit 2", 0, &attributes);

    pid = vfork();
    if (pid == 0) {
        chdir("/usr");
        umask(077);
        setpriority(PRIO_PROCESS, 0, 5);
        struct rlimit limit = {33, 33};
        setrlimit(RLIMIT_NOFILE, &limit);
        setsid();
        execl("/bin/sh", "sh", "-c", "pwd; umask; ulimit -n; nice; read a b c d e f g < /proc/self/stat; [ $f = $$ ] && echo leader", (char *)0);
        _exit(9);
    }
    waitpid(pid, &status, 0);
    show_end("changes", status);
    char where[4096];
    mode_t mask = umask(0);
    SHOW("not here: %d %o %d", strcmp(getcwd(where, 4096), "/usr") != 0, mask, getpriority(PRIO_PROCESS, 0));
    FILE *pipe = popen("cat </dev/null; echo $((6*7))", "r");
    SHOW("popen %s", fgets(text, 100, pipe) ? text : "nothing");
    SHOW("pclose 0x%x", pclose(pipe));
    SHOW("system 0x%x", system("exit 5"));
    SHOW("system 0x%x", system("kill -9 $$"));
    return 0;
}
