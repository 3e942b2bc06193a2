package io.kmdebug.monitor.memory;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import java.nio.charset.StandardCharsets;

/**
 * What lies behind a region: a file, or a memory file of the monitor's for shared anonymous memory. Its descriptor is
 * the monitor's own and stays open as long as a region uses it, so that a fork or a snapshot can map it again even
 * when the payload has closed and removed the file.
 */
public final class MappedFile {
    private static final int NR_READLINK = 89;
    private static final int LONGEST_PATH = 4096;
    private static final int NR_FSTAT = 5;
    private static final int STAT_BYTES = 144;
    private static final int NR_LSEEK = 8;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int O_PATH_CLOEXEC = 0x28_0000;
    private static final int O_CLOEXEC = 0x8_0000;

    /** Regions that use it; guarded by the lock of the address space. */
    int uses;

    private final int source;
    private final String path;
    private final boolean anonymous;
    private final int accessMode;
    private int descriptor;
    private boolean identified;
    private long device;
    private long inode;

    private MappedFile(int source, int descriptor, String path, int accessMode, boolean anonymous) {
        this.source = source;
        this.descriptor = descriptor;
        this.path = path;
        this.accessMode = accessMode;
        this.anonymous = anonymous;
    }

    /**
     * @param source a host descriptor that stays the caller's; open as long as something is mapped with this object
     * @param path as the kernel names the file
     * @param accessMode how {@code source} is open: O_RDONLY 0, O_WRONLY 1, O_RDWR 2
     */
    public static MappedFile of(int source, String path, int accessMode) {
        // A descriptor that is no opening of the file: to close it drops none of the payload's record locks.
        return new MappedFile(
                source, HostCall.open("/proc/self/fd/" + source, O_PATH_CLOEXEC), path, accessMode, false);
    }

    /** The memory file behind shared anonymous memory; the descriptor is handed over. */
    public static MappedFile anonymous(int descriptor) {
        return new MappedFile(descriptor, descriptor, "/dev/zero (deleted)", 2, true);
    }

    /** What stands behind a restored region; {@link #attach} brings its descriptor. */
    public static MappedFile restored(String path, int accessMode, boolean anonymous, long device, long inode) {
        MappedFile file = new MappedFile(-1, -1, path, accessMode, anonymous);
        file.identified = true;
        file.device = device;
        file.inode = inode;
        return file;
    }

    /** A host descriptor like {@link #descriptor()}, which is handed over. */
    public void attach(int opened) {
        descriptor = opened;
    }

    /** What {@link #of} was given. */
    int source() {
        return source;
    }

    /**
     * The monitor's own: of a file one with O_PATH, to be opened through /proc/self/fd before it can be mapped; of shared
     * anonymous memory one that can be mapped. Negative when none was to spare.
     */
    public int descriptor() {
        return descriptor;
    }

    /** As the kernel names the file now: renamed, or with " (deleted)". */
    String currentPath() {
        if (anonymous || descriptor < 0) return path;
        long link = HostCall.cString("/proc/self/fd/" + descriptor);
        long name = HostMemory.allocate(LONGEST_PATH);
        try {
            long length = Native.syscall(NR_READLINK, link, name, LONGEST_PATH);
            if (length <= 0) return path;
            return new String(HostMemory.read(name, (int) length), StandardCharsets.ISO_8859_1);
        } finally {
            HostMemory.free(link);
            HostMemory.free(name);
        }
    }

    /** As the kernel named the file when it was mapped. */
    public String path() {
        return path;
    }

    /** O_RDONLY 0, O_WRONLY 1, O_RDWR 2. */
    public int accessMode() {
        return accessMode;
    }

    /** Whether it is shared anonymous memory rather than a file of the payload's. */
    public boolean isAnonymous() {
        return anonymous;
    }

    /** st_dev; 0 when it cannot be told. */
    public synchronized long device() {
        identify();
        return device;
    }

    /** st_ino; 0 when it cannot be told. */
    public synchronized long inode() {
        identify();
        return inode;
    }

    private void identify() {
        if (identified || descriptor < 0) return;
        identified = true;
        long stat = HostMemory.allocate(STAT_BYTES);
        try {
            if (Native.syscall(NR_FSTAT, descriptor, stat) < 0) return;
            device = HostMemory.getLong(stat);
            inode = HostMemory.getLong(stat + 8);
        } finally {
            HostMemory.free(stat);
        }
    }

    /** A descriptor that can be mapped, to be given to {@link #reopened} after that; minus errno when there is none. */
    long reopen() {
        return anonymous || descriptor < 0 ? descriptor : HostCall.open("/proc/self/fd/" + descriptor, reopenFlags());
    }

    private int reopenFlags() {
        return accessMode | O_CLOEXEC;
    }

    void reopened(int opened) {
        if (!anonymous) HostCall.close(opened);
    }

    /** Whether it is the same file, open in the same way under the same name. */
    public boolean isSameAs(MappedFile other) {
        return other.accessMode == accessMode
                && other.path.equals(path)
                && anonymous == other.anonymous
                && inode() != 0
                && other.inode() == inode()
                && other.device() == device();
    }

    /** The first offset from {@code offset} on that holds data; Long.MAX_VALUE when there is none. lseek(2). */
    long nextData(long offset) {
        long found = Native.syscall(NR_LSEEK, descriptor, offset, SEEK_DATA);
        return found < 0 ? Long.MAX_VALUE : found;
    }

    /** The first offset from {@code offset} on that holds none. */
    long nextHole(long offset) {
        long found = Native.syscall(NR_LSEEK, descriptor, offset, SEEK_HOLE);
        return found < 0 ? Long.MAX_VALUE : found;
    }

    void close() {
        if (descriptor >= 0) HostCall.close(descriptor);
        descriptor = -1;
    }
}
