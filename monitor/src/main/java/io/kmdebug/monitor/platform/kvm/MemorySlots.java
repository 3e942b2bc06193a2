package io.kmdebug.monitor.platform.kvm;

import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.platform.GuestLayout;
import io.kmdebug.monitor.platform.OutOfTables;
import io.kmdebug.monitor.platform.Platform;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * KVM's memory slots. Payload memory gets them in chunks of 64 MiB when a page of the chunk is mapped for the first
 * time, since a slot costs KVM 2.5 MB for a GiB; guest-physical chunks are handed out in that order, so that
 * processors with few physical address bits do. Slots are taken away many at a time only, since every CPU forgets all its
 * translations then.
 */
final class MemorySlots {
    static final int CHUNK_SHIFT = 26;
    static final long CHUNK = 1L << CHUNK_SHIFT;
    private static final int GROUP_SHIFT = 9;
    private static final int GROUP = 1 << GROUP_SHIFT;

    private final int vm;
    private final long windowHost;
    private final long region = HostMemory.allocate(32);
    /** Guest-physical address of a chunk, with the number of its slot in the low bits; 0: it has none. */
    private final long[] @Nullable [] chunks =
            new long[(int) (GuestLayout.PAYLOAD_END >>> CHUNK_SHIFT + GROUP_SHIFT)][];
    /** Slot numbers that were ever in use are below. */
    private int used;

    private int[] freeSlots = new int[64];
    private int freeCount;
    private long[] freeChunks = new long[64];
    private int freeChunkCount;
    /** Host address of a page that is in no slot but for a moment; 0: not made yet. */
    private long spare;

    private long nextChunk = KvmLayout.PHYSICAL_CHUNKS;

    /** @param windowHost host address of guest address 0 */
    MemorySlots(int vm, long windowHost) {
        this.vm = vm;
        this.windowHost = windowHost;
    }

    /** struct kvm_userspace_memory_region: slot, flags, guest_phys_addr, memory_size, userspace_addr. */
    void add(long physical, long bytes, long host, int flags) {
        long result = set(physical, bytes, host, flags);
        if (Trace.on(Trace.KVM)) {
            Trace.line(Trace.KVM, "memory slot of " + (bytes >> 10) + " KiB at 0x" + Long.toHexString(physical));
        }
        if (result < 0) throw new HostFailure("KVM refuses a memory slot of " + bytes + " bytes", -result);
    }

    private synchronized long set(long physical, long bytes, long host, int flags) {
        int slot = freeCount > 0 ? freeSlots[freeCount - 1] : used;
        long result = set(slot, physical, bytes, host, flags);
        if (result < 0) return result;
        if (freeCount > 0) freeCount--;
        else used++;
        if (Trace.on(Trace.MEM)) traceCount();
        return slot;
    }

    private long set(int slot, long physical, long bytes, long host, int flags) {
        HostMemory.putInt(region, slot);
        HostMemory.putInt(region + 4, flags);
        HostMemory.putLong(region + 8, physical);
        HostMemory.putLong(region + 16, bytes);
        HostMemory.putLong(region + 24, host);
        return HostCall.ioctl(vm, Kvm.SET_USER_MEMORY_REGION, region);
    }

    private void traceCount() {
        Trace.line(Trace.MEM, "memory slots in use: " + count());
    }

    /** How many there are. */
    int count() {
        return used - freeCount;
    }

    /** Takes the slot of a chunk away, if there is one; no page of it may be mapped. */
    synchronized void drop(long guest) {
        int index = (int) (guest >>> CHUNK_SHIFT);
        long[] group = chunks[index >>> GROUP_SHIFT];
        if (group == null || group[index & GROUP - 1] == 0) return;
        long chunk = group[index & GROUP - 1];
        group[index & GROUP - 1] = 0;
        int slot = (int) (chunk & CHUNK - 1);
        if (set(slot, chunk & -CHUNK, 0, 0, 0) < 0) throw new HostFailure("KVM keeps a memory slot");
        if (freeCount == freeSlots.length) {
            freeSlots = Arrays.copyOf(freeSlots, 2 * freeCount);
        }
        freeSlots[freeCount++] = slot;
        if (Trace.on(Trace.MEM)) traceCount();
        if (freeChunkCount == freeChunks.length) freeChunks = Arrays.copyOf(freeChunks, 2 * freeChunkCount);
        freeChunks[freeChunkCount++] = chunk & -CHUNK;
    }

    /** Makes all CPUs forget every translation and every table they know: KVM does so when a slot goes away. */
    synchronized void forgetAll() {
        if (spare == 0) {
            int flags = HostCall.MAP_PRIVATE | HostCall.MAP_ANONYMOUS;
            spare = HostCall.mmap(0, Platform.PAGE, HostCall.PROT_READ, flags, -1, 0);
        }
        int slot = freeCount > 0 ? freeSlots[freeCount - 1] : used;
        long result = set(slot, KvmLayout.PHYSICAL_SPARE, Platform.PAGE, spare, 0);
        if (result >= 0) result = set(slot, KvmLayout.PHYSICAL_SPARE, 0, 0, 0);
        if (result < 0) throw new HostFailure("KVM refuses a memory slot of one page", -result);
    }

    /** Guest-physical address of a payload address; its slot is there afterwards. */
    long physical(long guest) {
        int index = (int) (guest >>> CHUNK_SHIFT);
        long[] group = chunks[index >>> GROUP_SHIFT];
        if (group == null) chunks[index >>> GROUP_SHIFT] = group = new long[GROUP];
        long chunk = group[index & GROUP - 1];
        if (chunk == 0) {
            long physical = freeChunkCount > 0 ? freeChunks[freeChunkCount - 1] : nextChunk;
            long slot = set(physical, CHUNK, windowHost + ((long) index << CHUNK_SHIFT), 0);
            if (slot < 0) throw new OutOfTables("KVM has no more memory slots");
            chunk = physical | slot;
            group[index & GROUP - 1] = chunk;
            if (freeChunkCount > 0) freeChunkCount--;
            else nextChunk += CHUNK;
        }
        return chunk & -CHUNK | guest & CHUNK - 1;
    }
}
