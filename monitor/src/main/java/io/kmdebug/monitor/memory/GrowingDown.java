package io.kmdebug.monitor.memory;

import static io.kmdebug.monitor.memory.AddressSpace.PAGE;
import static io.kmdebug.monitor.memory.AddressSpace.roundUp;
import static io.kmdebug.monitor.memory.MemoryBudget.exceeds;

import io.kmdebug.monitor.platform.GuestLayout;
import org.jspecify.annotations.Nullable;

/**
 * Memory that grows towards lower addresses when it is touched below its start: the stack, and what was mapped with
 * MAP_GROWSDOWN. As far as RLIMIT_STACK goes and as a guard gap to what lies below is left. For callers that hold the
 * address space's write lock.
 */
final class GrowingDown {
    private static final long STACK_STEP = 128L << 10;

    private final RegionMap regions;
    private final HostWindow window;
    private final MemoryBudget budget;

    GrowingDown(RegionMap regions, HostWindow window, MemoryBudget budget) {
        this.regions = regions;
        this.window = window;
        this.budget = budget;
    }

    /** The region above, grown down to an address when it is one that does so and nothing is in the way. */
    @Nullable
    Region growLocked(long address) {
        Region region = regions.endingAfter(address);
        if (region == null || !region.has(Region.GROWS_DOWN) || address < GuestLayout.PAYLOAD_START) return null;
        MemoryLimits limits = budget.limits();
        long limit = limits.stack();
        long lowest = limit < 0 || limit > region.end() ? GuestLayout.PAYLOAD_START : region.end() - limit;
        Region below = regions.endingBefore(region.start());
        if (below != null) {
            boolean inaccessible = below.protection() == 0 || below.has(Region.GROWS_DOWN);
            lowest = Math.max(lowest, inaccessible ? below.end() : below.end() + Region.GUARD_GAP);
        }
        lowest = roundUp(lowest);
        if ((address & -PAGE) < lowest) return null;
        long start = Math.max(lowest, Math.min(address & -PAGE, region.start() - STACK_STEP));
        long more = region.start() - start;
        if (exceeds(regions.bytes() + more, limits.addressSpace())) return null;
        if (window.protect(start, more, region.protection()) < 0) return null;
        Region grown = region.withStart(start);
        regions.remove(region.start(), region.end());
        regions.add(grown);
        return grown;
    }
}
