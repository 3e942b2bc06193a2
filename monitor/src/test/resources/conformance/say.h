/* Each line: what was called, what came back, errno's name when it failed. The same natively and in the machine. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static inline const char *error_name(int e)
{
    static char number[24];
    switch (e) {
#define E(name) case name: return #name
        E(EPERM); E(ENOENT); E(ESRCH); E(EINTR); E(EIO); E(ENXIO); E(E2BIG); E(ENOEXEC); E(EBADF); E(ECHILD);
        E(EAGAIN); E(ENOMEM); E(EACCES); E(EFAULT); E(ENOTBLK); E(EBUSY); E(EEXIST); E(EXDEV); E(ENODEV); E(ENOTDIR);
        E(EISDIR); E(EINVAL); E(ENFILE); E(EMFILE); E(ENOTTY); E(ETXTBSY); E(EFBIG); E(ENOSPC); E(ESPIPE); E(EROFS);
        E(EMLINK); E(EPIPE); E(EDOM); E(ERANGE); E(EDEADLK); E(ENAMETOOLONG); E(ENOLCK); E(ENOSYS); E(ENOTEMPTY);
        E(ELOOP); E(ENOMSG); E(EIDRM); E(ENODATA); E(ETIME); E(EPROTO); E(EBADMSG); E(EOVERFLOW); E(EILSEQ);
        E(ENOTSOCK); E(EDESTADDRREQ); E(EMSGSIZE); E(EPROTOTYPE); E(ENOPROTOOPT); E(EPROTONOSUPPORT);
        E(ESOCKTNOSUPPORT); E(EOPNOTSUPP); E(EPFNOSUPPORT); E(EAFNOSUPPORT); E(EADDRINUSE); E(EADDRNOTAVAIL);
        E(ENETDOWN); E(ENETUNREACH); E(ECONNABORTED); E(ECONNRESET); E(ENOBUFS); E(EISCONN); E(ENOTCONN);
        E(ETOOMANYREFS); E(ETIMEDOUT); E(ECONNREFUSED); E(EHOSTUNREACH); E(EALREADY); E(EINPROGRESS); E(ESTALE);
        E(ECANCELED); E(EOWNERDEAD); E(ENOTRECOVERABLE);
#undef E
    default:
        snprintf(number, sizeof number, "errno %d", e);
        return number;
    }
}

static long said(const char *what, long result)
{
    int e = errno;
    if (result == -1) printf("%s = %s\n", what, error_name(e));
    else printf("%s = %ld\n", what, result);
    fflush(stdout);
    errno = e;
    return result;
}
#define SAY(call) (errno = 0, said(#call, (long)(call)))
/* Only whether it worked, for results that differ from run to run. */
#define OK(call) (errno = 0, said(#call, (long)(call) == -1 ? -1 : 0))
/* For calls that answer an address. */
#define MAPPED(call) (errno = 0, mapped_said(#call, (call)))
#define SHOW(format, ...) (printf(format "\n", ##__VA_ARGS__), fflush(stdout))
/* A system call by its number, past what the C library makes of it. */
#define RAW(name, ...) SAY(syscall(SYS_##name, ##__VA_ARGS__))

static inline void *mapped_said(const char *what, void *result)
{
    said(what, result == (void *)-1 ? -1 : 0);
    return result;
}

static inline long monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A file made with these bytes. */
static inline void put_file(const char *name, const char *content)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || write(fd, content, strlen(content)) != (ssize_t)strlen(content)) { perror(name); exit(99); }
    close(fd);
}

/* How a child ended; it must be one of ours. */
static inline void show_end(const char *what, int status)
{
    if (WIFEXITED(status)) SHOW("%s: exit %d", what, WEXITSTATUS(status));
    else if (WIFSIGNALED(status)) SHOW("%s: signal %d", what, WTERMSIG(status));
    else if (WIFSTOPPED(status)) SHOW("%s: stopped by %d", what, WSTOPSIG(status));
    else SHOW("%s: status 0x%x", what, status);
}

/* Whether a thread of the program sleeps in a call: one that has something to do runs, or waits for a processor. */
static inline int is_asleep(int tid)
{
    char file[64], text[512];
    snprintf(file, sizeof file, "/proc/self/task/%d/stat", tid);
    for (int look = 0; look < 3; look++) {
        if (look) nanosleep(&(struct timespec){0, 5000000}, 0);
        int fd = open(file, O_RDONLY);
        ssize_t n = read(fd, text, sizeof text - 1);
        if (n <= 0) { perror(file); _exit(98); }
        close(fd);
        text[n] = 0;
        if (strncmp(strrchr(text, ')'), ") S", 3) != 0) return 0;
    }
    return 1;
}

static inline void await_asleep(int tid)
{
    while (!is_asleep(tid)) nanosleep(&(struct timespec){0, 1000000}, 0);
}
