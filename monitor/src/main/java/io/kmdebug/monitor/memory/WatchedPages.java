package io.kmdebug.monitor.memory;

import io.kmdebug.monitor.platform.OutOfTables;
import io.kmdebug.monitor.platform.Platform;

/**
 * Pages whose accesses by the payload a debugger wants to hear of: a second protection beside the payload's own, which
 * the payload sees nothing of. To be changed while the payload's threads rest.
 */
public final class WatchedPages {
    private static final int PAGE = AddressSpace.PAGE;
    private static final int ALL = Platform.READ | Platform.WRITE | Platform.EXECUTE;

    private final AddressSpace space;

    public WatchedPages(AddressSpace space) {
        this.space = space;
    }

    /**
     * From now on writes there, or all accesses, are page faults.
     *
     * @return false when there is no memory to describe it
     */
    public boolean close(long page, boolean reads) {
        space.writeLock().lock();
        try {
            space.guardedLocked().withhold(page, reads ? ALL : Platform.WRITE);
            return withdrawLocked(page);
        } finally {
            space.writeLock().unlock();
        }
    }

    private boolean withdrawLocked(long page) {
        Platform platform = space.platform();
        int entered = platform.protection(page);
        if (entered == 0) return true;
        try {
            platform.protect(page, PAGE, entered);
        } catch (OutOfTables full) {
            space.guardedLocked().withhold(page, 0);
            return false;
        }
        Region region = space.regionLocked(page);
        // CPUs that remember more are told by a change of the host's mapping
        if (region != null) space.window().shootDown(page, PAGE, region.protection());
        return true;
    }

    /** Accesses are as the payload has them. */
    public void open(long page) {
        space.writeLock().lock();
        try {
            space.guardedLocked().withhold(page, 0);
            Region region = space.regionLocked(page);
            if (region == null || space.platform().protection(page) == 0 && region.pristine()) return;
            space.entriesLocked().enter(region, page, page + PAGE, false);
        } finally {
            space.writeLock().unlock();
        }
    }

    /** Whether the payload's memory has all of these addresses. */
    public boolean isMapped(long address, long length) {
        long start = address & -PAGE;
        long end = AddressSpace.roundUp(address + length);
        if (!AddressSpace.isPayload(start, end - start)) return false;
        space.readLock().lock();
        try {
            return RegionMap.cover(space.partsLocked(start, end), start, end);
        } finally {
            space.readLock().unlock();
        }
    }
}
