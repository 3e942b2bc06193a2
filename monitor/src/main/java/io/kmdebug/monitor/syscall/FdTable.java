package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EBADF;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.EMFILE;

import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.host.HostDescriptors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The payload's descriptor numbers. The monitor's own descriptors are in no table, so the payload can neither see nor
 * close them. Look-ups take no lock; changes do.
 */
public final class FdTable {
    private static final int FSTAT = 5;
    private static final int FCNTL = 72;
    private static final int CLOSE = 3;
    private static final int DUP3 = 292;
    private static final int F_GETFD = 1;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int STDERR = 2;
    private static final int STAT_BYTES = 144;
    private static final int ST_MODE = 24;
    private static final int S_IFMT = 0170000;
    private static final int S_IFREG = 0100000;
    private static final int S_IFDIR = 0040000;
    private static final int S_IFSOCK = 0140000;
    private static final int S_IFBLK = 0060000;

    /** The kernel's table has 64 places and grows to powers of two of these, which select(2) lets programs see. */
    private static final int GROWTH = 128;

    private final World world;
    private final ResourceLimits limits;
    private volatile @Nullable Descriptor[] table;

    /**
     * One descriptor. Slots with the same file are descriptors of one open file description: dup(2).
     *
     * @param number the payload's
     * @param hostFd the host's, open as long as the slot is in a table
     */
    public record Slot(int number, int hostFd, boolean closeOnExec, OpenFile file) {}

    private FdTable(World world, ResourceLimits limits, @Nullable Descriptor[] table) {
        this.world = world;
        this.limits = limits;
        this.table = table;
    }

    /** A table with the standard descriptors that are open. */
    public FdTable(World world, ResourceLimits limits) {
        this(world, limits, new Descriptor[64]);
        for (int fd = 0; fd <= 2; fd++) {
            if (world.own(FCNTL, fd, F_GETFD) < 0) continue;
            OpenFile file = describe(fd);
            file.standard(fd);
            table[fd] = new Descriptor(world, fd, file, false);
        }
    }

    /** A table without descriptors, to be filled by {@link #place}. */
    public static FdTable empty(World world, ResourceLimits limits) {
        return new FdTable(world, limits, new Descriptor[64]);
    }

    /** A copy with the same numbers over the same host descriptors, each open until it is closed in both tables. */
    public synchronized FdTable copy() {
        @Nullable Descriptor[] copied = new Descriptor[table.length];
        for (int fd = 0; fd < copied.length; fd++) {
            Descriptor descriptor = table[fd];
            if (descriptor != null) copied[fd] = descriptor.copy();
        }
        return new FdTable(world, limits, copied);
    }

    /** Puts an open host descriptor at a number that is free, whatever the limit says. */
    public synchronized void place(Slot slot) {
        if (isOpen(slot.number())) throw new IllegalArgumentException("descriptor " + slot.number() + " is open");
        grow(slot.number());
        table[slot.number()] = new Descriptor(world, slot.hostFd(), slot.file(), slot.closeOnExec());
    }

    /** The open descriptors, ascending. */
    public synchronized List<Slot> slots() {
        List<Slot> slots = new ArrayList<>();
        for (int fd = 0; fd < table.length; fd++) {
            Descriptor d = table[fd];
            if (d != null) slots.add(new Slot(fd, d.hostFd(), d.closeOnExec(), d.file()));
        }
        return slots;
    }

    /**
     * @param deed run once the payload has let go of the standard error that it was started with, under any number; at
     *     once if it never had one
     */
    public void whenStandardErrorCloses(Runnable deed) {
        for (Slot slot : slots()) {
            if (slot.file().standard() != STDERR) continue;
            slot.file().whenClosed(deed);
            return;
        }
        deed.run();
    }

    /** Closes everything: the end of a process whose table is a copy. */
    public void closeAll() {
        closeRange(0, 0xffffffffL, false);
    }

    /** A description of an inherited or received host descriptor. */
    public OpenFile describe(int hostFd) {
        Scratch scratch = world.innerScratch();
        long stat = scratch.allocate(STAT_BYTES);
        if (world.own(FSTAT, hostFd, stat) < 0) return new OpenFile(OpenFile.Kind.OTHER);
        return new OpenFile(kind(scratch.getInt(stat + ST_MODE)));
    }

