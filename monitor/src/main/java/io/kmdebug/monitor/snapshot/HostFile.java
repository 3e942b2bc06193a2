package io.kmdebug.monitor.snapshot;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.state.FileIdentity;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What the host tells of an open file. Results are the kernel's: minus an errno for a failure. */
final class HostFile {
    static final int S_IFMT = 0170000;
    static final int S_IFIFO = 0010000;
    static final int S_IFCHR = 0020000;
    static final int S_IFDIR = 0040000;
    static final int S_IFBLK = 0060000;
    static final int S_IFREG = 0100000;
    static final int S_IFSOCK = 0140000;
    static final int POLLIN = 1;
    static final int POLLERR = 8;
    static final int POLLHUP = 16;

    private static final int READ = 0;
    private static final int OPEN = 2;
    private static final int STAT = 4;
    private static final int FSTAT = 5;
    private static final int POLL = 7;
    private static final int LSEEK = 8;
    private static final int IOCTL = 16;
    private static final int PREAD64 = 17;
    private static final int READLINK = 89;
    private static final int FCNTL = 72;
    private static final int F_GETFL = 3;
    private static final int TCGETS = 0x5401;
    private static final int FIONREAD = 0x541b;
    private static final int FSTATFS = 138;
    private static final int STAT_BYTES = 144;
    private static final int STATFS_BYTES = 120;
    private static final long MQUEUE_MAGIC = 0x19800202;
    private static final int TEXT_BYTES = 1 << 16;
    private static final int O_CLOEXEC = 02000000;

    private final int fd;

    HostFile(int fd) {
        this.fd = fd;
    }

    int fd() {
        return fd;
    }

    /** The target of its link in /proc/self/fd. */
    String link() {
        String link = link("/proc/self/fd/" + fd);
        return link == null ? "" : link;
    }

    /** The target of a symbolic link, Latin-1; null when it is none. */
    static @Nullable String link(String path) {
        long name = HostCall.cString(path);
        long buffer = HostMemory.allocate(4096);
        try {
            long length = Native.syscall(READLINK, name, buffer, 4096);
            return length < 0 ? null : new String(HostMemory.read(buffer, (int) length), StandardCharsets.ISO_8859_1);
        } finally {
            HostMemory.free(buffer);
            HostMemory.free(name);
        }
    }

    int flags() {
        return (int) Native.syscall(FCNTL, fd, F_GETFL);
    }

    int mode() {
        FileIdentity identity = identity();
        return identity == null ? 0 : identity.mode();
    }

    @Nullable
    FileIdentity identity() {
        return identity(FSTAT, fd);
    }

    /** Of the file that a path names, links followed; null when there is none. */
    static @Nullable FileIdentity identity(String path) {
        long name = HostCall.cString(path);
        try {
            return identity(STAT, name);
        } finally {
            HostMemory.free(name);
        }
    }

    /** struct stat of stat(2): st_dev 0, st_ino 8, st_mode 24, st_size 48, st_mtim 88. */
    private static @Nullable FileIdentity identity(int number, long what) {
        long stat = HostMemory.allocate(STAT_BYTES);
        try {
            if (Native.syscall(number, what, stat) < 0) return null;
            return new FileIdentity(
                    HostMemory.getLong(stat),
                    HostMemory.getLong(stat + 8),
                    HostMemory.getInt(stat + 24),
                    HostMemory.getLong(stat + 48),
                    HostMemory.getLong(stat + 88) * 1_000_000_000L + HostMemory.getLong(stat + 96));
        } finally {
            HostMemory.free(stat);
        }
    }

    /** Its offset, or 0 when it has none. */
    /** struct statfs of statfs(2): f_type 0. */
    boolean isMessageQueue() {
        long statfs = HostMemory.allocate(STATFS_BYTES);
        try {
            return Native.syscall(FSTATFS, fd, statfs) == 0 && HostMemory.getLong(statfs) == MQUEUE_MAGIC;
        } finally {
            HostMemory.free(statfs);
        }
    }

