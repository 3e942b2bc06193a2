package io.kmdebug.monitor.memory;

import static io.kmdebug.monitor.memory.AddressSpace.EINVAL;
import static io.kmdebug.monitor.memory.AddressSpace.ENOMEM;
import static io.kmdebug.monitor.memory.AddressSpace.EOVERFLOW;
import static io.kmdebug.monitor.memory.AddressSpace.MAP_GROWSDOWN;
import static io.kmdebug.monitor.memory.AddressSpace.MAP_HUGETLB;
import static io.kmdebug.monitor.memory.AddressSpace.MAP_LOCKED;
import static io.kmdebug.monitor.memory.AddressSpace.MAP_NORESERVE;
import static io.kmdebug.monitor.memory.AddressSpace.MAP_POPULATE;
import static io.kmdebug.monitor.memory.AddressSpace.MAP_SHARED;
import static io.kmdebug.monitor.memory.AddressSpace.MAP_SHARED_VALIDATE;
import static io.kmdebug.monitor.memory.AddressSpace.MAP_STACK;
import static io.kmdebug.monitor.memory.AddressSpace.MAP_TYPE;
import static io.kmdebug.monitor.memory.AddressSpace.PAGE;
import static io.kmdebug.monitor.memory.AddressSpace.PROTECTION_BITS;
import static io.kmdebug.monitor.memory.AddressSpace.USER_END;
import static io.kmdebug.monitor.memory.AddressSpace.roundUp;

import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.platform.GuestLayout;
import org.jspecify.annotations.Nullable;

/** mmap(2) and munmap(2), with the kernel's order of checks. Takes the address space's lock itself. */
final class Mapping {
    private final AddressSpace space;
    private final RegionMap regions;
    private final MappedFiles files;
    private final MemoryBudget budget;
    private final Placement placement;
    private final BackedRegions backed;

    Mapping(AddressSpace space) {
        this.space = space;
        this.regions = space.regionsLocked();
        this.files = space.filesLocked();
        this.budget = space.budgetLocked();
        this.placement = space.placementLocked();
        this.backed = space.backedLocked();
    }

    /** mmap(2): as {@link AddressSpace#map}. */
    long map(long hint, long length, int protection, int flags, @Nullable MappedFile file, long offset, String name) {
        long bytes = roundUp(length);
        space.writeLock().lock();
        try {
            long refused = check(bytes, length, flags, offset);
            long at = refused < 0 ? refused : placement.place(hint, bytes, flags);
            if (at < 0) {
                if (file != null && file.uses == 0) file.close();
                return at;
            }
            return mapAt(at, bytes, protection & PROTECTION_BITS, flags, file, offset, name);
        } finally {
            files.sweep();
            space.writeLock().unlock();
        }
    }

    private long check(long bytes, long length, int flags, long offset) {
        if (length == 0 || (offset & PAGE - 1) != 0) return -EINVAL;
        if (bytes <= 0 || bytes > USER_END) return -ENOMEM;
        if (offset + bytes < offset && offset >= 0) return -EOVERFLOW;
        if ((flags & MAP_HUGETLB) != 0) return -ENOMEM;
        return budget.tooMany(0) ? -ENOMEM : 0;
    }

    private long mapAt(
            long at, long bytes, int access, int flags, @Nullable MappedFile file, long offset, String name) {
        boolean shared = (flags & MAP_TYPE) == MAP_SHARED || (flags & MAP_TYPE) == MAP_SHARED_VALIDATE;
        int kept = space.futureFlagsLocked();
        if ((flags & MAP_LOCKED) != 0) kept |= Region.LOCKED;
        if ((flags & MAP_NORESERVE) != 0) kept |= Region.NO_RESERVE | Region.SPARSE;
        if ((flags & MAP_STACK) != 0) kept |= Region.SPARSE;
        if ((flags & MAP_GROWSDOWN) != 0 && file == null && !shared) kept |= Region.GROWS_DOWN | Region.SPARSE;
        if (access == 0 && file == null && !shared) kept |= Region.PRISTINE | Region.SPARSE;
        MappedFile backing = file != null ? files.known(file) : null;
        Region region = new Region(
                at,
                at + bytes,
                access,
                shared,
                backing,
                file != null ? offset : 0,
                file != null ? file.path() : name,
                kept);
        long refused = budget.refuses(region, regions.bytes(at, at + bytes));
        long result = refused < 0 ? refused : backed.enterLocked(region, file);
        if (result < 0) {
            if (backing != null && backing.uses == 0) files.forget(backing);
            return result;
        }
        if ((flags & (MAP_POPULATE | MAP_LOCKED)) != 0 || (kept & Region.LOCKED) != 0) backed.populateLocked(region);
        return result;
    }

    /** munmap(2). */
    long unmap(long start, long length) {
        long bytes = roundUp(length);
        if ((start & PAGE - 1) != 0 || bytes <= 0 || start < 0 || start > USER_END || bytes > USER_END - start) {
            return -EINVAL;
        }
        if (start >= GuestLayout.PAYLOAD_END) return 0;
        long end = Math.min(start + bytes, GuestLayout.PAYLOAD_END);
        space.writeLock().lock();
        try {
            if (budget.splitsTooMany(start, end, 1)) return -ENOMEM;
            if (Trace.on(Trace.MMAP)) {
                Trace.line(Trace.MMAP, "unmap 0x" + Long.toHexString(start) + "-0x" + Long.toHexString(end));
            }
            backed.dropLocked(start, end);
            return 0;
        } finally {
            files.sweep();
            space.writeLock().unlock();
        }
    }
}
