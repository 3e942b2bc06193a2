package io.kmdebug.monitor.syscall;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One descriptor of the payload and the host descriptor behind it. Each has its own, so that the host kernel keeps
 * offsets, flags, locks and epoll registrations exactly as for a native process. Counted like the kernel counts a file
 * in use: a close while another thread is in a call leaves the host descriptor open until that call returns.
 */
final class Descriptor {
    private static final int STDERR = 2;
    private static final int CLOSE = 3;
    private static final int OPEN = 2;
    private static final int DUP3 = 292;
    private static final int O_RDWR_CLOEXEC = 02000002;

    private final World world;
    private final int hostFd;
    private final OpenFile file;
    private volatile boolean closeOnExec;
    /** 1 for being in the table, and 1 for each call that uses it. */
    private final AtomicInteger uses = new AtomicInteger(1);
    /** The descriptors in this and in copied tables that stand for the host's. */
    private final AtomicInteger holders;

    Descriptor(World world, int hostFd, OpenFile file, boolean closeOnExec) {
        this(world, hostFd, file, closeOnExec, new AtomicInteger());
    }

    private Descriptor(World world, int hostFd, OpenFile file, boolean closeOnExec, AtomicInteger holders) {
        this.world = world;
        this.hostFd = hostFd;
        this.file = file;
        this.closeOnExec = closeOnExec;
        this.holders = holders;
        holders.incrementAndGet();
        file.opened();
    }

    /**
     * For a copied table, over the same host descriptor, as a forked child's is registered in epoll sets and the like.
     */
    Descriptor copy() {
        return new Descriptor(world, hostFd, file, closeOnExec, holders);
    }

    int hostFd() {
        return hostFd;
    }

    OpenFile file() {
        return file;
    }

    boolean closeOnExec() {
        return closeOnExec;
    }

    void closeOnExec(boolean value) {
        closeOnExec = value;
    }

    /** Whether it could be taken: false when it is closed already. */
    boolean acquire() {
        while (true) {
            int now = uses.get();
            if (now == 0) return false;
            if (uses.compareAndSet(now, now + 1)) return true;
        }
    }

    /** Returns the host's answer to close(2) when this was the last use, else 0. */
    long release() {
        if (uses.decrementAndGet() != 0) return 0;
        file.closed();
        if (holders.decrementAndGet() != 0) return 0;
        return hostFd > STDERR ? world.own(CLOSE, hostFd) : vacate();
    }

    /**
     * Standard descriptors are the JVM's too: another file of the JVM must never get their number, so they are pointed
     * at /dev/null, which releases the pipe or terminal behind them all the same.
     */
    private long vacate() {
        long path = world.innerScratch().string("/dev/null");
        long empty = world.own(OPEN, path, O_RDWR_CLOEXEC);
        if (empty < 0) return empty;
        long result = world.own(DUP3, empty, hostFd, 0);
        world.own(CLOSE, empty);
        return result < 0 ? result : 0;
    }
}
