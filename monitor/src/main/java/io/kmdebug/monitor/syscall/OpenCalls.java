package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.E2BIG;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.ELOOP;
import static io.kmdebug.monitor.syscall.Errno.ENOENT;
import static io.kmdebug.monitor.syscall.Errno.ENOSYS;
import static io.kmdebug.monitor.syscall.Errno.ETXTBSY;

import io.kmdebug.monitor.syscall.SyscallThread.Restart;
import org.jspecify.annotations.Nullable;

/** open(2), openat(2), openat2(2), creat(2). */
final class OpenCalls implements SyscallGroup {
    static final int O_CLOEXEC = 02000000;
    private static final int O_WRONLY_CREAT_TRUNC = 01101;
    private static final int O_ACCMODE = 3;
    private static final int O_NOFOLLOW = 0400000;
    private static final int O_PATH = 010000000;
    private static final int O_LARGEFILE = 0100000;
    private static final int O_CREAT_OR_TMPFILE = 020000100;
    /** What open(2) keeps of its flags, and what it keeps of them beside O_PATH. */
    private static final int OPEN_FLAGS = 037777703;

    private static final int O_PATH_FLAGS = 012600000;
    private static final String EXECUTABLE = "/proc/self/exe";
    /** RESOLVE_BENEATH, RESOLVE_IN_ROOT. */
    private static final int RESOLVE_UNDER_DIRECTORY = 0x18;

    private static final int MOST_HANDLE_BYTES = 128;
    private static final int HOW_BYTES = 24;
    private static final int LARGEST_HOW = 4096;
    private static final int STAT_BYTES = 144;
    private static final int ST_MODE = 24;

    private final World world;
    private final FdTable fds;
    private final Paths paths;
    private final ProcFiles proc;
    private volatile boolean withoutOpenat2;

    OpenCalls(World world, FdTable fds, Paths paths, ProcFiles proc) {
        this.world = world;
        this.fds = fds;
        this.paths = paths;
        this.proc = proc;
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        return switch (number) {
            case Sys.OPEN -> open(t, Paths.AT_FDCWD, a[0], (int) a[1], a[2]);
            case Sys.CREAT -> open(t, Paths.AT_FDCWD, a[0], O_WRONLY_CREAT_TRUNC, a[1]);
            case Sys.OPENAT2 -> open2(t, a);
            case Sys.OPEN_BY_HANDLE_AT -> openHandle(t, a);
            default -> open(t, a[0], a[1], (int) a[2], a[3]);
        };
    }

    /** open_by_handle_at(2): struct file_handle: bytes of the handle 4, type 4, handle. */
    private long openHandle(SyscallThread t, long[] a) {
        fds.needRoom();
        int bytes = t.memory().readInt(a[1]);
        if (bytes <= 0 || bytes > MOST_HANDLE_BYTES) return -EINVAL;
        long handle = world.scratch().bytes(t.memory().read(a[1], 8 + bytes));
        int flags = (int) a[2];
        try (HeldDescriptors held = new HeldDescriptors(fds)) {
            long mount = (int) a[0] == Paths.AT_FDCWD ? a[0] : held.hold(a[0]).hostFd();
            long fd = world.blocking(t, Restart.IF_SA_RESTART, Sys.OPEN_BY_HANDLE_AT, mount, handle, flags | O_CLOEXEC);
            return fd < 0 ? fd : opened(t, (int) fd, flags);
        }
    }

    /** struct open_how: flags 8, mode 8, resolve 8; later versions append fields, which must be zero. */
    private long open2(SyscallThread t, long[] a) {
        if (Long.compareUnsigned(a[3], HOW_BYTES) < 0) return -EINVAL;
        if (Long.compareUnsigned(a[3], LARGEST_HOW) > 0) return -E2BIG;
        byte[] how = t.memory().read(a[2], (int) a[3]);
        for (int i = HOW_BYTES; i < how.length; i++) if (how[i] != 0) return -E2BIG;
        fds.needRoom();
        Scratch scratch = world.scratch();
        long copy = scratch.bytes(how);
        long flags = scratch.getLong(copy);
        scratch.putLong(copy, flags | O_CLOEXEC);
        long resolve = scratch.getLong(copy + 16);
        String own = resolve == 0 ? paths.ownPath(t, a[0], a[1]) : null;
        if (own != null) return openOwn(t, own, (int) flags, scratch.getLong(copy + 8));
        boolean rooted = (resolve & RESOLVE_UNDER_DIRECTORY) != 0;
        try (HostPath path = paths.untranslated(t, scratch, a[0], a[1], rooted)) {
            long fd = world.blocking(
                    t, Restart.IF_SA_RESTART, Sys.OPENAT2, path.dirFd(), path.address(), copy, HOW_BYTES);
            return fd < 0 ? fd : opened(t, (int) fd, (int) flags);
        }
    }

