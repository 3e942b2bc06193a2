package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.ENOTDIR;

import io.kmdebug.monitor.syscall.SyscallThread.Restart;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Calls about one descriptor: close(2), dup(2), lseek(2), fsync(2), fchmod(2), getdents(2), and those that make some. */
final class DescriptorCalls implements SyscallGroup {
    private static final int O_CLOEXEC = OpenCalls.O_CLOEXEC;
    private static final int STAT_BYTES = 144;
    private static final int STATFS_BYTES = 120;
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    private static final int CLOSE_RANGE_UNSHARE = 2;
    private static final int MFD_CLOEXEC = 1;
    private static final int DT_DIR = 4;
    private static final int DT_LNK = 10;

    private final World world;
    private final FdTable fds;
    private final ProcFiles proc;

    DescriptorCalls(World world, FdTable fds, ProcFiles proc) {
        this.world = world;
        this.fds = fds;
        this.proc = proc;
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        switch (number) {
            case Sys.CLOSE:
                return fds.close((int) a[0]);
            case Sys.CLOSE_RANGE:
                return closeRange(a);
            case Sys.DUP:
                return fds.duplicate(a[0], 0, false);
            case Sys.DUP2:
                return dup2(a);
            case Sys.DUP3:
                if ((int) a[0] == (int) a[1] || (a[2] & ~O_CLOEXEC) != 0) return -EINVAL;
                return fds.duplicateTo(a[0], (int) a[1], (a[2] & O_CLOEXEC) != 0);
            case Sys.PIPE:
                return pipe(t, a[0], 0);
            case Sys.PIPE2:
                return pipe(t, a[0], (int) a[1]);
            case Sys.MEMFD_CREATE:
                return memfd(t, a);
            case Sys.INOTIFY_INIT:
                return made(world.call(Sys.INOTIFY_INIT1, O_CLOEXEC), 0);
            case Sys.INOTIFY_INIT1:
                return made(world.call(Sys.INOTIFY_INIT1, (int) a[0] | O_CLOEXEC), (int) a[0]);
            case Sys.SYNC:
                return world.call(number);
            default:
                Descriptor d = fds.acquire(a[0]);
                try {
                    return on(t, d, number, a);
                } finally {
                    d.release();
                }
        }
    }

    private long on(SyscallThread t, Descriptor d, int number, long[] a) {
        GuestMemory memory = t.memory();
        int fd = d.hostFd();
        return switch (number) {
            case Sys.FSTAT -> world.call(number, fd, memory.host(a[1], STAT_BYTES, Access.WRITE));
            case Sys.FSTATFS -> world.call(number, fd, memory.host(a[1], STATFS_BYTES, Access.WRITE));
            case Sys.LSEEK -> lseek(d, a);
            case Sys.FLOCK -> world.blocking(t, Restart.IF_SA_RESTART, number, fd, a[1]);
            case Sys.FALLOCATE -> world.blocking(t, Restart.IF_SA_RESTART, number, fd, a[1], a[2], a[3]);
            case Sys.FSYNC, Sys.FDATASYNC, Sys.SYNCFS, Sys.FTRUNCATE, Sys.FCHMOD, Sys.INOTIFY_RM_WATCH ->
                world.call(number, fd, a[1]);
            case Sys.FADVISE64, Sys.SYNC_FILE_RANGE -> world.call(number, fd, a[1], a[2], a[3]);
            case Sys.READAHEAD, Sys.FCHOWN -> world.call(number, fd, a[1], a[2]);
            case Sys.GETDENTS, Sys.GETDENTS64 -> directory(t, d, number, a);
            default -> -Errno.ENOSYS;
        };
    }

    private long closeRange(long[] a) {
        long first = Integer.toUnsignedLong((int) a[0]);
        long last = Integer.toUnsignedLong((int) a[1]);
        if (first > last || (a[2] & ~(CLOSE_RANGE_CLOEXEC | CLOSE_RANGE_UNSHARE)) != 0) return -EINVAL;
        fds.closeRange(first, last, (a[2] & CLOSE_RANGE_CLOEXEC) != 0);
        return 0;
    }

