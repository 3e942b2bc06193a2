#include "say.h"
#include <dirent.h>
#include <sys/inotify.h>

struct linux_dirent64 { uint64_t ino; int64_t off; unsigned short len; unsigned char type; char name[]; };

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

/* All names through buffers of so many bytes, sorted. */
static void list(int fd, int bytes, int number)
{
    char buf[4096], names[64][32];
    int n = 0;
    long got;
    while ((got = syscall(number, fd, buf, bytes)) > 0) {
        for (long at = 0; at < got;) {
            if (number == SYS_getdents64) {
                struct linux_dirent64 *e = (void *)(buf + at);
                snprintf(names[n++], 32, "%s %d", e->name, e->type);
                at += e->len;
            } else {
                unsigned short len = *(unsigned short *)(buf + at + 16);
                snprintf(names[n++], 32, "%s %d", buf + at + 18, buf[at + len - 1]);
                at += len;
            }
        }
    }
    if (got < 0) SHOW("  %s", error_name(errno));
    qsort(names, n, 32, by_name);
    for (int i = 0; i < n; i++) SHOW("  %s", names[i]);
}

static void events(int fd)
{
    char buf[4096];
    ssize_t n = read(fd, buf, sizeof buf);
    if (n < 0) { SHOW("  %s", error_name(errno)); return; }
    for (ssize_t at = 0; at < n;) {
        struct inotify_event *e = (void *)(buf + at);
        SHOW("  wd %d mask %x cookie %d name %s", e->wd, e->mask, e->cookie != 0, e->len ? e->name : "-");
        at += sizeof *e + e->len;
    }
}

int main(int argc, char **argv)
{
    char buf[4096];
    mkdir("d", 0755);
    chdir("d");
    for (int i = 0; i < 12; i++) {
        snprintf(buf, sizeof buf, "file%02d", i);
        put_file(buf, "x");
    }
    mkdir("dir", 0755);
    symlink("x", "link");
    mkfifo("fifo", 0600);
    chdir("..");
    int d = SAY(open("d", O_RDONLY));
    list(d, 4096, SYS_getdents64);
    SAY(lseek(d, 0, SEEK_SET));
    list(d, 64, SYS_getdents64);
    SAY(lseek(d, 0, SEEK_SET));
    list(d, 100, SYS_getdents);
    SAY(lseek(d, 0, SEEK_SET));
    list(d, 20, SYS_getdents64);
    RAW(getdents64, d, (void *)8, 4096);
    RAW(getdents64, 0, buf, 4096);
    RAW(getdents64, 999, buf, 4096);
    SAY(read(d, buf, 10));
    SAY(write(d, buf, 10));
    SAY(pread(d, buf, 10, 0));
    DIR *dir = fdopendir(dup(d));
    rewinddir(dir);
    readdir(dir);
    readdir(dir);
    long at = telldir(dir);
    struct dirent *e = readdir(dir);
    char third[300];
    strcpy(third, e->d_name);
    readdir(dir);
    seekdir(dir, at);
    SHOW("seekdir comes back %d", !strcmp(third, readdir(dir)->d_name));
    int n = 1;
    while (readdir(dir)) n++;
    SHOW("rest %d", n);
    closedir(dir);
    unlink("d/file03");
    int other = open("d", O_RDONLY);
    list(other, 256, SYS_getdents64);

    SHOW("a directory that is gone");
    mkdir("gone", 0700);
    int g = open("gone", O_RDONLY);
    rmdir("gone");
    RAW(getdents64, g, buf, 4096);
    SAY(openat(g, "x", O_RDONLY));
    SAY(openat(g, ".", O_RDONLY) >= 0);

    SHOW("inotify");
    int i = SAY(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    SAY(inotify_init1(0x10));
    SAY(inotify_add_watch(i, "d", IN_ALL_EVENTS));
    SAY(inotify_add_watch(i, "none", IN_ALL_EVENTS));
    SAY(inotify_add_watch(i, "d", 0));
    SAY(inotify_add_watch(0, "d", IN_CREATE));
    SAY(inotify_add_watch(999, "d", IN_CREATE));
    SAY(inotify_add_watch(i, (char *)8, IN_CREATE));
    SAY(inotify_add_watch(i, "d/file01", IN_ONLYDIR | IN_CREATE));
    events(i);
    put_file("d/new", "hello");
    events(i);
    rename("d/new", "d/newer");
    events(i);
    chmod("d/newer", 0600);
    mkdir("d/sub", 0700);
    events(i);
    SAY(read(i, buf, 3));
    unlink("d/newer");
    int size = 0;
    SAY(ioctl(i, 0x541b, &size));
    SHOW("  waiting %d", size > 0);
    SAY(read(i, buf, 3));
    events(i);
    int w2 = SAY(inotify_add_watch(i, "d/file01", IN_OPEN | IN_ONESHOT));
    SAY(close(open("d/file01", O_RDONLY)));
    events(i);
    SAY(inotify_add_watch(i, "d/sub", IN_DELETE_SELF));
    rmdir("d/sub");
    events(i);
    SAY(inotify_rm_watch(i, 1));
    events(i);
    SAY(inotify_rm_watch(i, 1));
    SAY(inotify_rm_watch(0, 1));
    SAY(inotify_rm_watch(999, 1));
    struct pollfd pf = {i, POLLIN};
    SAY(inotify_add_watch(i, ".", IN_CREATE));
    SAY(poll(&pf, 1, 0));
    put_file("touch", "");
    SAY(poll(&pf, 1, 1000));
    events(i);
    SAY(inotify_add_watch(i, "/proc/self/fd", IN_OPEN) > 0 || errno);
    return 0;
}
