package io.kmdebug.monitor.memory;

import static io.kmdebug.monitor.memory.AddressSpace.EINVAL;
import static io.kmdebug.monitor.memory.AddressSpace.ENOMEM;
import static io.kmdebug.monitor.memory.AddressSpace.EPERM;
import static io.kmdebug.monitor.memory.AddressSpace.PAGE;
import static io.kmdebug.monitor.memory.AddressSpace.roundUp;
import static io.kmdebug.monitor.memory.MemoryBudget.exceeds;

import java.util.List;

/** madvise(2) and mlock(2): what is said about memory that stays where it is. Takes the address space's lock itself. */
public final class Advice {
    private static final int DONTNEED = 4;
    private static final int FREE = 8;
    private static final int REMOVE = 9;
    private static final int DONTFORK = 10;
    private static final int DOFORK = 11;
    private static final int MERGEABLE = 12;
    private static final int UNMERGEABLE = 13;
    private static final int HUGEPAGE = 14;
    private static final int NOHUGEPAGE = 15;
    private static final int DONTDUMP = 16;
    private static final int DODUMP = 17;
    private static final int WIPEONFORK = 18;
    private static final int KEEPONFORK = 19;
    private static final int COLD = 20;
    private static final int PAGEOUT = 21;
    private static final int POPULATE_READ = 22;
    private static final int POPULATE_WRITE = 23;
    private static final int COLLAPSE = 25;
    private static final int HWPOISON = 100;
    private static final int SOFT_OFFLINE = 101;
    private static final int EBUSY = 16;
    private static final int EACCES = 13;
    private static final int MS_ASYNC = 1;
    private static final int MS_INVALIDATE = 2;
    private static final int MS_SYNC = 4;
    private static final int MLOCK_ONFAULT = 1;
    private static final int MCL_ALL = 7;
    private static final int MCL_CURRENT = 1;
    private static final int MCL_FUTURE = 2;
    private static final int MCL_ONFAULT = 4;

    private final AddressSpace space;
    private final RegionMap regions;
    private final HostWindow window;

    public Advice(AddressSpace space) {
        this.space = space;
        this.regions = space.regionsLocked();
        this.window = space.window();
    }

    /** madvise(2): 0 or minus an errno. */
    public long advise(long start, long length, int advice) {
        if (advice == HWPOISON || advice == SOFT_OFFLINE) return -EPERM;
        if (advice < 0 || advice > COLLAPSE || advice > DONTNEED && advice < FREE) return -EINVAL;
        long bytes = roundUp(length);
        if ((start & PAGE - 1) != 0 || length != 0 && bytes <= 0 || start + bytes < start) return -EINVAL;
        if (bytes == 0) return 0;
        space.writeLock().lock();
        try {
            boolean changesFlags = advice >= DONTFORK && advice <= KEEPONFORK;
            long end = start + bytes;
            long at = start;
            boolean hole = false;
            for (Region part : regions.parts(start, end)) {
                if (part.start() != at) {
                    hole = true;
                    if (advice == POPULATE_READ || advice == POPULATE_WRITE) return -ENOMEM;
                }
                long result = changesFlags ? adviseFlags(part, advice) : adviseContent(part, advice);
                if (result < 0) return result;
                at = part.end();
            }
            return hole || at < end ? -ENOMEM : 0;
        } finally {
            space.writeLock().unlock();
        }
    }

    private long adviseContent(Region part, int advice) {
        boolean locked = part.has(Region.LOCKED);
        if (locked && (advice == DONTNEED || advice == REMOVE || advice == COLD || advice == PAGEOUT)) return -EINVAL;
        if (advice == FREE && (part.backing() != null || part.shared())) return -EINVAL;
        if (advice == REMOVE) {
            if (part.backing() == null) return -EINVAL;
            if (!part.shared() || (part.protection() & 2) == 0) return -EACCES;
        }
        boolean populate = advice == POPULATE_READ || advice == POPULATE_WRITE;
        if (part.pristine()) return populate ? -EINVAL : 0;
        // On the host a mapping that may be executed only or written only can be read as well.
        if (advice == POPULATE_WRITE && (part.protection() & 2) == 0) return -EINVAL;
        return window.advise(part.start(), part.length(), advice);
    }

    private long adviseFlags(Region part, int advice) {
        int flags = part.flags();
        switch (advice) {
            case DONTFORK -> flags |= Region.NO_FORK;
            case DOFORK -> flags &= ~Region.NO_FORK;
            case DONTDUMP -> flags |= Region.NO_DUMP;
            case DODUMP -> flags &= ~Region.NO_DUMP;
            case WIPEONFORK -> {
                if (part.backing() != null || part.shared()) return -EINVAL;
                flags |= Region.WIPE_ON_FORK;
            }
            case KEEPONFORK -> flags &= ~Region.WIPE_ON_FORK;
            case HUGEPAGE, NOHUGEPAGE -> {
                // refused by a host without such pages
                long result = window.advise(part.start(), part.length(), advice);
                if (result < 0) return result;
                flags &= ~(Region.HUGE | Region.NO_HUGE);
                flags |= advice == HUGEPAGE ? Region.HUGE : Region.NO_HUGE;
            }
            case MERGEABLE, UNMERGEABLE -> {
                return part.pristine() ? 0 : window.advise(part.start(), part.length(), advice);
            }
            default -> {}
        }
        change(part, flags);
        return 0;
    }

