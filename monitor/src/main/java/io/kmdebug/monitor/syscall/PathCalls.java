package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EFAULT;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.ENOENT;
import static io.kmdebug.monitor.syscall.Errno.ERANGE;

import io.kmdebug.monitor.host.HostDescriptors;
import io.kmdebug.monitor.syscall.SyscallThread.Restart;
import org.jspecify.annotations.Nullable;

/** Calls about names in the file system: stat(2), access(2), rename(2), link(2), chmod(2), the current directory. */
final class PathCalls implements SyscallGroup {
    private static final int FCHMODAT2 = 452;

    private static final int STAT_BYTES = 144;
    private static final int ST_INO = 8;
    private static final int ST_MODE = 24;
    private static final int STX_INO = 32;
    private static final int STX_MODE = 28;
    private static final int S_IFMT = 0170000;
    private static final int S_IFREG = 0100000;
    private static final int S_IFDIR = 0040000;
    private static final int S_IFLNK = 0120000;
    private static final int STATX_BYTES = 256;
    private static final int STATFS_BYTES = 120;
    private static final int TIMESPECS = 32;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_SYMLINK_FOLLOW = 0x400;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int PATH_MAX = 4096;
    /** MAX_HANDLE_SZ. */
    private static final int MOST_HANDLE_BYTES = 128;

    private static final int CWD = Paths.AT_FDCWD;

    private final World world;
    private final FdTable fds;
    private final Paths paths;
    private final ProcFiles proc;
    private volatile long @Nullable [] monitorsInodes;

    PathCalls(World world, FdTable fds, Paths paths, ProcFiles proc) {
        this.world = world;
        this.fds = fds;
        this.paths = paths;
        this.proc = proc;
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        return switch (number) {
            case Sys.STAT -> stat(t, CWD, a[0], a[1], 0);
            case Sys.LSTAT -> stat(t, CWD, a[0], a[1], AT_SYMLINK_NOFOLLOW);
            case Sys.NEWFSTATAT -> stat(t, a[0], a[1], a[2], a[3]);
            case Sys.STATX -> statx(t, a);
            case Sys.ACCESS -> atPath(t, Sys.FACCESSAT, CWD, a[0], true, a[1]);
            case Sys.FACCESSAT -> atPath(t, number, a[0], a[1], true, a[2]);
            case Sys.FACCESSAT2 -> atPath(t, number, a[0], a[1], (a[3] & AT_SYMLINK_NOFOLLOW) == 0, a[2], a[3]);
            case Sys.READLINK -> readlink(t, CWD, a[0], a[1], a[2]);
            case Sys.READLINKAT -> readlink(t, a[0], a[1], a[2], a[3]);
            case Sys.GETCWD -> getcwd(t, a[0], a[1]);
            case Sys.CHDIR -> chdir(t, a[0]);
            case Sys.FCHDIR -> fchdir(a[0]);
            case Sys.MKDIR -> atPath(t, Sys.MKDIRAT, CWD, a[0], false, a[1]);
            case Sys.MKDIRAT -> atPath(t, number, a[0], a[1], false, a[2]);
            case Sys.RMDIR -> atPath(t, Sys.UNLINKAT, CWD, a[0], false, 0x200);
            case Sys.UNLINK -> atPath(t, Sys.UNLINKAT, CWD, a[0], false, 0);
            case Sys.UNLINKAT -> atPath(t, number, a[0], a[1], false, a[2]);
            case Sys.RENAME -> twoPaths(t, Sys.RENAMEAT2, CWD, a[0], CWD, a[1], 0);
            case Sys.RENAMEAT -> twoPaths(t, Sys.RENAMEAT2, a[0], a[1], a[2], a[3], 0);
            case Sys.RENAMEAT2 -> twoPaths(t, number, a[0], a[1], a[2], a[3], a[4]);
            case Sys.LINK -> twoPaths(t, Sys.LINKAT, CWD, a[0], CWD, a[1], 0);
            case Sys.LINKAT -> twoPaths(t, number, a[0], a[1], a[2], a[3], a[4]);
            case Sys.SYMLINK -> symlink(t, a[0], CWD, a[1]);
            case Sys.SYMLINKAT -> symlink(t, a[0], a[1], a[2]);
            case Sys.CHMOD -> atPath(t, Sys.FCHMODAT, CWD, a[0], true, a[1]);
            case Sys.FCHMODAT -> atPath(t, number, a[0], a[1], true, a[2]);
            case FCHMODAT2 -> atPath(t, number, a[0], a[1], (a[3] & AT_SYMLINK_NOFOLLOW) == 0, a[2], a[3]);
            case Sys.CHOWN -> atPath(t, Sys.FCHOWNAT, CWD, a[0], true, a[1], a[2], 0);
            case Sys.LCHOWN -> atPath(t, Sys.FCHOWNAT, CWD, a[0], false, a[1], a[2], AT_SYMLINK_NOFOLLOW);
            case Sys.FCHOWNAT -> atPath(t, number, a[0], a[1], (a[4] & AT_SYMLINK_NOFOLLOW) == 0, a[2], a[3], a[4]);
            case Sys.TRUNCATE -> truncate(t, a);
            case Sys.STATFS -> statfs(t, a);
            case Sys.UTIME, Sys.UTIMES -> times(t, number, CWD, a[0], a[1]);
            case Sys.FUTIMESAT -> times(t, number, a[0], a[1], a[2]);
            case Sys.UTIMENSAT -> utimensat(t, a);
            case Sys.MKNOD -> atPath(t, Sys.MKNODAT, CWD, a[0], false, a[1], a[2]);
            case Sys.MKNODAT -> atPath(t, number, a[0], a[1], false, a[2], a[3]);
            case Sys.UMASK -> world.call(number, a[0]);
            case Sys.NAME_TO_HANDLE_AT -> handle(t, a);
            default -> inotifyAddWatch(t, a);
        };
    }

