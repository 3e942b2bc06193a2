// builds: glibc-dynamic, glibc-static
#include "say.h"
#include <sys/sysmacros.h>
#include <sys/statfs.h>


#include <utime.h>
#include <linux/stat.h>

#define AT_EMPTY 0x1000

static void show(const char *name)
{
    struct stat s;
    if (lstat(name, &s)) { SHOW("  %s: %s", name, error_name(errno)); return; }
    SHOW("  %s: mode %o links %ld size %ld uid %d gid %d rdev %u:%u", name, s.st_mode, (long)s.st_nlink,
        S_ISDIR(s.st_mode) ? 0 : (long)s.st_size, s.st_uid, s.st_gid, major(s.st_rdev), minor(s.st_rdev));
}

static void times_of(const char *name)
{
    struct stat s;
    lstat(name, &s);
    SHOW("  %s: atime %ld.%09ld mtime %ld.%09ld", name, (long)s.st_atim.tv_sec, s.st_atim.tv_nsec,
        (long)s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
}

int main(int argc, char **argv)
{
    char buf[5000];
    struct stat s;
    umask(022);
    put_file("f", "content");
    SAY(mkdir("d", 0755));
    SAY(symlink("f", "l"));
    SAY(symlink("d", "ld"));
    int f = open("f", O_RDWR), d = open("d", O_RDONLY), l = open("l", O_PATH | O_NOFOLLOW);

    SHOW("stat");
    SAY(fstatat(f, "", &s, AT_EMPTY));
    SAY(fstatat(f, "x", &s, 0));
    SAY(fstatat(999, "x", &s, 0));
    SAY(fstatat(999, "/", &s, 0));
    SAY(fstatat(AT_FDCWD, "", &s, AT_EMPTY));
    SAY(fstatat(AT_FDCWD, "l", &s, AT_SYMLINK_NOFOLLOW));
    SHOW("  link %d", S_ISLNK(s.st_mode));
    SAY(fstatat(AT_FDCWD, "l", &s, 0x4000));
    RAW(newfstatat, f, (char *)0, &s, AT_EMPTY);
    RAW(newfstatat, AT_FDCWD, (char *)0, &s, AT_EMPTY);
    RAW(newfstatat, f, (char *)0, &s, 0);
    struct statx x;
    RAW(statx, AT_FDCWD, "f", 0, STATX_BASIC_STATS | STATX_BTIME, &x);
    SHOW("  mask %x mode %o size %llu", x.stx_mask & STATX_BASIC_STATS, x.stx_mode, x.stx_size);
    RAW(statx, f, "", AT_EMPTY, STATX_SIZE, &x);
    RAW(statx, f, (char *)0, AT_EMPTY, STATX_SIZE, &x);
    RAW(statx, f, (char *)0, 0, STATX_SIZE, &x);
    RAW(statx, AT_FDCWD, "f", 0, 0x80000000u, &x);
    RAW(statx, AT_FDCWD, "f", 0x6000, STATX_SIZE, &x);
    RAW(statx, AT_FDCWD, "f", 0x2000, STATX_SIZE, &x);
    RAW(statx, AT_FDCWD, "f", 0, STATX_SIZE, (void *)8);

    SHOW("access");
    RAW(faccessat, AT_FDCWD, "f", R_OK | W_OK);
    RAW(faccessat, AT_FDCWD, "f", X_OK);
    RAW(faccessat, AT_FDCWD, "f", 8);
    RAW(faccessat2, AT_FDCWD, "f", R_OK, 0x200);
    RAW(faccessat2, f, "", R_OK, AT_EMPTY);
    RAW(faccessat2, AT_FDCWD, "l", F_OK, AT_SYMLINK_NOFOLLOW);
    RAW(faccessat2, AT_FDCWD, "f", R_OK, 0x8000);
    SAY(access("none", F_OK));

    SHOW("mode and owner");
    SAY(fchmodat(AT_FDCWD, "l", 0640, 0));
    show("f");
    RAW(fchmodat, d, "../f", 0600);
    show("f");
    syscall(452, AT_FDCWD, "l", 0777, AT_SYMLINK_NOFOLLOW);
    SHOW("  fchmodat2 on a link: %s", error_name(errno));
    SAY(syscall(452, f, "", 0644, AT_EMPTY));
    show("f");
    SAY(fchmod(f, 07777));
    show("f");
    SAY(chmod("f", 0100644));
    show("f");
    SAY(lchown("l", 1, 2));
    show("l");
    show("f");
    SAY(chown("l", 3, 4));
    show("f");
    SAY(fchownat(l, "", 5, 6, AT_EMPTY));
    show("l");
    SAY(fchownat(AT_FDCWD, "l", 7, -1, AT_SYMLINK_NOFOLLOW));
    show("l");
    SAY(fchown(f, -1, 9));
    show("f");
    RAW(chown, "none", 1, 1);
    RAW(lchown, "none", 1, 1);
    RAW(fchownat, AT_FDCWD, "l", 1, 1, 0x8000);

    SHOW("names");
    SAY(link("f", "f2"));
    SAY(link("f", "f2"));
    SAY(link("d", "d2"));
    SAY(linkat(AT_FDCWD, "l", AT_FDCWD, "l2", 0));
    show("l2");
    SAY(linkat(AT_FDCWD, "l", AT_FDCWD, "f3", AT_SYMLINK_FOLLOW));
    show("f3");
    SAY(linkat(AT_FDCWD, "l", AT_FDCWD, "f4", 0x8000));
    SAY(symlink("", "empty"));
    SAY(symlinkat("/x/y", d, "s"));
    memset(buf, 0, sizeof buf);
    SAY(readlinkat(d, "s", buf, 3));
    SHOW("  %s", buf);
    SAY(readlink("f", buf, 10));
    SAY(readlink("l", buf, 0));
    SAY(readlink("l", buf, -1));
    SAY(rename("f2", "d/f2"));
    SAY(rename("f3", "none/x"));
    SAY(rename("d", "d/inside"));
    SAY(rename("f", "d"));
    SAY(rename("d", "f"));
    SAY(mkdir("e", 0700));
    SAY(rename("e", "d"));
    RAW(renameat2, AT_FDCWD, "f3", AT_FDCWD, "f", 1);
    RAW(renameat2, AT_FDCWD, "l2", AT_FDCWD, "e", 2);
    show("e");
    RAW(renameat2, AT_FDCWD, "e", AT_FDCWD, "l2", 2);
    RAW(renameat2, AT_FDCWD, "none", AT_FDCWD, "l2", 2);
    RAW(renameat2, AT_FDCWD, "e", AT_FDCWD, "l2", 3);
    RAW(renameat2, AT_FDCWD, "e", AT_FDCWD, "l2", 8);
    SAY(unlink("e"));
    SAY(rmdir("l2"));
    SAY(unlink("l2"));
    SAY(rmdir("d"));
    SAY(unlinkat(AT_FDCWD, "e", AT_REMOVEDIR));
    SAY(unlinkat(AT_FDCWD, "e", 0x80));
    SAY(rmdir("."));
    SAY(rmdir(".."));
    SAY(mkdir(".", 0700));
    SAY(mkdir("ld", 0700));
    SAY(mkdir("x/", 01777));
    show("x");
    SAY(mkdirat(d, "y", 0));
    memset(buf, 'n', 4999);
    buf[256] = 0;
    SAY(mkdir(buf, 0700));
    buf[255] = 0;
    SAY(mkdir(buf, 0700));
    SAY(rmdir(buf));
    memset(buf, '/', 4999);
    buf[4999] = 0;
    SAY(mkdir(buf, 0700));
    SAY(open(buf, O_RDONLY));
    buf[4095] = 0;
    SAY(access(buf, F_OK));
    buf[4096 - 2] = 0;
    SAY(access(buf, F_OK));

    SHOW("nodes");
    SAY(mkfifo("fifo", 0666));
    show("fifo");
    SAY(open("fifo", O_WRONLY | O_NONBLOCK));
    int r = open("fifo", O_RDONLY | O_NONBLOCK), w = open("fifo", O_WRONLY | O_NONBLOCK);
    SAY(write(w, "x", 1));
    SAY(read(r, buf, 9));
    SAY(close(w));
    SAY(read(r, buf, 9));
    SAY(mknod("reg", S_IFREG | 0600, 0));
    show("reg");
    SAY(mknod("zero", 0640, 0));
    show("zero");
    SAY(mknod("bad", S_IFDIR | 0600, 0));
    SAY(mknod("bad", 0170000, 0));
    SAY(mknodat(d, "sock", S_IFSOCK | 0600, 0));
    show("d/sock");
    SAY(open("d/sock", O_RDONLY));
    SAY(mknod("fifo", S_IFIFO | 0600, 0));

    SHOW("times");
    struct timespec ts[2] = {{1000, 5}, {2000, 6}};
    SAY(utimensat(AT_FDCWD, "l", ts, 0));
    times_of("f");
    SAY(utimensat(AT_FDCWD, "l", ts, AT_SYMLINK_NOFOLLOW));
    times_of("l");
    SAY(futimens(f, (struct timespec[2]){{3000, 7}, {0, UTIME_OMIT}}));
    times_of("f");
    SAY(utimensat(AT_FDCWD, "f", (struct timespec[2]){{1, 2000000000}, {1, 1}}, 0));
    SAY(utimensat(AT_FDCWD, "f", (struct timespec[2]){{0, UTIME_OMIT}, {0, UTIME_OMIT}}, 0));
    times_of("f");
    SAY(utimensat(AT_FDCWD, "none", 0, 0));
    RAW(utimensat, f, (char *)0, ts, 0);
    RAW(utimensat, AT_FDCWD, (char *)0, ts, 0);
    RAW(utimensat, f, "", ts, AT_EMPTY);
    RAW(utimensat, f, "", ts, 0);
    RAW(utimensat, f, "", ts, 0x8000);
    SAY(utime("f", &(struct utimbuf){11, 22}));
    times_of("f");
    SAY(utimes("f", (struct timeval[2]){{33, 1}, {44, 2}}));
    times_of("f");
    SAY(utimes("f", (struct timeval[2]){{33, 1000000}, {44, 2}}));
    RAW(futimesat, AT_FDCWD, "f", (struct timeval[2]){{55, 3}, {66, 4}});
    times_of("f");
    SAY(utime("f", 0));
    fstat(f, &s);
    SHOW("  now %d", labs(time(0) - s.st_mtime) < 5);

    SHOW("the rest");
    struct statfs sf, sg;
    SAY(statfs(".", &sf));
    SAY(fstatfs(f, &sg));
    SHOW("  same %d", sf.f_type == sg.f_type && sf.f_namelen == sg.f_namelen && sf.f_bsize == sg.f_bsize);
    SAY(statfs("none", &sf));
    SAY(fstatfs(777, &sf));
    SAY(truncate("f", 3));
    SAY(truncate("f", -1));
    SAY(truncate("d", 0));
    SAY(truncate("none", 0));
    SAY(ftruncate(d, 0));
    SAY(chdir("f"));
    SAY(chdir("none"));
    SAY(fchdir(f));
    SAY(fchdir(d));
    SAY(getcwd(buf, sizeof buf) != 0);
    SHOW("  %s", strrchr(buf, '/'));
    RAW(getcwd, buf, 3);
    SAY(rmdir("y"));
    SAY(mkdir("gone", 0700));
    SAY(chdir("gone"));
    SAY(rmdir("../gone"));
    RAW(getcwd, buf, sizeof buf);
    SAY(open("x", O_CREAT | O_WRONLY, 0600));
    SAY(chdir(".."));
    SAY(umask(0));
    SAY(umask(0777));
    SAY(umask(01234));
    SAY(umask(022));
    return 0;
}
