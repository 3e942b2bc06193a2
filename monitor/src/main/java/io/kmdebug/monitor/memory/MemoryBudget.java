package io.kmdebug.monitor.memory;

import static io.kmdebug.monitor.memory.AddressSpace.EAGAIN;
import static io.kmdebug.monitor.memory.AddressSpace.ENOMEM;

/**
 * Whether the payload may have more: by its own limits, by the host's policy on promising memory and by its number of
 * areas. The host is asked only about what is considerable. For callers that hold the address space's lock.
 */
final class MemoryBudget {
    /** From here on it is worth asking the host's policy. */
    private static final long CONSIDERABLE_BYTES = 256L << 20;

    private static final int CONSIDERABLE_COUNT = 30_000;

    private final RegionMap regions;
    private MemoryLimits limits = new MemoryLimits.None();

    MemoryBudget(RegionMap regions) {
        this.regions = regions;
    }

    void limits(MemoryLimits payloads) {
        limits = payloads;
    }

    MemoryLimits limits() {
        return limits;
    }

    /** @param bytes unsigned; @param limit unsigned, so that -1 is none */
    static boolean exceeds(long bytes, long limit) {
        return Long.compareUnsigned(bytes, limit) > 0;
    }

    /** Minus the errno for which the kernel would refuse a new region; {@code replaced} bytes go for it. */
    long refuses(Region region, long replaced) {
        long bytes = region.length();
        if (exceeds(regions.bytes() + bytes - replaced, limits.addressSpace())) return -ENOMEM;
        if (region.isData() && exceeds(regions.dataBytes() + bytes, limits.data())) return -ENOMEM;
        if (region.has(Region.LOCKED) && exceeds(regions.lockedBytes() + bytes, limits.locked())) return -EAGAIN;
        return overcommits(region) ? -ENOMEM : 0;
    }

    /** Whether a region, which is counted already, may not become data, as which {@code changed} is. */
    boolean refusesAsData(Region changed) {
        return exceeds(regions.dataBytes() + changed.length(), limits.data()) || overcommits(changed);
    }

    private static boolean overcommits(Region region) {
        return region.length() > CONSIDERABLE_BYTES
                && region.isData()
                && !region.has(Region.NO_RESERVE)
                && HostPolicy.overcommits(region.length());
    }

    /** Whether the host would not have so many areas: vm.max_map_count. */
    boolean tooMany(int more) {
        int count = regions.count() + more;
        return count > CONSIDERABLE_COUNT && count > HostPolicy.mapCount();
    }

    /** Like {@link #tooMany}, if a change from {@code start} to {@code end} is one in the middle of a region. */
    boolean splitsTooMany(long start, long end, int more) {
        return splits(start, end) && tooMany(more);
    }

    private boolean splits(long start, long end) {
        if (regions.count() < CONSIDERABLE_COUNT) return false;
        Region region = regions.at(start);
        return region != null && region.start() < start && region.end() > end;
    }
}