    static OpenFile.Kind kind(int mode) {
        return switch (mode & S_IFMT) {
            case S_IFREG, S_IFBLK -> OpenFile.Kind.REGULAR;
            case S_IFDIR -> OpenFile.Kind.DIRECTORY;
            case S_IFSOCK -> OpenFile.Kind.SOCKET;
            default -> OpenFile.Kind.OTHER;
        };
    }

    /**
     * The descriptor, held until its {@link Descriptor#release()}.
     *
     * @throws SyscallFailure EBADF
     */
    Descriptor acquire(long fd) {
        int number = (int) fd;
        @Nullable Descriptor[] now = table;
        Descriptor found = number >= 0 && number < now.length ? now[number] : null;
        if (found == null || !found.acquire()) throw new SyscallFailure(EBADF);
        return found;
    }

    /** Places in the table, taken or not. */
    int places() {
        return table.length;
    }

    boolean isOpen(int fd) {
        @Nullable Descriptor[] now = table;
        return fd >= 0 && fd < now.length && now[fd] != null;
    }

    /**
     * Gives a host descriptor the lowest free number; on failure it is closed.
     *
     * @return the number, or -EMFILE
     */
    public long install(long hostFd, OpenFile file, boolean closeOnExec) {
        long fd = installed(hostFd, file, closeOnExec);
        if (Trace.on(Trace.FILESYS)) {
            Trace.line(Trace.FILESYS, "descriptor " + fd + ": " + file.kind() + ", the host's " + hostFd((int) fd));
        }
        return fd;
    }

    private synchronized long installed(long hostFd, OpenFile file, boolean closeOnExec) {
        return installFrom(0, hostFd, file, closeOnExec);
    }

    private long installFrom(int lowest, long hostFd, OpenFile file, boolean closeOnExec) {
        int number = lowestFree(lowest);
        if (number < 0 || hostFd >= limits.hostFiles()) {
            world.own(CLOSE, hostFd);
            return -EMFILE;
        }
        table[number] = new Descriptor(world, (int) amongThePayloads(hostFd), file, closeOnExec);
        return number;
    }

    /**
     * What the monitor held for a moment while it took the low numbers is free afterwards, and a child's monitor may have
     * it. The number is taken for good, so that no later file has to move: closing one ends the process's locks on it.
     */
    private long amongThePayloads(long hostFd) {
        if (hostFd <= STDERR || hostFd >= HostDescriptors.LOWEST_OF_PAYLOAD) return hostFd;
        long moved = world.own(FCNTL, hostFd, F_DUPFD_CLOEXEC, HostDescriptors.LOWEST_OF_PAYLOAD);
        if (moved < 0) return hostFd;
        int taken = HostDescriptors.LOWEST_OF_PAYLOAD - 1;
        if (world.own(DUP3, taken, hostFd, OpenCalls.O_CLOEXEC) < 0) world.own(CLOSE, hostFd);
        return moved;
    }

    /** For pipe(2) and socketpair(2): both or neither; the numbers go to two ints at {@code pointer}. */
    synchronized long installPair(GuestMemory memory, long pointer, int hostA, int hostB, int flags) {
        boolean closeOnExec = (flags & OpenCalls.O_CLOEXEC) != 0;
        OpenFile fileA = describe(hostA);
        OpenFile fileB = describe(hostB);
        OpenFile.pair(fileA, fileB);
        long a = install(hostA, fileA, closeOnExec);
        if (a < 0) {
            world.own(CLOSE, hostB);
            return a;
        }
        long b = install(hostB, fileB, closeOnExec);
        if (b < 0) {
            close(a);
            return b;
        }
        memory.writeInt(pointer, (int) a);
        memory.writeInt(pointer + 4, (int) b);
        return 0;
    }

    /** @throws SyscallFailure EMFILE when no descriptor can be made now; to be asked before a call makes a file */
    synchronized void needRoom() {
        if (lowestFree(0) < 0) throw new SyscallFailure(EMFILE);
    }

