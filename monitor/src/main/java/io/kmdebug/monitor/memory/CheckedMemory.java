package io.kmdebug.monitor.memory;

import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.platform.VdsoPages;
import io.kmdebug.monitor.syscall.Access;
import io.kmdebug.monitor.syscall.GuestFault;
import io.kmdebug.monitor.syscall.GuestMemory;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** {@link GuestMemory} over an {@link AddressSpace}: its lock is held while a byte is touched, so no page can go. */
public final class CheckedMemory implements GuestMemory {
    private final AddressSpace space;
    private final ReentrantReadWriteLock.ReadLock lock;
    private final long base;

    public CheckedMemory(AddressSpace space) {
        this.space = space;
        this.lock = space.readLock();
        this.base = space.window().base();
    }

    @Override
    public long host(long guest, long length, Access access) {
        grow(guest, length);
        lock.lock();
        try {
            return locate(guest, length, access);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long range(long guest, long length, Access access) {
        HostWindow window = space.window();
        boolean prepared = access != Access.WRITE || !window.mustPrepare(guest, length);
        if (!prepared || !window.admits(guest, length)) return host(guest, length, access);
        grow(guest, length);
        return base + guest;
    }

    /** A stack grows for the kernel as it does for the program itself. */
    private void grow(long guest, long length) {
        if (length > 0 && space.region(guest) == null) space.grow(guest);
    }

    /** The lock is held. */
    private long locate(long guest, long length, Access access) {
        if (length == 0) return base + guest;
        long reached = reach(guest, length, access);
        if (reached < length) {
            long special = access == Access.READ ? VdsoPages.host(guest, length) : 0;
            if (special != 0) return special;
            throw new GuestFault(guest + reached);
        }
        if (access == Access.WRITE) space.window().prepareWrite(guest, length);
        return base + guest;
    }

    /**
     * Like {@link #locate}, for bytes that the monitor touches itself: a page behind the end of a mapped file would be a
     * SIGBUS, of which the JVM makes an error that surfaces anywhere. The kernel answers EFAULT. The lock is held.
     */
    private long touchable(long guest, long length, Access access) {
        long host = locate(guest, length, access);
        long backed = backed(guest, length);
        if (backed < length) throw new GuestFault(guest + backed);
        return host;
    }

    /** How many of the bytes, which lie in regions, the host can provide. The lock is held. */
    private long backed(long guest, long length) {
        long end = guest + length;
        long at = guest;
        while (at < end) {
            Region region = space.regionLocked(at);
            if (region == null) break; // the vDSO
            long last = Math.min(region.end(), end) - 1 & -AddressSpace.PAGE;
            if (region.backing() != null && !space.window().isBacked(last)) {
                while (at < end && space.window().isBacked(at)) at = (at & -AddressSpace.PAGE) + AddressSpace.PAGE;
                return Math.min(at, end) - guest;
            }
            at = region.end();
        }
        return length;
    }

    /** How many bytes from {@code guest} on permit the access. The lock is held. */
    private long reach(long guest, long length, Access access) {
        if (length < 0) return 0;
        long at = guest;
        long end = guest + length;
        if (end < guest) end = Long.MAX_VALUE;
        while (at < end) {
            Region region = space.regionLocked(at);
            if (region == null || !permits(region.protection(), access)) break;
            at = region.end();
        }
        return Math.min(at, end) - guest;
    }

    private static boolean permits(int protection, Access access) {
        return access == Access.WRITE ? (protection & Platform.WRITE) != 0 : protection != 0;
    }

    @Override
    public long accessible(long guest, long length, Access access) {
        lock.lock();
        try {
            return reach(guest, length, access);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public byte[] read(long guest, int length) {
        grow(guest, length);
        lock.lock();
        try {
            return HostMemory.read(touchable(guest, length, Access.READ), length);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void write(long guest, byte[] data) {
        grow(guest, data.length);
        lock.lock();
        try {
            HostMemory.write(touchable(guest, data.length, Access.WRITE), data, 0, data.length);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int readInt(long guest) {
        lock.lock();
        try {
            return HostMemory.getInt(touchable(guest, 4, Access.READ));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long readLong(long guest) {
        lock.lock();
        try {
            return HostMemory.getLong(touchable(guest, 8, Access.READ));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void writeInt(long guest, int value) {
        grow(guest, 4);
        lock.lock();
        try {
            HostMemory.putInt(touchable(guest, 4, Access.WRITE), value);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void writeLong(long guest, long value) {
        grow(guest, 8);
        lock.lock();
        try {
            HostMemory.putLong(touchable(guest, 8, Access.WRITE), value);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean compareAndSetInt(long guest, int expected, int value) {
        lock.lock();
        try {
            return HostMemory.compareAndSetInt(touchable(guest, 4, Access.WRITE), expected, value);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String readString(long guest, int max) {
        lock.lock();
        try {
            long limit = reach(guest, max, Access.READ);
            if (limit > 0) limit = backed(guest, limit);
            int length = 0;
            while (length < limit && HostMemory.getByte(base + guest + length) != 0) length++;
            if (length == limit && length < max) throw new GuestFault(guest + length);
            byte[] bytes = HostMemory.read(base + guest, length);
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } finally {
            lock.unlock();
        }
    }
}
