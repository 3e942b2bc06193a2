package io.kmdebug.monitor.memory;

import static io.kmdebug.monitor.memory.AddressSpace.EEXIST;
import static io.kmdebug.monitor.memory.AddressSpace.EINVAL;
import static io.kmdebug.monitor.memory.AddressSpace.ENOMEM;
import static io.kmdebug.monitor.memory.AddressSpace.EPERM;
import static io.kmdebug.monitor.memory.AddressSpace.MAP_32BIT;
import static io.kmdebug.monitor.memory.AddressSpace.MAP_FIXED;
import static io.kmdebug.monitor.memory.AddressSpace.MAP_FIXED_NOREPLACE;
import static io.kmdebug.monitor.memory.AddressSpace.PAGE;

import io.kmdebug.monitor.platform.GuestLayout;

/**
 * Where a mapping goes: to its hint if there is room, else as high as possible below the top, as the kernel's
 * {@code arch_get_unmapped_area_topdown}. Searching is for callers that hold the address space's lock.
 */
final class Placement {
    private static final long INITIAL_TOP = GuestLayout.PAYLOAD_END - (1L << 30);
    private static final long LOWEST_32BIT = 1L << 30;
    private static final long TWO_GIB = 1L << 31;

    private final RegionMap regions;
    private long top = INITIAL_TOP;

    Placement(RegionMap regions) {
        this.regions = regions;
    }

    /** Where the search starts, downwards. */
    void top(long address) {
        top = address;
    }

    long top() {
        return top;
    }

    void reset() {
        top = INITIAL_TOP;
    }

    /** Where mremap(2) may put something: anywhere with enough room. */
    long anywhere(long bytes) {
        return place(0, bytes, 0);
    }

    /** An address, or minus the errno of mmap(2). */
    long place(long hint, long bytes, int flags) {
        long end = hint + bytes;
        if ((flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) != 0) {
            if (hint < 0 || end < 0 || end > GuestLayout.PAYLOAD_END) return -ENOMEM;
            if ((hint & PAGE - 1) != 0) return -EINVAL;
            if (hint < GuestLayout.PAYLOAD_START) return -EPERM; // vm.mmap_min_addr
            if ((flags & MAP_FIXED_NOREPLACE) != 0 && !regions.isFree(hint, end)) return -EEXIST;
            return hint;
        }
        if (bytes > GuestLayout.PAYLOAD_END) return -ENOMEM;
        boolean low = (flags & MAP_32BIT) != 0;
        if (hint != 0) {
            long wanted = Math.max(hint & -PAGE, GuestLayout.PAYLOAD_START);
            long limit = low ? TWO_GIB : GuestLayout.PAYLOAD_END;
            boolean inside = hint > 0 && wanted <= limit - bytes;
            if (inside && regions.isRoom(wanted, wanted + bytes)) return wanted;
        }
        long found = low
                ? regions.highestFree(bytes, LOWEST_32BIT, TWO_GIB)
                : regions.highestFree(bytes, GuestLayout.PAYLOAD_START, top);
        if (found < 0 && !low) {
            found = regions.highestFree(bytes, GuestLayout.PAYLOAD_START, GuestLayout.PAYLOAD_END);
        }
        return found < 0 ? -ENOMEM : found & -PAGE;
    }
}