    /** dup(2) and F_DUPFD: the lowest free number from {@code lowest} on. */
    synchronized long duplicate(long fd, long lowest, boolean closeOnExec) {
        Descriptor from = acquire(fd);
        try {
            if (lowest < 0 || lowest >= limits.openFiles()) return -EINVAL;
            if (lowestFree((int) lowest) < 0) return -EMFILE;
            long hostFd = duplicateHost(from);
            return hostFd < 0 ? hostFd : installFrom((int) lowest, hostFd, from.file(), closeOnExec);
        } finally {
            from.release();
        }
    }

    /** dup2(2) and dup3(2) onto a different number. */
    long duplicateTo(long fd, long target, boolean closeOnExec) {
        Descriptor old;
        synchronized (this) {
            Descriptor from = acquire(fd);
            try {
                if (target < 0 || target >= limits.openFiles()) return -EBADF;
                long hostFd = duplicateHost(from);
                if (hostFd < 0) return hostFd;
                if (hostFd >= limits.hostFiles()) {
                    world.own(CLOSE, hostFd);
                    return -EMFILE;
                }
                grow((int) target);
                old = table[(int) target];
                table[(int) target] = new Descriptor(world, (int) hostFd, from.file(), closeOnExec);
            } finally {
                from.release();
            }
        }
        if (old != null) old.release();
        return target;
    }

    private long duplicateHost(Descriptor from) {
        return world.own(FCNTL, from.hostFd(), F_DUPFD_CLOEXEC, HostDescriptors.LOWEST_OF_PAYLOAD);
    }

    /** close(2). */
    long close(long fd) {
        Descriptor old = remove((int) fd);
        return old == null ? -EBADF : old.release();
    }

    private synchronized @Nullable Descriptor remove(int fd) {
        if (!isOpen(fd)) return null;
        Descriptor old = table[fd];
        table[fd] = null;
        return old;
    }

    /** close_range(2): closes or, with {@code markOnly}, marks close-on-exec. {@code last} is inclusive and unsigned. */
    void closeRange(long first, long last, boolean markOnly) {
        int end = (int) Math.min(last, table.length - 1L);
        for (long fd = first; fd <= end; fd++) {
            if (markOnly) {
                Descriptor descriptor = table[(int) fd];
                if (descriptor != null) descriptor.closeOnExec(true);
            } else {
                close(fd);
            }
        }
    }

    /** exec: closes what is marked so. */
    public void closeOnExec() {
        for (int fd = 0; fd < table.length; fd++) {
            Descriptor descriptor = table[fd];
            if (descriptor != null && descriptor.closeOnExec()) close(fd);
        }
    }

    /** The numbers in use, ascending. */
    int[] numbers() {
        @Nullable Descriptor[] now = table;
        int[] open = new int[now.length];
        int count = 0;
        for (int fd = 0; fd < now.length; fd++) if (now[fd] != null) open[count++] = fd;
        return Arrays.copyOf(open, count);
    }

    /** The host descriptor behind a number, or -1. Only as good as the payload's threads leave it alone. */
    public int hostFd(int fd) {
        @Nullable Descriptor[] now = table;
        Descriptor found = fd >= 0 && fd < now.length ? now[fd] : null;
        return found == null ? -1 : found.hostFd();
    }

    /** What the descriptor is of; null when it is not open. As good as {@link #hostFd}. */
    OpenFile.@Nullable Kind kindOf(int fd) {
        @Nullable Descriptor[] now = table;
        Descriptor found = fd >= 0 && fd < now.length ? now[fd] : null;
        return found == null ? null : found.file().kind();
    }

    private int lowestFree(int from) {
        int number = from;
        while (isOpen(number)) number++;
        if (number >= limits.openFiles()) return -1;
        grow(number);
        return number;
    }

    private void grow(int number) {
        if (number < table.length) return;
        int full = number / GROWTH;
        table = Arrays.copyOf(table, GROWTH * (full == 0 ? 1 : 2 * Integer.highestOneBit(full)));
    }
}
