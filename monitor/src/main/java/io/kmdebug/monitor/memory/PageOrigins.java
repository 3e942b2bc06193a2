package io.kmdebug.monitor.memory;

import io.kmdebug.monitor.platform.ptrace.RangeMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What each page of a {@link SharedWindow} is made of, and which protection it has there. Addresses are guest ones.
 * Changes are made under the address space's lock; questions may come at any time.
 */
final class PageOrigins {
    /** Offsets for pages whose own are in use by pages that were moved. */
    private static final long SPARE = 1L << 50;

    /** What a page is made of. */
    enum Kind {
        /** Of the memory file, zeros at first. */
        MEMORY,
        /** Of the memory file, copied from a private mapping. */
        COPY,
        PRIVATE_FILE,
        SHARED_FILE;

        boolean inMemory() {
            return this == MEMORY || this == COPY;
        }
    }

    /** @param shift offset in the memory file minus guest address; 0 for files */
    record Extent(Kind kind, long shift) {}

    private final RangeMap<Extent> extents = new RangeMap<>();
    /** Protections in the window. */
    private final RangeMap<Integer> protections = new RangeMap<>();
    /** Offsets in the memory file that belong to other addresses than the equal ones. */
    private final RangeMap<Boolean> moved = new RangeMap<>();

    private long spare = SPARE;

    /** Null where nothing is mapped. */
    @Nullable
    Extent at(long address) {
        return extents.at(address);
    }

    List<RangeMap.Range<Extent>> parts(long start, long end) {
        return extents.parts(start, end);
    }

    /** The host's protection in the window; null: none. */
    @Nullable
    Integer protection(long address) {
        return protections.at(address);
    }

    /** For new pages a shift to offsets of the memory file that are nobody else's. */
    long freeShift(long start, long end) {
        if (moved.isFree(start, end)) return 0;
        long shift = spare - start;
        spare += end - start;
        return shift;
    }

    void remember(long start, long end, Extent extent, int hostProtection) {
        extents.put(start, end, extent);
        if (extent.shift() != 0) moved.put(start + extent.shift(), end + extent.shift(), true);
        noteProtection(start, end, hostProtection);
    }

    /** Other pages with the protection and the offsets that are known. */
    void put(long start, long end, Extent extent) {
        extents.put(start, end, extent);
    }

    void noteProtection(long start, long end, int hostProtection) {
        if (hostProtection == 0) protections.remove(start, end);
        else protections.put(start, end, hostProtection);
    }

    void forget(long start, long end) {
        for (RangeMap.Range<Extent> part : extents.parts(start, end)) {
            long shift = part.value().shift();
            if (shift != 0) moved.remove(part.start() + shift, part.end() + shift);
        }
        extents.remove(start, end);
        protections.remove(start, end);
    }
}