    private long dup2(long[] a) {
        if ((int) a[0] != (int) a[1]) return fds.duplicateTo(a[0], (int) a[1], false);
        fds.acquire(a[0]).release();
        return (int) a[1];
    }

    private long made(long hostFd, int flags) {
        if (hostFd < 0) return hostFd;
        return fds.install(hostFd, new OpenFile(OpenFile.Kind.OTHER), (flags & O_CLOEXEC) != 0);
    }

    private long pipe(SyscallThread t, long pointer, int flags) {
        Scratch scratch = world.scratch();
        long pair = scratch.allocate(8);
        t.memory().host(pointer, 8, Access.WRITE);
        long result = world.call(Sys.PIPE2, pair, flags | O_CLOEXEC);
        if (result < 0) return result;
        return fds.installPair(t.memory(), pointer, scratch.getInt(pair), scratch.getInt(pair + 4), flags);
    }

    private long memfd(SyscallThread t, long[] a) {
        fds.needRoom();
        Scratch scratch = world.scratch();
        long fd = world.call(Sys.MEMFD_CREATE, name(t.memory(), scratch, a[0]), a[1] | MFD_CLOEXEC);
        if (fd < 0) return fd;
        return fds.install(fd, new OpenFile(OpenFile.Kind.REGULAR), (a[1] & MFD_CLOEXEC) != 0);
    }

    private static long name(GuestMemory memory, Scratch scratch, long pointer) {
        return scratch.string(memory.readString(pointer, 256));
    }

    private long lseek(Descriptor d, long[] a) {
        if (d.file().kind() == OpenFile.Kind.GENERATED) return GeneratedReads.seek(d.file(), a[1], (int) a[2]);
        long result = world.call(Sys.LSEEK, d.hostFd(), a[1], a[2]);
        if (result >= 0 && d.file().kind() == OpenFile.Kind.LISTED) d.file().position((int) result);
        return result;
    }

    private long directory(SyscallThread t, Descriptor d, int number, long[] a) {
        if (d.file().kind() == OpenFile.Kind.LISTED) return listed(t.memory(), d.file(), number, a);
        if (d.file().kind() != OpenFile.Kind.DIRECTORY) return -ENOTDIR;
        long size = Integer.toUnsignedLong((int) a[2]);
        long buffer = t.memory().range(a[1], size, Access.WRITE);
        return world.call(number, d.hostFd(), buffer, size);
    }

    /**
     * struct linux_dirent64: d_ino 8, d_off 8, d_reclen 2, d_type 1, name. struct linux_dirent: the same without d_type,
     * which is the record's last byte. getdents(2).
     */
    private long listed(GuestMemory memory, OpenFile file, int number, long[] a) {
        String directory = file.procPath();
        int[] names = directory == null ? new int[0] : proc.names(directory);
        int size = (int) Math.min(Integer.toUnsignedLong((int) a[2]), 1 << 20);
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        boolean wide = number == Sys.GETDENTS64;
        int next = file.position();
        while (next < names.length + 2) {
            String name = next == 0 ? "." : next == 1 ? ".." : Integer.toString(names[next - 2]);
            int type = next < 2 || !"/proc/self/fd".equals(directory) ? DT_DIR : DT_LNK;
            int length = (wide ? 19 : 18) + name.length() + (wide ? 1 : 2) + 7 & ~7;
            if (out.remaining() < length) break;
            int at = out.position();
            out.putLong(next + 1L).putLong(next + 1L).putShort((short) length);
            if (wide) out.put((byte) type);
            out.put(name.getBytes(StandardCharsets.ISO_8859_1));
            if (!wide) out.put(at + length - 1, (byte) type);
            out.position(at + length);
            next++;
        }
        if (out.position() == 0 && next < names.length + 2) return -EINVAL;
        memory.write(a[1], java.util.Arrays.copyOf(out.array(), out.position()));
        file.position(next);
        return out.position();
    }
}
