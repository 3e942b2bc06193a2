package io.kmdebug.monitor.memory;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.platform.VdsoPages;
import java.util.concurrent.locks.Lock;

/**
 * The payload's memory as a debugger sees it: read-only pages can be written, and pages that the host cannot provide
 * are unreadable rather than fatal.
 */
public final class DebugMemory {
    private static final int NR_PROCESS_VM_READV = 310;
    private static final int PROT_READ_WRITE = HostCall.PROT_READ | HostCall.PROT_WRITE;
    private static final int PAGE = AddressSpace.PAGE;

    private final AddressSpace space;

    public DebugMemory(AddressSpace space) {
        this.space = space;
    }

    /** Reads up to {@code length} bytes; returns how many there were before the first unreadable one. */
    public int read(long guest, byte[] target, int offset, int length) {
        long buffer = HostMemory.allocate(length);
        try {
            int got = read(guest, buffer, length);
            HostMemory.read(buffer, target, offset, got);
            return got;
        } finally {
            HostMemory.free(buffer);
        }
    }

    /** The same into the monitor's own memory. */
    public int read(long guest, long target, int length) {
        Lock lock = space.readLock();
        lock.lock();
        try {
            int done = 0;
            while (done < length) {
                long at = guest + done;
                Region region = space.regionLocked(at);
                int wanted = length - done;
                long host;
                if (region != null && region.protection() != 0) {
                    wanted = (int) Math.min(wanted, region.end() - at);
                    host = space.window().base() + at;
                } else {
                    wanted = (int) Math.min(wanted, PAGE - (at & PAGE - 1));
                    host = VdsoPages.host(at, wanted);
                    if (host == 0) break;
                }
                int got = copy(host, target + done, wanted);
                done += got;
                if (got < wanted) break;
            }
            return done;
        } finally {
            lock.unlock();
        }
    }

    /** Through the kernel, which answers where a plain load would raise SIGBUS. */
    private static int copy(long host, long target, int length) {
        long vectors = HostMemory.allocate(32);
        try {
            HostMemory.putLong(vectors, target);
            HostMemory.putLong(vectors + 8, length);
            HostMemory.putLong(vectors + 16, host);
            HostMemory.putLong(vectors + 24, length);
            long got = Native.syscall(NR_PROCESS_VM_READV, HostCall.getpid(), vectors, 1, vectors + 16, 1, 0);
            return (int) Math.max(0, got);
        } finally {
            HostMemory.free(vectors);
        }
    }

    /** Writes all of it or nothing, read-only pages too. Private file pages are copied first, as by ptrace(2). */
    public boolean write(long guest, byte[] data) {
        if (data.length == 0) return true;
        Lock lock = space.writeLock();
        lock.lock();
        try {
            var parts = space.partsLocked(guest & -PAGE, guest + data.length + PAGE - 1 & -PAGE);
            if (!RegionMap.cover(parts, guest & -PAGE, guest + data.length + PAGE - 1 & -PAGE)) return false;
            for (Region part : parts) if (part.pristine()) return false;
            HostWindow window = space.window();
            boolean open = true;
            for (Region part : parts) {
                if (HostWindow.hostProtection(part.protection()) == PROT_READ_WRITE) continue;
                open &= window.protect(part.start(), part.length(), PROT_READ_WRITE) == 0;
            }
            window.prepareWrite(guest, data.length);
            if (open) HostMemory.write(window.base() + guest, data, 0, data.length);
            for (Region part : parts) {
                if (HostWindow.hostProtection(part.protection()) == PROT_READ_WRITE) continue;
                window.protect(part.start(), part.length(), part.protection());
            }
            return open;
        } finally {
            lock.unlock();
        }
    }
}