    private void change(Region part, int flags) {
        if (flags == part.flags()) return;
        regions.remove(part.start(), part.end());
        regions.add(part.withFlags(flags));
    }

    /** mlock2(2); the pages become present, and stay so as far as the monitor's own do. */
    public long lock(long start, long length, int flags) {
        if ((flags & ~MLOCK_ONFAULT) != 0) return -EINVAL;
        return lock(start, length, true, (flags & MLOCK_ONFAULT) == 0);
    }

    /** munlock(2). */
    public long unlock(long start, long length) {
        return lock(start, length, false, false);
    }

    private long lock(long start, long length, boolean on, boolean populate) {
        long limit = space.limits().locked();
        if (on && limit == 0) return -EPERM;
        long bytes = roundUp(length + (start & PAGE - 1));
        long from = start & -PAGE;
        long end = from + bytes;
        space.writeLock().lock();
        try {
            if (on) {
                long locked = regions.lockedBytes() + bytes;
                if (exceeds(locked, limit)) locked -= lockedBytes(from, end);
                if (exceeds(locked, limit)) return -ENOMEM;
            }
            if (end < from) return -EINVAL;
            if (end == from) return 0;
            long at = from;
            for (Region part : regions.parts(from, end)) {
                if (part.start() != at) return -ENOMEM;
                change(part, on ? part.flags() | Region.LOCKED : part.flags() & ~Region.LOCKED);
                at = part.end();
            }
            if (at != end) return -ENOMEM;
            if (!populate) return 0;
            for (Region part : regions.parts(from, end)) if (!populate(part)) return -ENOMEM;
            return 0;
        } finally {
            space.writeLock().unlock();
        }
    }

    private boolean populate(Region part) {
        if (part.protection() == 0) return false;
        int advice = (part.protection() & 2) != 0 && !part.shared() ? POPULATE_WRITE : POPULATE_READ;
        return window.advise(part.start(), part.length(), advice) >= 0;
    }

    private long lockedBytes(long start, long end) {
        long sum = 0;
        for (Region part : regions.parts(start, end)) if (part.has(Region.LOCKED)) sum += part.length();
        return sum;
    }

    /** mlockall(2). */
    public long lockAll(int flags) {
        if (flags == 0 || (flags & ~MCL_ALL) != 0 || flags == MCL_ONFAULT) return -EINVAL;
        long limit = space.limits().locked();
        if (limit == 0) return -EPERM;
        space.writeLock().lock();
        try {
            boolean current = (flags & MCL_CURRENT) != 0;
            if (current && exceeds(regions.bytes(), limit)) return -ENOMEM;
            space.futureFlagsLocked((flags & MCL_FUTURE) != 0 ? Region.LOCKED : 0);
            if (!current) return 0;
            for (Region region : regions.all()) {
                change(region, region.flags() | Region.LOCKED);
                if ((flags & MCL_ONFAULT) == 0 && region.protection() != 0) populate(region);
            }
            return 0;
        } finally {
            space.writeLock().unlock();
        }
    }

    /** munlockall(2). */
    public long unlockAll() {
        space.writeLock().lock();
        try {
            space.futureFlagsLocked(0);
            for (Region region : regions.all()) change(region, region.flags() & ~Region.LOCKED);
            return 0;
        } finally {
            space.writeLock().unlock();
        }
    }

    /** The checks of msync(2): the parts to hand to the host, which may hold up the caller; or minus an errno. */
    public long checkSync(long start, long length, int flags, List<Region> parts) {
        if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) != 0 || (start & PAGE - 1) != 0) return -EINVAL;
        if ((flags & MS_ASYNC) != 0 && (flags & MS_SYNC) != 0) return -EINVAL;
        long end = start + roundUp(length);
        if (end < start) return -ENOMEM;
        if (end == start) return 0;
        space.readLock().lock();
        try {
            long at = start;
            boolean hole = false;
            for (Region part : regions.parts(start, end)) {
                hole |= part.start() != at;
                if ((flags & MS_INVALIDATE) != 0 && part.has(Region.LOCKED)) return -EBUSY;
                if (part.shared() && part.file() != null) parts.add(part);
                at = part.end();
            }
            return hole || at < end ? -ENOMEM : 0;
        } finally {
            space.readLock().unlock();
        }
    }

    /** Whether regions cover a range: mincore(2). */
    public boolean covers(long start, long length) {
        long end = start + roundUp(length);
        space.readLock().lock();
        try {
            return end > start && RegionMap.cover(regions.parts(start, end), start, end);
        } finally {
            space.readLock().unlock();
        }
    }
}
