// builds: glibc-dynamic, glibc-static
#include "say.h"
#include <linux/openat2.h>
#include <sys/vfs.h>

#define AT_EMPTY 0x1000

static void flags_of(int fd)
{
    int f = fcntl(fd, F_GETFL);
    SHOW("  flags %o cloexec %d", f & ~0100000, fcntl(fd, F_GETFD));
}

int main(int argc, char **argv)
{
    char buf[300];
    struct stat s;
    umask(027);
    SAY(open("nothing", O_RDONLY));
    SAY(open("", O_RDONLY));
    SAY(open("nothing/x", O_RDONLY | O_CREAT, 0600));
    int a = SAY(open("a", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0777));
    flags_of(a);
    fstat(a, &s);
    SHOW("  mode %o", s.st_mode);
    SAY(open("a", O_RDWR | O_CREAT | O_EXCL, 0777));
    SAY(open("a/", O_RDONLY));
    SAY(open("a/b", O_RDONLY));
    SAY(open("a", O_DIRECTORY));
    SAY(mkdir("d", 0777));
    SAY(open("d", O_WRONLY));
    SAY(open("d", O_RDWR | O_CREAT, 0600));
    int d = SAY(open("d", O_RDONLY | O_DIRECTORY));
    flags_of(d);
    SAY(symlink("a", "link"));
    SAY(symlink("loop", "loop"));
    SAY(symlink("missing", "dangling"));
    SAY(open("loop", O_RDONLY));
    SAY(open("link", O_RDONLY | O_NOFOLLOW));
    SAY(open("dangling", O_RDONLY));
    SAY(open("dangling", O_RDONLY | O_CREAT | O_EXCL, 0600));
    int created = SAY(open("dangling", O_RDONLY | O_CREAT, 0600));
    SAY(stat("missing", &s));
    close(created);
    SAY(write(a, "0123456789", 10));
    int app = SAY(open("a", O_WRONLY | O_APPEND));
    SAY(write(app, "ab", 2));
    SAY(lseek(app, 0, SEEK_CUR));
    SAY(pwrite(app, "cd", 2, 0));
    fstat(a, &s);
    SHOW("  size %ld", (long)s.st_size);
    SAY(read(app, buf, 1));
    SAY(fcntl(app, F_SETFL, O_NONBLOCK));
    flags_of(app);
    SAY(fcntl(app, F_SETFL, O_APPEND | O_NOATIME));
    flags_of(app);
    int t = SAY(open("a", O_RDWR | O_TRUNC | O_SYNC));
    flags_of(t);
    fstat(a, &s);
    SHOW("  size %ld", (long)s.st_size);
    int ds = SAY(open("a", O_RDWR | O_DSYNC | O_NONBLOCK | O_NOCTTY));
    flags_of(ds);
    SAY(open("a", 3) >= 0);
    int three = open("a", 3);
    flags_of(three);
    SAY(read(three, buf, 1));
    SAY(write(three, buf, 1));

    SHOW("O_PATH");
    int p = SAY(open("a", O_PATH | O_CLOEXEC));
    flags_of(p);
    SAY(read(p, buf, 1));
    SAY(write(p, buf, 1));
    SAY(lseek(p, 0, SEEK_SET));
    SAY(fchmod(p, 0600));
    SAY(fchown(p, -1, -1));
    SAY(ftruncate(p, 0));
    SAY(fstat(p, &s));
    SHOW("  mode %o", s.st_mode);
    SAY(fstatfs(p, &(struct statfs){0}));
    SAY(fsync(p));
    SAY(fcntl(p, F_SETFL, O_APPEND));
    SAY(fcntl(p, F_GETLK, &(struct flock){.l_type = F_RDLCK}));
    SAY(ioctl(p, 0x541b, buf));
    SAY(flock(p, 1));
    int pl = SAY(open("link", O_PATH | O_NOFOLLOW));
    SAY(fstat(pl, &s));
    SHOW("  link %d", S_ISLNK(s.st_mode));
    memset(buf, 0, sizeof buf);
    SAY(readlinkat(pl, "", buf, 100));
    SHOW("  %s", buf);
    SAY(fstatat(pl, "", &s, AT_EMPTY));
    SHOW("  link %d", S_ISLNK(s.st_mode));
    SAY(fstatat(pl, "", &s, 0));
    int pd = SAY(open("d", O_PATH));
    SAY(openat(pd, "in", O_WRONLY | O_CREAT, 0644));
    SAY(openat(p, "in", O_RDONLY));
    SAY(syscall(SYS_getdents64, pd, buf, 300));
    SAY(fchdir(pd));
    SAY(access("in", F_OK));
    SAY(chdir(".."));
    snprintf(buf, sizeof buf, "/proc/self/fd/%d", p);
    int again = SAY(open(buf, O_RDWR) >= 0);
    SAY(dup(p) >= 0);

    SHOW("O_TMPFILE");
    int tmp = SAY(open("d", O_TMPFILE | O_RDWR, 0600));
    SAY(open("d", O_TMPFILE | O_RDONLY, 0600));
    SAY(open("a", O_TMPFILE | O_RDWR, 0600));
    SAY(write(tmp, "hidden", 6));
    SAY(fstat(tmp, &s));
    SHOW("  links %ld", (long)s.st_nlink);
    snprintf(buf, sizeof buf, "/proc/self/fd/%d", tmp);
    SAY(linkat(AT_FDCWD, buf, AT_FDCWD, "shown", AT_SYMLINK_FOLLOW));
    SAY(linkat(tmp, "", AT_FDCWD, "shown2", AT_EMPTY));
    SAY(stat("shown", &s));
    SHOW("  links %ld size %ld", (long)s.st_nlink, (long)s.st_size);

    SHOW("openat2");
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC};
    int o = RAW(openat2, AT_FDCWD, "a", &how, sizeof how);
    flags_of(o);
    how.flags = O_RDWR | O_CREAT;
    how.mode = 0666;
    o = RAW(openat2, AT_FDCWD, "made", &how, sizeof how);
    flags_of(o);
    fstat(o, &s);
    SHOW("  mode %o", s.st_mode);
    how.mode = 010000;
    RAW(openat2, AT_FDCWD, "made", &how, sizeof how);
    how.mode = 0600;
    how.flags = O_RDONLY;
    RAW(openat2, AT_FDCWD, "made", &how, sizeof how);
    how.mode = 0;
    how.flags = 1ull << 40;
    RAW(openat2, AT_FDCWD, "made", &how, sizeof how);
    how.flags = O_RDONLY;
    RAW(openat2, AT_FDCWD, "made", &how, 8);
    RAW(openat2, AT_FDCWD, "made", &how, 1 << 20);
    struct { struct open_how h; long more; } bigger = {{0}, 0};
    RAW(openat2, AT_FDCWD, "made", &bigger, sizeof bigger) >= 0;
    bigger.more = 1;
    RAW(openat2, AT_FDCWD, "made", &bigger, sizeof bigger);
    RAW(openat2, AT_FDCWD, "made", 0, sizeof how);
    RAW(openat2, AT_FDCWD, 0, &how, sizeof how);
    how.resolve = RESOLVE_NO_SYMLINKS;
    RAW(openat2, AT_FDCWD, "link", &how, sizeof how);
    how.resolve = RESOLVE_BENEATH;
    RAW(openat2, pd, "../a", &how, sizeof how);
    RAW(openat2, pd, "/etc/passwd", &how, sizeof how);
    OK(syscall(SYS_openat2, pd, "in", &how, sizeof how));
    how.resolve = RESOLVE_IN_ROOT;
    OK(syscall(SYS_openat2, pd, "/in", &how, sizeof how));
    RAW(openat2, pd, "/etc/passwd", &how, sizeof how);
    how.resolve = RESOLVE_NO_XDEV;
    RAW(openat2, AT_FDCWD, "/proc/self/exe", &how, sizeof how);
    how.resolve = RESOLVE_NO_MAGICLINKS;
    RAW(openat2, AT_FDCWD, "/proc/self/exe", &how, sizeof how);
    how.resolve = RESOLVE_BENEATH | RESOLVE_IN_ROOT;
    RAW(openat2, AT_FDCWD, "a", &how, sizeof how);
    how.resolve = 1 << 20;
    RAW(openat2, AT_FDCWD, "a", &how, sizeof how);
    RAW(openat2, 777, "a", &(struct open_how){0}, sizeof how);
    RAW(creat, "a", 0600);
    RAW(creat, "d", 0600);
    RAW(open, "a", -1, 0);
    RAW(open, "a", O_RDONLY | O_ASYNC) >= 0;
    SAY(open("made", O_RDONLY | O_DIRECT) >= 0 || errno == EINVAL);
    return 0;
}