    long offset() {
        return Math.max(0, Native.syscall(LSEEK, fd, 0, 1));
    }

    boolean isTerminal() {
        long termios = HostMemory.allocate(64);
        try {
            return Native.syscall(IOCTL, fd, TCGETS, termios) == 0;
        } finally {
            HostMemory.free(termios);
        }
    }

    /** Bytes that wait to be read: FIONREAD. */
    int waiting() {
        long count = HostMemory.allocate(8);
        try {
            return Native.syscall(IOCTL, fd, FIONREAD, count) < 0 ? 0 : HostMemory.getInt(count);
        } finally {
            HostMemory.free(count);
        }
    }

    /** What poll(2) says at once. */
    int events(int wanted) {
        long poll = HostMemory.allocate(8);
        try {
            HostMemory.putInt(poll, fd);
            HostMemory.putShort(poll + 4, wanted);
            return Native.syscall(POLL, poll, 1, 0) <= 0 ? 0 : HostMemory.getShort(poll + 6);
        } finally {
            HostMemory.free(poll);
        }
    }

    /** Its lines in /proc/self/fdinfo. */
    String[] information() {
        return text("/proc/self/fdinfo/" + fd).split("\n");
    }

    /** The value behind "name:" in {@link #information}, without blanks; null when there is none. */
    @Nullable
    String information(String name) {
        for (String line : information()) {
            if (line.startsWith(name + ":"))
                return line.substring(name.length() + 1).trim();
        }
        return null;
    }

    /** A file of the host's, Latin-1; "" when it cannot be read. */
    static String text(String path) {
        long name = HostCall.cString(path);
        long buffer = HostMemory.allocate(TEXT_BYTES);
        StringBuilder text = new StringBuilder();
        try {
            long file = Native.syscall(OPEN, name, O_CLOEXEC, 0);
            if (file < 0) return "";
            long got;
            while ((got = Native.syscall(READ, file, buffer, TEXT_BYTES)) > 0) {
                text.append(new String(HostMemory.read(buffer, (int) got), StandardCharsets.ISO_8859_1));
            }
            HostCall.close((int) file);
            return text.toString();
        } finally {
            HostMemory.free(buffer);
            HostMemory.free(name);
        }
    }

    /** Its whole content, the offset untouched. */
    byte[] content(int size) {
        byte[] content = new byte[size];
        long buffer = HostMemory.allocate(TEXT_BYTES);
        try {
            int done = 0;
            while (done < size) {
                long got = Native.syscall(PREAD64, fd, buffer, Math.min(TEXT_BYTES, size - done), done);
                if (got <= 0) break;
                HostMemory.read(buffer, content, done, (int) got);
                done += (int) got;
            }
            return content;
        } finally {
            HostMemory.free(buffer);
        }
    }

    /** An option of getsockopt(2); null when the socket has none of that name. */
    byte @Nullable [] option(int level, int name, int size) {
        long value = HostMemory.allocate(size + 8L);
        try {
            HostMemory.putInt(value + size, size);
            if (Native.syscall(55, fd, level, name, value, value + size) < 0) return null;
            return HostMemory.read(value, Math.min(size, HostMemory.getInt(value + size)));
        } finally {
            HostMemory.free(value);
        }
    }

    /** An option that is an int; -1 when the socket has none of that name. */
    int option(int level, int name) {
        byte[] value = option(level, name, 4);
        if (value == null || value.length < 4) return -1;
        return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
    }

    /** getsockname(2) 51 or getpeername(2) 52; null when it has none. */
    byte @Nullable [] address(int number) {
        long value = HostMemory.allocate(136);
        try {
            HostMemory.putInt(value + 128, 128);
            if (Native.syscall(number, fd, value, value + 128) < 0) return null;
            return HostMemory.read(value, Math.min(128, HostMemory.getInt(value + 128)));
        } finally {
            HostMemory.free(value);
        }
    }
}