    /** A call of the form (dirfd, path, rest...). */
    private long atPath(SyscallThread t, int number, long directory, long pointer, boolean follow, long... rest) {
        Scratch scratch = world.scratch();
        try (HostPath given = paths.at(t, scratch, directory, pointer, follow)) {
            HostPath own = follow && changes(number) ? paths.behindLinks(t, scratch, given) : null;
            HostPath path = own == null ? given : own;
            return switch (rest.length) {
                case 1 -> world.call(number, path.dirFd(), path.address(), rest[0]);
                case 2 -> world.call(number, path.dirFd(), path.address(), rest[0], rest[1]);
                default -> world.call(number, path.dirFd(), path.address(), rest[0], rest[1], rest[2]);
            };
        }
    }

    private static boolean changes(int number) {
        return number == Sys.FCHMODAT || number == FCHMODAT2 || number == Sys.FCHOWNAT;
    }

    private long twoPaths(
            SyscallThread t, int number, long oldDir, long oldPath, long newDir, long newPath, long flags) {
        Scratch scratch = world.scratch();
        boolean follow = number == Sys.LINKAT && (flags & AT_SYMLINK_FOLLOW) != 0;
        try (HostPath from = paths.at(t, scratch, oldDir, oldPath, follow);
                HostPath to = paths.at(t, scratch, newDir, newPath, false)) {
            return world.call(number, from.dirFd(), from.address(), to.dirFd(), to.address(), flags);
        }
    }

    private long stat(SyscallThread t, long directory, long pointer, long buffer, long flags) {
        Scratch scratch = world.scratch();
        boolean follow = (flags & AT_SYMLINK_NOFOLLOW) == 0;
        if (pointer == 0 && (flags & AT_EMPTY_PATH) != 0) return statWithoutPath(t, directory, buffer, flags);
        try (HostPath path = paths.at(t, scratch, directory, pointer, follow)) {
            long stat = scratch.allocate(STAT_BYTES);
            long result = world.call(Sys.NEWFSTATAT, path.dirFd(), path.address(), stat, (int) flags);
            boolean monitors = result == 0
                    ? mayBeMonitors(scratch.getInt(stat + ST_MODE), scratch.getLong(stat + ST_INO))
                    : result == -ENOENT;
            if (monitors && follow) {
                HostPath own = paths.behindLinks(t, scratch, path);
                if (own != null) result = world.call(Sys.NEWFSTATAT, CWD, own.address(), stat, 0);
            }
            if (result == 0) t.memory().write(buffer, scratch.read(stat, STAT_BYTES));
            return result;
        }
    }

    /** A null pointer stands for the empty path: so since Linux 6.11, else EFAULT. */
    private long statWithoutPath(SyscallThread t, long fd, long buffer, long flags) {
        long host = t.memory().host(buffer, STAT_BYTES, Access.WRITE);
        if ((int) fd == CWD) return world.call(Sys.NEWFSTATAT, CWD, 0, host, (int) flags);
        Descriptor d = fds.acquire(fd);
        try {
            return world.call(Sys.NEWFSTATAT, d.hostFd(), 0, host, (int) flags);
        } finally {
            d.release();
        }
    }

