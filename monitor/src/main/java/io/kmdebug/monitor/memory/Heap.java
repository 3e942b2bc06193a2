package io.kmdebug.monitor.memory;

import static io.kmdebug.monitor.memory.AddressSpace.PAGE;
import static io.kmdebug.monitor.memory.AddressSpace.roundUp;
import static io.kmdebug.monitor.memory.MemoryBudget.exceeds;

import io.kmdebug.monitor.platform.GuestLayout;
import io.kmdebug.monitor.platform.Platform;

/** The memory that brk(2) moves the end of, and where that end is, which need not be at a page. */
final class Heap {
    private final AddressSpace space;
    private final RegionMap regions;
    private final MappedFiles files;
    private final MemoryBudget budget;
    private final BackedRegions backed;
    private long start;
    private long end;

    Heap(AddressSpace space) {
        this.space = space;
        this.regions = space.regionsLocked();
        this.files = space.filesLocked();
        this.budget = space.budgetLocked();
        this.backed = space.backedLocked();
    }

    /** Where the heap is, without a change of regions. Before the payload runs, or for callers that hold the lock. */
    void place(long from, long to) {
        start = from;
        end = to;
    }

    long start() {
        return start;
    }

    /** brk(2): as {@link AddressSpace#heapEnd}. Takes the address space's lock itself. */
    long moveEnd(long wanted) {
        space.writeLock().lock();
        try {
            if (wanted < start || wanted > GuestLayout.PAYLOAD_END - PAGE) return end;
            long oldLast = roundUp(end);
            long last = roundUp(wanted);
            if (last > oldLast) {
                if (!growLocked(oldLast, last, wanted)) return end;
            } else if (last < oldLast) {
                backed.dropLocked(last, oldLast);
            }
            end = wanted;
            return wanted;
        } finally {
            files.sweep();
            space.writeLock().unlock();
        }
    }

    private boolean growLocked(long from, long to, long wanted) {
        // a page is kept free behind the heap
        if (exceeds(wanted - start, budget.limits().data()) || !regions.isRoom(from, to + PAGE)) return false;
        int readWrite = Platform.READ | Platform.WRITE;
        Region more = new Region(from, to, readWrite, false, null, 0, "[heap]", space.futureFlagsLocked());
        if (budget.tooMany(0) || budget.refuses(more, 0) < 0 || backed.enterLocked(more, null) < 0) return false;
        if (more.has(Region.LOCKED)) backed.populateLocked(more);
        return true;
    }
}