    private long open(SyscallThread t, long directory, long pointer, int flags, long mode) {
        fds.needRoom();
        boolean follow = (flags & O_NOFOLLOW) == 0;
        String own = paths.ownPath(t, directory, pointer);
        if (own != null) return openOwn(t, own, flags, mode);
        Scratch scratch = world.scratch();
        try (HostPath path = paths.at(t, scratch, directory, pointer, follow)) {
            long fd = openOnHost(t, scratch, path, flags, mode);
            if (fd == -ELOOP || fd == -ENOENT && follow && paths.isLink(scratch, path)) {
                String through = paths.throughLinks(t, path, follow);
                if (through != null) return openOwn(t, through, flags, mode);
                if (fd == -ELOOP) fd = plainOpen(t, path, flags, mode);
            }
            return fd < 0 ? fd : opened(t, (int) fd, flags);
        }
    }

    private long plainOpen(SyscallThread t, HostPath path, int flags, long mode) {
        return world.blocking(
                t, Restart.IF_SA_RESTART, Sys.OPENAT, path.dirFd(), path.address(), flags | O_CLOEXEC, mode);
    }

    /** Links of /proc to files of the monitor's are not followed: ELOOP. Flags and mode as open(2) treats them. */
    private long openOnHost(SyscallThread t, Scratch scratch, HostPath path, int flags, long mode) {
        if (withoutOpenat2) return plainOpen(t, path, flags, mode);
        long how = scratch.allocate(HOW_BYTES);
        long known = (flags & O_PATH) != 0 ? flags & O_PATH_FLAGS : flags & OPEN_FLAGS | O_LARGEFILE;
        scratch.putLong(how, known | O_CLOEXEC);
        scratch.putLong(how + 8, (known & O_CREAT_OR_TMPFILE) != 0 ? mode & 07777 : 0);
        scratch.putLong(how + 16, Paths.RESOLVE_NO_MAGICLINKS);
        long fd = world.blocking(t, Restart.IF_SA_RESTART, Sys.OPENAT2, path.dirFd(), path.address(), how, HOW_BYTES);
        if (fd != -ENOSYS) return fd;
        withoutOpenat2 = true;
        return plainOpen(t, path, flags, mode);
    }

    /** A file of the process's own part of /proc. */
    private long openOwn(SyscallThread t, String own, int flags, long mode) {
        boolean follow = (flags & O_NOFOLLOW) == 0;
        if ((flags & O_PATH) == 0 && own.equals(EXECUTABLE) && (flags & O_ACCMODE) != 0 && follow) return -ETXTBSY;
        boolean answered = (flags & O_PATH) == 0 && (ProcFiles.isListed(own) || proc.isGenerated(own));
        try (HostPath path = paths.ofOwn(world.scratch(), own, follow)) {
            long fd = plainOpen(t, path, flags, mode);
            if (fd < 0) return fd;
            if ((flags & O_ACCMODE) != 0) proc.settings().opened(own);
            if (!answered) return installed((int) fd, null, flags);
            OpenFile.Kind kind = ProcFiles.isListed(own) ? OpenFile.Kind.LISTED : OpenFile.Kind.GENERATED;
            return fds.install(fd, OpenFile.inProc(kind, own), (flags & O_CLOEXEC) != 0);
        }
    }

    private long opened(SyscallThread t, int hostFd, int flags) {
        Scratch scratch = world.innerScratch();
        long stat = scratch.allocate(STAT_BYTES);
        world.own(Sys.FSTAT, hostFd, stat);
        int mode = scratch.getInt(stat + ST_MODE);
        if (!paths.isProcDevice(scratch.getLong(stat))) {
            return fds.install(hostFd, new OpenFile(FdTable.kind(mode)), (flags & O_CLOEXEC) != 0);
        }
        // a symbolic link may have led into the process's own part as well
        String real = Paths.normalise(paths.ofHostFd(hostFd));
        String own = (flags & O_PATH) == 0 ? proc.own(t, real) : null;
        if (own == null) return installed(hostFd, real, flags);
        world.own(Sys.CLOSE, hostFd);
        return openOwn(t, own, flags, 0);
    }

    /** @param real the path of a file in /proc, or null when it is to be found out */
    private long installed(int hostFd, @Nullable String real, int flags) {
        OpenFile file = fds.describe(hostFd);
        if (file.kind() == OpenFile.Kind.DIRECTORY) {
            String path = real != null ? real : Paths.normalise(paths.ofHostFd(hostFd));
            if (path.startsWith("/proc")) file = OpenFile.inProc(file.kind(), path);
        }
        return fds.install(hostFd, file, (flags & O_CLOEXEC) != 0);
    }
}
