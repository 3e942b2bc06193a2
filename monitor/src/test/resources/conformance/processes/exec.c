#include "say.h"
#include <sys/prctl.h>
#include <sys/mman.h>
#include <pthread.h>

/* What a new program finds, and why there may be none. execve(2), execveat(2). */

extern char **environ;

static void *sleeper(void *unused)
{
    for (;;) pause();
}

static void *executor(void *arguments)
{
    execv("/proc/self/exe", arguments);
    _exit(98);
}

static void handler(int signal) {}

static int second(int argc, char **argv)
{
    char name[16];
    prctl(PR_GET_NAME, name);
    SHOW("argc %d, argv[0] %s, name %s, TEST=%s", argc, argv[0], name, getenv("TEST") ? getenv("TEST") : "none");
    SHOW("pid kept %d, tid is pid %d", getpid() == atoi(argv[2]), syscall(SYS_gettid) == getpid());
    SHOW("closed %d, kept %d", fcntl(50, F_GETFD), fcntl(51, F_GETFD));
    struct sigaction action;
    sigaction(SIGUSR1, 0, &action);
    SHOW("handler reset %d", action.sa_handler == SIG_DFL);
    sigaction(SIGUSR2, 0, &action);
    SHOW("ignored kept %d", action.sa_handler == SIG_IGN);
    sigset_t mask, pending;
    sigprocmask(SIG_SETMASK, 0, &mask);
    sigpending(&pending);
    SHOW("mask kept %d, pending kept %d", sigismember(&mask, SIGHUP), sigismember(&pending, SIGHUP));
    stack_t stack;
    sigaltstack(0, &stack);
    SHOW("alternate stack gone %d", stack.ss_flags == SS_DISABLE);
    SHOW("alarm kept %d", alarm(0) > 50);
    char where[4096];
    SHOW("in %s, umask %o", strrchr(getcwd(where, sizeof where), '/'), umask(0));
    char byte = 0;
    int fd = 51;
    read(fd, &byte, 1);
    SHOW("offset kept: %c", byte);
    SAY(prctl(PR_GET_DUMPABLE));
    return 17;
}

static int run(char *const argv[], const char *file)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        execv(file, argv);
        printf("exec %s: %s\n", file[0] == '/' && file[1] == 't' ? "there" : file, error_name(errno));
        fflush(stdout);
        _exit(1);
    }
    int status;
    waitpid(pid, &status, 0);
    show_end(argv[0] && argv[0][0] != '/' ? argv[0] : "run", status);
    return status;
}

int main(int argc, char **argv)
{
    if (argc > 2 && !strcmp(argv[1], "second")) return second(argc, argv);
    char self[4096];
    self[readlink("/proc/self/exe", self, sizeof self - 1)] = 0;

    put_file("text", "echo no interpreter\n");
    put_file("empty", "");
    put_file("garbage", "\177ELF and nothing else that makes sense at all, though long enough for a header......");
    put_file("script", "#!/bin/sh -e\necho \"script $0 $1 $#\"\nexit 4\n");
    put_file("nested", "#!./script here\n");
    put_file("lost", "#!/nonexistent/sh\n");
    put_file("blank", "#!   \n");
    put_file("loop", "#!./loop\n");
    put_file("notexec", "#!/bin/sh\n");
    chmod("text", 0755), chmod("empty", 0755), chmod("garbage", 0755), chmod("script", 0755), chmod("nested", 0755);
    chmod("lost", 0755), chmod("blank", 0755), chmod("loop", 0755);
    mkdir("folder", 0755);
    symlink("script", "link");
    symlink("circle", "circle");
    char *none[] = {"x", "one", NULL};
    char *files[] = {"./nonexistent", "./text", "./empty", "./garbage", "./script", "./nested", "./lost", "./blank", "./loop",
            "./notexec", "./folder", "./link", "./circle", "./text/below", ""};
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++) run(none, files[i]);
    SAY(execve((char *)8, none, environ));
    SAY(execve("./script", (char **)8, environ));
    SAY(execve("./script", none, (char **)8));
    char *huge = malloc(200000);
    memset(huge, 'a', 199999);
    huge[199999] = 0;
    char *long_one[] = {"x", huge, NULL};
    SAY(execve("./script", long_one, environ));
    static char *many[200000];
    huge[100000] = 0;
    for (int i = 0; i < 100; i++) many[i] = huge;
    SAY(execve("./script", many, environ));

    int script = open("script", O_RDONLY);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) { syscall(SYS_execveat, script, "", none, environ, AT_EMPTY_PATH); _exit(errno); }
    int status;
    waitpid(pid, &status, 0);
    SHOW("execveat of a script ended %d", WIFEXITED(status));
    fcntl(script, F_SETFD, FD_CLOEXEC);
    RAW(execveat, script, "", none, environ, AT_EMPTY_PATH);
    RAW(execveat, script, "", none, environ, 0);
    RAW(execveat, AT_FDCWD, "link", none, environ, AT_SYMLINK_NOFOLLOW);
    RAW(execveat, 99, "link", none, environ, 0);
    RAW(execveat, AT_FDCWD, "script", none, environ, 0x40000);
    int folder = open(".", O_RDONLY | O_DIRECTORY);
    pid = fork();
    if (pid == 0) { syscall(SYS_execveat, folder, "script", none, environ, 0); _exit(99); }
    waitpid(pid, &status, 0);
    show_end("relative to a folder", status);

    setenv("TEST", "value", 1);
    put_file("data", "abc");
    int data = open("data", O_RDONLY);
    dup2(data, 51);
    char byte;
    read(data, &byte, 1);
    fcntl(data, F_DUPFD_CLOEXEC, 50);
    dup3(data, 50, O_CLOEXEC);
    signal(SIGUSR1, handler);
    signal(SIGUSR2, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, 0);
    raise(SIGHUP);
    stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
    sigaltstack(&stack, 0);
    umask(031);
    chdir("folder");
    prctl(PR_SET_NAME, "another");
    for (int threads = 0; threads < 3; threads++) {
        fflush(stdout);
        pid = fork();
        if (pid == 0) {
            alarm(100);
            char number[20];
            snprintf(number, sizeof number, "%d", getpid());
            char *again[] = {"renamed", "second", number, NULL};
            pthread_t one;
            if (threads > 0) pthread_create(&one, 0, sleeper, 0);
            if (threads > 1) {
                pthread_create(&one, 0, executor, again);
                for (;;) pause();
            }
            int me = open(self, O_PATH);
            if (threads == 0) fexecve(me, again, environ);
            else execv(self, again);
            _exit(97);
        }
        waitpid(pid, &status, 0);
        show_end("second", status);
    }
    return 0;
}