    private long statx(SyscallThread t, long[] a) {
        Scratch scratch = world.scratch();
        boolean follow = (a[2] & AT_SYMLINK_NOFOLLOW) == 0;
        if (a[1] == 0 && (a[2] & AT_EMPTY_PATH) == 0) return -EFAULT;
        long statx = scratch.allocate(STATX_BYTES);
        long result;
        if (a[1] == 0) {
            result = statxWithoutPath(a, statx);
        } else {
            try (HostPath path = paths.at(t, scratch, a[0], a[1], follow)) {
                result = world.call(Sys.STATX, path.dirFd(), path.address(), (int) a[2], (int) a[3], statx);
                boolean monitors = result == 0
                        ? mayBeMonitors(scratch.getShort(statx + STX_MODE), scratch.getLong(statx + STX_INO))
                        : result == -ENOENT;
                if (monitors && follow) {
                    HostPath own = paths.behindLinks(t, scratch, path);
                    if (own != null) result = world.call(Sys.STATX, CWD, own.address(), 0, (int) a[3], statx);
                }
            }
        }
        if (result == 0) t.memory().write(a[4], scratch.read(statx, STATX_BYTES));
        return result;
    }

    /**
     * Whether a link to such a file may have been one to a descriptor of the monitor's: pipes, sockets, devices, and the
     * regular files that the monitor has open.
     */
    private boolean mayBeMonitors(int mode, long inode) {
        int type = mode & S_IFMT;
        if (type != S_IFREG) return type != S_IFDIR && type != S_IFLNK;
        long[] known = monitorsInodes;
        if (known == null) {
            known = monitorsInodes();
            monitorsInodes = known;
        }
        for (long one : known) if (one == inode) return true;
        return false;
    }

    /** Inode numbers of the regular files behind the low descriptors, which are the Java runtime's and the monitor's. */
    private long[] monitorsInodes() {
        long[] found = new long[HostDescriptors.LOWEST_OF_PAYLOAD];
        int count = 0;
        Scratch scratch = world.innerScratch();
        long stat = scratch.allocate(STAT_BYTES);
        for (int fd = 3; fd < HostDescriptors.LOWEST_OF_PAYLOAD; fd++) {
            if (world.own(Sys.FSTAT, fd, stat) != 0) continue;
            if ((scratch.getInt(stat + ST_MODE) & S_IFMT) == S_IFREG) found[count++] = scratch.getLong(stat + ST_INO);
        }
        return java.util.Arrays.copyOf(found, count);
    }

    private long statxWithoutPath(long[] a, long statx) {
        if ((int) a[0] == CWD) return world.call(Sys.STATX, CWD, 0, (int) a[2], (int) a[3], statx);
        Descriptor d = fds.acquire(a[0]);
        try {
            return world.call(Sys.STATX, d.hostFd(), 0, (int) a[2], (int) a[3], statx);
        } finally {
            d.release();
        }
    }

    private long readlink(SyscallThread t, long directory, long pointer, long buffer, long size) {
        if ((int) size <= 0) return -EINVAL;
        Scratch scratch = world.scratch();
        String own = paths.ownPath(t, directory, pointer);
        String target = own == null ? null : proc.link(t, own);
        byte[] bytes;
        if (target != null) {
            bytes = target.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        } else {
            try (HostPath path = paths.at(t, scratch, directory, pointer, false)) {
                long out = scratch.allocate(PATH_MAX);
                long length = world.call(Sys.READLINKAT, path.dirFd(), path.address(), out, PATH_MAX);
                if (length < 0) return length;
                String through = isInProc(scratch, path) ? paths.throughLinks(t, path, false) : null;
                String there = through == null ? null : proc.link(t, through);
                bytes = there == null
                        ? scratch.read(out, (int) length)
                        : there.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            }
        }
        if (bytes.length > (int) size) bytes = java.util.Arrays.copyOf(bytes, (int) size);
        t.memory().write(buffer, bytes);
        return bytes.length;
    }

    /** Whether the link is one of /proc, though its path does not look like it. */
    private boolean isInProc(Scratch scratch, HostPath path) {
        if (path.text().startsWith("/proc/")) return false;
        long stat = scratch.allocate(STAT_BYTES);
        long result = world.own(Sys.NEWFSTATAT, path.dirFd(), path.address(), stat, AT_SYMLINK_NOFOLLOW);
        return result == 0 && paths.isProcDevice(scratch.getLong(stat));
    }

    private long getcwd(SyscallThread t, long buffer, long size) {
        Scratch scratch = world.scratch();
        long out = scratch.allocate(PATH_MAX);
        long length = world.call(Sys.GETCWD, out, PATH_MAX);
        if (length < 0) return length;
        if (Long.compareUnsigned(size, length) < 0) return -ERANGE;
        t.memory().write(buffer, scratch.read(out, (int) length));
        return length;
    }

    private long chdir(SyscallThread t, long pointer) {
        try (HostPath path = paths.at(t, world.scratch(), pointer)) {
            long result = world.call(Sys.CHDIR, path.address());
            if (result == 0) paths.directoryChanged();
            return result;
        }
    }

