package io.kmdebug.monitor.platform.kvm;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.platform.OutOfTables;
import java.util.Arrays;

/**
 * Guest-physical pages from 0 on that hold the monitor's own tables: page tables, GDT, IDT, TSS, stubs. Reserved in one
 * piece, given to KVM slot by slot, handed out page by page.
 */
final class SystemMemory {
    private static final long RESERVED = 2L << 30;
    private static final long FIRST_SLOT = 4L << 20;
    private static final long NEXT_SLOTS = 64L << 20;
    private static final int PAGE = 4096;

    private final MemorySlots slots;
    private final long host;
    private long backed;
    private long used;
    private long[] free = new long[64];
    private int freeCount;

    SystemMemory(MemorySlots slots) {
        this.slots = slots;
        this.host = HostCall.mmap(
                0,
                RESERVED,
                HostCall.PROT_READ | HostCall.PROT_WRITE,
                HostCall.MAP_PRIVATE | HostCall.MAP_ANONYMOUS | HostCall.MAP_NORESERVE,
                -1,
                0);
        if (host < 0 && host > -PAGE) throw new HostFailure("cannot reserve memory for page tables", -host);
    }

    /** Guest-physical address of a fresh page of zeros. */
    synchronized long allocatePage() {
        if (freeCount > 0) return free[--freeCount];
        if (used == backed) back();
        long page = used;
        used += PAGE;
        return page;
    }

    private void back() {
        long bytes = backed == 0 ? FIRST_SLOT : Math.min(NEXT_SLOTS, RESERVED - backed);
        if (bytes == 0) throw new OutOfTables("the payload uses more memory than 2 GiB of page tables describe");
        slots.add(backed, bytes, host + backed, 0);
        backed += bytes;
    }

    /** Takes a page back, which is all zeros. */
    synchronized void freePage(long page) {
        if (freeCount == free.length) free = Arrays.copyOf(free, 2 * freeCount);
        free[freeCount++] = page;
    }

    /** Bytes of the pages that are in use. */
    synchronized long usedBytes() {
        return used - (long) PAGE * freeCount;
    }

    /** Host address of a guest-physical one. */
    long host(long physical) {
        return host + physical;
    }

    void putLong(long physical, long value) {
        HostMemory.putLongOrdered(host + physical, value);
    }

    long getLong(long physical) {
        return HostMemory.getLong(host + physical);
    }
}
