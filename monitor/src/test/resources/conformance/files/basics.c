#include "say.h"
#include <dirent.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <sys/inotify.h>
#include <sys/sysmacros.h>
#include <utime.h>

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void list(const char *path)
{
    char *names[64];
    int n = 0;
    DIR *d = opendir(path);
    if (!d) { said("opendir", -1); return; }
    for (struct dirent *e; (e = readdir(d)) && n < 64;) names[n++] = strdup(e->d_name);
    closedir(d);
    qsort(names, n, sizeof *names, by_name);
    for (int i = 0; i < n; i++) SHOW("  entry %s", names[i]);
}

static void stat_of(const char *path)
{
    struct stat s;
    if (SAY(stat(path, &s)) == 0)
        SHOW("  %s mode %o size %ld links %ld", path, s.st_mode, (long)s.st_size, (long)s.st_nlink);
}

int main(int argc, char **argv)
{
    char buf[4096];
    struct stat s;
    syscall(SYS_close_range, 3, ~0U, 0);
    umask(022);
    if (argc < 2 || mkdir(argv[1], 0755) || chdir(argv[1])) { perror(argv[1]); return 2; }

    int fd = SAY(open("a.txt", O_RDWR | O_CREAT | O_EXCL, 0666));
    SAY(open("a.txt", O_RDWR | O_CREAT | O_EXCL, 0666));
    SAY(write(fd, "hello world\n", 12));
    SAY(lseek(fd, 0, SEEK_SET));
    memset(buf, 0, sizeof buf);
    SAY(read(fd, buf, sizeof buf));
    SHOW("  %s", buf);
    SAY(read(fd, buf, sizeof buf));
    SAY(lseek(fd, -5, SEEK_END));
    SAY(lseek(fd, -50, SEEK_END));
    SAY(lseek(fd, 0, 77));
    SAY(pread(fd, buf, 5, 6));
    SHOW("  %.5s", buf);
    SAY(pwrite(fd, "WORLD", 5, 6));
    SAY(pread(fd, buf, 5, -1));
    struct iovec v[3] = {{"one ", 4}, {"", 0}, {"two\n", 4}};
    SAY(writev(fd, v, 3));
    SAY(writev(fd, v, -1));
    SAY(writev(fd, v, 1025));
    SAY(writev(fd, v, 0));
    char x[3], y[20];
    struct iovec r[2] = {{x, 3}, {y, 20}};
    memset(y, 0, sizeof y);
    SAY(lseek(fd, 0, SEEK_SET));
    SAY(readv(fd, r, 2));
    SHOW("  %.3s|%s", x, y);
    SAY(preadv(fd, r, 2, 4));
    SAY(syscall(SYS_preadv2, fd, r, 2, 0L, 0L, 0));
    SAY(syscall(SYS_pwritev2, fd, r, 1, 30L, 0L, 0));
    SAY(ftruncate(fd, 10));
    SAY(fstat(fd, &s));
    SHOW("  mode %o size %ld", s.st_mode, (long)s.st_size);
    SAY(truncate("a.txt", 4));
    SAY(truncate("none.txt", 4));
    SAY(fallocate(fd, 0, 0, 100));
    SAY(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
    SAY(fsync(fd));
    SAY(fdatasync(fd));
    SAY(fchmod(fd, 0600));
    SAY(fchown(fd, -1, -1));
    SAY(flock(fd, LOCK_EX | LOCK_NB));
    SAY(flock(fd, LOCK_UN));
    SAY(close(fd));
    SAY(close(fd));
    SAY(read(fd, buf, 1));
    SAY(write(fd, buf, 1));

    SAY(mkdir("dir", 0777));
    SAY(mkdir("dir", 0777));
    SAY(mkdirat(AT_FDCWD, "dir/sub", 0700));
    SAY(rmdir("dir"));
    SAY(rmdir("none"));
    int dir = SAY(open("dir", O_RDONLY | O_DIRECTORY));
    int in = SAY(openat(dir, "file", O_WRONLY | O_CREAT | O_TRUNC, 0640));
    SAY(read(in, buf, 1));
    SAY(dprintf(in, "inside"));
    close(in);
    SAY(openat(dir, "none", O_RDONLY));
    SAY(openat(999, "none", O_RDONLY));
    SAY(openat(in, "/etc/passwd", O_RDONLY) >= 0);
    SAY(open("a.txt/b", O_RDONLY));
    SAY(open("a.txt", O_RDONLY | O_DIRECTORY));
    SAY(open("dir", O_WRONLY));
    SAY(open("", O_RDONLY));
    memset(buf, 'n', 4095);
    buf[4095] = 0;
    SAY(open(buf, O_RDONLY));
    buf[300] = 0;
    SAY(open(buf, O_RDONLY));
    SAY(fstatat(dir, "file", &s, 0));
    SHOW("  size %ld mode %o", (long)s.st_size, s.st_mode);
    SAY(fstatat(dir, "", &s, AT_EMPTY_PATH));
    SHOW("  dir %d", S_ISDIR(s.st_mode));
    SAY(fstatat(dir, "", &s, 0));
    char sx[256];
    SAY(syscall(SYS_statx, dir, "file", 0, 0x7ff, sx));
    list("dir");
    SAY(fchdir(dir));
    SAY(access("file", R_OK | W_OK));
    SAY(access("file", X_OK));
    SAY(access("none", F_OK));
    SAY(faccessat(dir, "file", F_OK, AT_EACCESS));
    SAY(chdir(".."));
    SAY(chdir("a.txt"));
    SAY(fchdir(999));
    SAY(symlink("dir/file", "link"));
    SAY(symlink("dir/file", "link"));
    SAY(symlinkat("../a.txt", dir, "up"));
    memset(buf, 0, sizeof buf);
    SAY(readlink("link", buf, sizeof buf));
    SHOW("  %s", buf);
    SAY(readlinkat(dir, "up", buf, 3));
    SAY(readlink("a.txt", buf, sizeof buf));
    SAY(readlink("link", buf, 0));
    SAY(lstat("link", &s));
    SHOW("  is link %d size %ld", S_ISLNK(s.st_mode), (long)s.st_size);
    SAY(open("link", O_RDONLY | O_NOFOLLOW));
    SAY(symlink("loop", "loop"));
    SAY(open("loop", O_RDONLY));
    SAY(link("a.txt", "hard"));
    SAY(link("a.txt", "hard"));
    stat_of("hard");
    SAY(linkat(AT_FDCWD, "link", dir, "linked", AT_SYMLINK_FOLLOW));
    SAY(rename("hard", "renamed"));
    SAY(rename("none", "renamed"));
    SAY(renameat(AT_FDCWD, "renamed", dir, "moved"));
    SAY(syscall(SYS_renameat2, AT_FDCWD, "a.txt", dir, "moved", 1));
    SAY(chmod("a.txt", 0644));
    SAY(fchmodat(AT_FDCWD, "none", 0600, 0));
    SAY(chown("a.txt", -1, -1));
    SAY(lchown("link", -1, -1));
    struct timespec when[2] = {{1000000000, 5}, {1000000001, 6}};
    SAY(utimensat(AT_FDCWD, "a.txt", when, 0));
    SAY(stat("a.txt", &s));
    SHOW("  times %ld.%ld %ld.%ld", s.st_atim.tv_sec, s.st_atim.tv_nsec, s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
    struct timeval tv[2] = {{1, 2}, {3, 4}};
    SAY(utimes("a.txt", tv));
    struct utimbuf ub = {5, 6};
    SAY(utime("a.txt", &ub));
    SAY(stat("a.txt", &s));
    SHOW("  times %ld %ld", s.st_atime, s.st_mtime);
    fd = SAY(open("a.txt", O_RDWR));
    when[0].tv_nsec = UTIME_OMIT;
    SAY(futimens(fd, when));
    when[1].tv_nsec = 1000000000;
    SAY(futimens(fd, when));
    SAY(mknod("fifo", S_IFIFO | 0644, 0));
    SAY(mknodat(dir, "reg", S_IFREG | 0644, 0));
    stat_of("fifo");
    SAY(open("fifo", O_WRONLY | O_NONBLOCK));
    int out = SAY(open("copy", O_RDWR | O_CREAT | O_TRUNC, 0600));
    off_t at = 1;
    SAY(pwrite(fd, "0123456789", 10, 0));
    SAY(sendfile(out, fd, &at, 5));
    SHOW("  offset %ld", (long)at);
    loff_t from = 2, to = 20;
    SAY(copy_file_range(fd, &from, out, &to, 4, 0));
    SHOW("  offsets %ld %ld", (long)from, (long)to);
    stat_of("copy");
    struct statfs sf;
    SAY(statfs(".", &sf));
    SAY(fstatfs(fd, &sf));
    SAY(statfs("none", &sf));
    SAY(unlink("dir/moved"));
    SAY(unlink("dir"));
    SAY(unlinkat(dir, "sub", 0));
    SAY(unlinkat(dir, "sub", AT_REMOVEDIR));
    list("dir");
    SAY(setxattr("a.txt", "user.x", "value", 5, 0));
    memset(buf, 0, sizeof buf);
    SAY(getxattr("a.txt", "user.x", buf, sizeof buf));
    SAY(getxattr("a.txt", "user.none", buf, sizeof buf));
    SAY(fgetxattr(fd, "user.x", 0, 0));
    SAY(listxattr("a.txt", buf, sizeof buf) >= 0);
    SAY(removexattr("a.txt", "user.x"));
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 4};
    SAY(fcntl(fd, F_SETLK, &lock));
    SAY(fcntl(fd, F_GETLK, &lock));
    SHOW("  type %d", lock.l_type);
    lock.l_type = F_UNLCK;
    SAY(fcntl(fd, F_SETLK, &lock));
    int m = SAY(memfd_create("mem", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    SAY(ftruncate(m, 8192));
    SAY(fcntl(m, F_ADD_SEALS, F_SEAL_SHRINK));
    SAY(ftruncate(m, 1));
    char *p = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, m, 0);
    SAY(p == MAP_FAILED);
    strcpy(p, "through memory");
    SAY(pread(m, buf, 15, 0));
    SHOW("  %s", buf);
    p = mmap(0, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    SHOW("  mapped %.10s", p);
    SAY(mmap(0, 4096, PROT_READ, MAP_PRIVATE, 999, 0) == MAP_FAILED);
    int queued = -1;
    SAY(ioctl(fd, FIONREAD, &queued));
    SAY(ioctl(fd, TCGETS, buf));
    SAY(ioctl(999, TCGETS, buf));
    SAY(ioctl(fd, 0xdead, buf));
    int ino = SAY(inotify_init1(IN_NONBLOCK));
    int wd = SAY(inotify_add_watch(ino, "dir", IN_CREATE));
    SAY(read(ino, buf, sizeof buf));
    close(open("dir/new", O_CREAT | O_WRONLY, 0600));
    SAY(read(ino, buf, sizeof buf));
    SHOW("  event %x %s", ((struct inotify_event *)buf)->mask, ((struct inotify_event *)buf)->name);
    SAY(inotify_rm_watch(ino, wd));
    SAY(getcwd(buf, sizeof buf) != 0);
    SHOW("  here %d", !strcmp(buf, argv[1]));
    SAY(getcwd(buf, 2) != 0);
    SAY(umask(077));
    SAY(umask(022));
    SAY(creat("made", 0666));
    stat_of("made");
    int zero = SAY(open("/dev/zero", O_RDONLY));
    SAY(read(zero, buf, 4096));
    int null = SAY(open("/dev/null", O_WRONLY));
    SAY(write(null, buf, 4096));
    sync();
    SAY(syncfs(fd));
    return 0;
}
