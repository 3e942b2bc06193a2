package io.kmdebug.monitor.memory;

import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.platform.Platform;
import org.jspecify.annotations.Nullable;

/**
 * Regions together with what stands behind them: here they come into existence and go, in the map of regions, on the
 * host and in the page tables at once. An entry goes before the host's mapping behind it and comes after it. For callers
 * that hold the address space's write lock.
 */
final class BackedRegions {
    private static final int MADV_POPULATE_READ = 22;
    private static final int MADV_POPULATE_WRITE = 23;

    private final RegionMap regions;
    private final HostWindow window;
    private final Platform platform;
    private final PageEntries entries;

    BackedRegions(RegionMap regions, HostWindow window, Platform platform, PageEntries entries) {
        this.regions = regions;
        this.window = window;
        this.platform = platform;
        this.entries = entries;
    }

    /**
     * Maps a region in place of what is there. Shared memory without a file gets a memory file.
     *
     * @param file as the payload has it open; null for anonymous memory
     * @return the region's start, or minus an errno
     */
    long enterLocked(Region region, @Nullable MappedFile file) {
        long start = region.start();
        long bytes = region.length();
        if (!regions.isFree(start, region.end())) {
            if (file != null) {
                // The host may yet refuse; until then the old mapping only loses its page table entries.
                platform.unmap(start, bytes);
            } else {
                dropLocked(start, region.end());
            }
        }
        if (!region.pristine()) {
            long result;
            if (file != null) {
                result = window.mapFile(
                        start, bytes, region.protection(), region.shared(), file.source(), region.offset());
            } else if (region.shared()) {
                long descriptor = HostWindow.memoryFile(bytes);
                if (descriptor < 0) return descriptor;
                region = region.withBacking(MappedFile.anonymous((int) descriptor));
                result = window.mapFile(start, bytes, region.protection(), true, (int) descriptor, 0);
            } else {
                result = window.protect(start, bytes, region.protection());
            }
            if (result < 0) return result;
        }
        regions.remove(start, region.end());
        regions.add(region);
        if (Trace.on(Trace.MMAP)) Trace.line(Trace.MMAP, "map " + region.describe());
        entries.adviseLarge(region);
        entries.fill(region);
        return start;
    }

    /** Enters a region that the host has been told of already. */
    void addLocked(Region region) {
        regions.add(region);
        entries.fill(region);
    }

    /** Unmaps whatever there is between two page-aligned addresses. */
    void dropLocked(long start, long end) {
        for (Region part : regions.parts(start, end)) {
            if (part.pristine()) continue;
            platform.unmap(part.start(), part.length());
            window.release(part.start(), part.length());
        }
        regions.remove(start, end);
    }

    /** Makes a region's pages present. Failure is not the caller's, as for mmap(2). */
    void populateLocked(Region region) {
        if (region.protection() == 0) return;
        boolean write = (region.protection() & Platform.WRITE) != 0;
        window.advise(region.start(), region.length(), write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
    }
}
