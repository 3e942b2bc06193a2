package io.kmdebug.monitor.memory;

import static io.kmdebug.monitor.memory.AddressSpace.LARGE_PAGE;
import static io.kmdebug.monitor.memory.AddressSpace.PAGE;

import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.memory.AddressSpace.Touch;
import io.kmdebug.monitor.platform.Platform;

/**
 * What is done about a page that has no entry or too weak a one when it is touched. More is entered than the page: its
 * neighbours, and the more the longer a program fills memory from one end to the other. Takes the address space's lock
 * itself.
 */
final class PageFaults {
    private static final long STREAM_BYTES = 32L << 20;
    /** What counts as an edge of a large page. */
    private static final long EDGE_BYTES = 64L << 10;
    /** What is entered around a touched address of large pages. */
    private static final long DENSE_BYTES = 64L << 20;

    private final AddressSpace space;
    private final RegionMap regions;
    private final HostWindow window;
    private final Platform platform;
    private final PageEntries entries;
    private final GrowingDown growingDown;
    /** Where the memory ends that was last entered because it is being filled, and how much it was. */
    private long streamEnd;

    private long streamed;

    PageFaults(AddressSpace space, GrowingDown growingDown) {
        this.space = space;
        this.regions = space.regionsLocked();
        this.window = space.window();
        this.platform = space.platform();
        this.entries = space.entriesLocked();
        this.growingDown = growingDown;
    }

    /** A page fault: as {@link AddressSpace#touch}. */
    Touch touch(long address, boolean write, boolean execute) {
        Touch came = touched(address, write, execute);
        if (Trace.on(Trace.MEM)) {
            String access = write ? "write to" : execute ? "execution of" : "read of";
            Trace.line(Trace.MEM, "page fault, " + access + " 0x" + Long.toHexString(address) + ": " + came);
        }
        return came;
    }

    private Touch touched(long address, boolean write, boolean execute) {
        int needed = write ? Platform.WRITE : execute ? Platform.EXECUTE : Platform.READ;
        space.writeLock().lock();
        try {
            Region region = regions.at(address);
            if (region == null) region = growingDown.growLocked(address);
            if (region == null) return Touch.NOT_MAPPED;
            int granted = PageEntries.entryProtection(region.protection());
            if ((granted & needed) == 0) return Touch.FORBIDDEN;
            if ((platform.protection(address & -PAGE) & needed) != 0) return Touch.READY;
            if (region.backing() != null && !window.isBacked(address & -PAGE)) return Touch.BEHIND_END;
            if (write) window.prepareWrite(address & -PAGE, PAGE);
            return enterLocked(region, address) ? Touch.READY : Touch.NO_MEMORY;
        } finally {
            space.writeLock().unlock();
        }
    }

    private boolean enterLocked(Region region, long address) {
        boolean wanted = region.has(Region.HUGE) && PageEntries.isDense(region);
        long around = wanted ? DENSE_BYTES : LARGE_PAGE;
        long start = Math.max(region.start(), address & -around);
        long end = Math.min(region.end(), (address & -around) + around);
        boolean large = wanted;
        if (!wanted && isWholeLargePage(region, start, end) && isStreaming(region, start, address)) {
            end = start + streamBytes(region, start);
            entries.adviseLarge(start, end - start);
            large = true;
        }
        return entries.enter(region, start, end, large);
    }

    /** How much is entered at once of memory that is filled: the longer that goes on the more. */
    private long streamBytes(Region region, long start) {
        long bytes = start == streamEnd ? Math.min(2 * streamed, STREAM_BYTES) : LARGE_PAGE;
        bytes = Math.min(bytes, (region.end() & -LARGE_PAGE) - start);
        streamed = bytes;
        streamEnd = start + bytes;
        return bytes;
    }

    private static boolean isWholeLargePage(Region region, long start, long end) {
        return end - start == LARGE_PAGE
                && region.backing() == null
                && (region.protection() & Platform.WRITE) != 0
                && !region.has(Region.NO_HUGE | Region.GROWS_DOWN);
    }

    /**
     * Whether a large page is entered at its edge while memory beyond that edge is in use: so does a program that fills
     * memory from one end to the other. Large pages where programs touch here and there would only waste memory.
     */
    private boolean isStreaming(Region region, long start, long address) {
        long last = start + LARGE_PAGE;
        if (address - start < EDGE_BYTES) return isInUse(region, start - PAGE);
        return last - address <= EDGE_BYTES && isInUse(region, last);
    }

    private boolean isInUse(Region region, long page) {
        return region.contains(page)
                && platform.protection(page) != 0
                && window.populatedBytes(page, page + PAGE, false) == PAGE;
    }

    /** Takes the entries behind the ends of mapped files away: as {@link AddressSpace#withdrawUnbacked()}. */
    void withdrawUnbacked() {
        space.writeLock().lock();
        try {
            for (Region region : regions.all()) {
                if (region.backing() == null || region.protection() == 0) continue;
                long low = region.start();
                long high = region.end();
                while (low < high) {
                    long middle = (low + high >>> 1) & -PAGE;
                    if (window.isBacked(middle)) low = middle + PAGE;
                    else high = middle;
                }
                if (low < region.end()) platform.unmap(low, region.end() - low);
            }
        } finally {
            space.writeLock().unlock();
        }
    }

    /** Like {@link #withdrawUnbacked()} for one page. */
    void withdrawUnbacked(long address) {
        long page = address & -PAGE;
        space.writeLock().lock();
        try {
            Region region = regions.at(address);
            if (region != null && region.backing() != null && !window.isBacked(page)) platform.unmap(page, PAGE);
        } finally {
            space.writeLock().unlock();
        }
    }
}