    private long fchdir(long fd) {
        Descriptor d = fds.acquire(fd);
        try {
            long result = world.call(Sys.FCHDIR, d.hostFd());
            if (result == 0) paths.directoryChanged();
            return result;
        } finally {
            d.release();
        }
    }

    private long symlink(SyscallThread t, long target, long directory, long pointer) {
        Scratch scratch = world.scratch();
        String text = paths.read(t, target);
        if (text.isEmpty()) return -ENOENT;
        long address = scratch.string(text);
        try (HostPath path = paths.at(t, scratch, directory, pointer, false)) {
            return world.call(Sys.SYMLINKAT, address, path.dirFd(), path.address());
        }
    }

    private long truncate(SyscallThread t, long[] a) {
        Scratch scratch = world.scratch();
        try (HostPath given = paths.at(t, scratch, a[0])) {
            HostPath own = paths.behindLinks(t, scratch, given);
            HostPath path = own == null ? given : own;
            return world.blocking(t, Restart.ALWAYS, Sys.TRUNCATE, path.address(), a[1]);
        }
    }

    private long statfs(SyscallThread t, long[] a) {
        Scratch scratch = world.scratch();
        try (HostPath path = paths.at(t, scratch, a[0])) {
            long out = scratch.allocate(STATFS_BYTES);
            long result = world.call(Sys.STATFS, path.address(), out);
            if (result == 0) t.memory().write(a[1], scratch.read(out, STATFS_BYTES));
            return result;
        }
    }

    /** utime: two longs of seconds; utimes and futimesat: two timevals. */
    private long times(SyscallThread t, int number, long directory, long pointer, long times) {
        Scratch scratch = world.scratch();
        int bytes = number == Sys.UTIME ? 16 : TIMESPECS;
        long copy = times == 0 ? 0 : scratch.bytes(t.memory().read(times, bytes));
        if (number == Sys.FUTIMESAT) {
            if (pointer == 0) {
                Descriptor d = fds.acquire(directory);
                try {
                    return world.call(number, d.hostFd(), 0, copy);
                } finally {
                    d.release();
                }
            }
            try (HostPath path = paths.at(t, scratch, directory, pointer, true)) {
                return world.call(number, path.dirFd(), path.address(), copy);
            }
        }
        try (HostPath path = paths.at(t, scratch, pointer)) {
            return world.call(number, path.address(), copy);
        }
    }

    private long utimensat(SyscallThread t, long[] a) {
        Scratch scratch = world.scratch();
        long copy = a[2] == 0 ? 0 : scratch.bytes(t.memory().read(a[2], TIMESPECS));
        if (a[1] == 0) {
            if ((int) a[0] == CWD) return -EFAULT;
            Descriptor d = fds.acquire(a[0]);
            try {
                return world.call(Sys.UTIMENSAT, d.hostFd(), 0, copy, (int) a[3]);
            } finally {
                d.release();
            }
        }
        boolean follow = (a[3] & AT_SYMLINK_NOFOLLOW) == 0;
        try (HostPath given = paths.at(t, scratch, a[0], a[1], follow)) {
            HostPath own = follow ? paths.behindLinks(t, scratch, given) : null;
            HostPath path = own == null ? given : own;
            return world.call(Sys.UTIMENSAT, path.dirFd(), path.address(), copy, (int) a[3]);
        }
    }

    /** struct file_handle: bytes of the handle 4, type 4, handle. The directory alone can be the file: AT_EMPTY_PATH. */
    private long handle(SyscallThread t, long[] a) {
        GuestMemory memory = t.memory();
        Scratch scratch = world.scratch();
        int room = memory.readInt(a[2]);
        if (Integer.compareUnsigned(room, MOST_HANDLE_BYTES) > 0) return -EINVAL;
        long copy = scratch.allocate(8L + room);
        scratch.putInt(copy, room);
        long mount = memory.host(a[3], 8, Access.WRITE);
        try (HostPath path = paths.at(t, scratch, a[0], a[1], (a[4] & AT_SYMLINK_FOLLOW) != 0)) {
            long result = world.call(Sys.NAME_TO_HANDLE_AT, path.dirFd(), path.address(), copy, mount, (int) a[4]);
            int bytes = result == 0 ? 8 + scratch.getInt(copy) : 4;
            memory.write(a[2], scratch.read(copy, bytes));
            return result;
        }
    }

    private long inotifyAddWatch(SyscallThread t, long[] a) {
        Descriptor d = fds.acquire(a[0]);
        try (HostPath path = paths.at(t, world.scratch(), a[1])) {
            long number = world.call(Sys.INOTIFY_ADD_WATCH, d.hostFd(), path.address(), a[2]);
            if (number >= 0) d.file().watches((int) number, world.ownLink(path.address()));
            return number;
        } finally {
            d.release();
        }
    }
}
