package io.kmdebug.monitor.process;

import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.PopulatedPages;
import io.kmdebug.monitor.memory.Region;
import java.io.IOException;
import java.util.Map;

/**
 * Fills the memory of a forked child from its parent's: pages of private memory that were ever written, straight from one
 * window to the other with process_vm_writev(2).
 */
final class MemoryCopy implements AutoCloseable {
    private static final int NR_PROCESS_VM_WRITEV = 311;
    private static final int VECTORS = 1024;
    private static final int VECTOR_BYTES = 16;
    private static final long MOST_BYTES = 1L << 30;

    private final int pid;
    private final long ownBase;
    private final long otherBase;
    private final long local = HostMemory.allocate(VECTORS * VECTOR_BYTES);
    private final long remote = HostMemory.allocate(VECTORS * VECTOR_BYTES);
    private int count;
    private long bytes;
    private long total;

    /** @param otherBase where guest address 0 is in the child's monitor */
    MemoryCopy(int pid, long ownBase, long otherBase) {
        this.pid = pid;
        this.ownBase = ownBase;
        this.otherBase = otherBase;
    }

    /** The payload must be at rest; the child has the same regions and may write to all that is private. */
    void run(AddressSpace space) throws IOException {
        PopulatedPages pages = new PopulatedPages(space);
        for (Region region : space.regions()) {
            boolean own = !region.shared() && !region.pristine();
            if (!own || region.has(Region.NO_FORK) || region.has(Region.WIPE_ON_FORK)) continue;
            long from = pages.next(region, region.start());
            if (from >= region.end()) continue;
            space.openForReading(region);
            try {
                while (from < region.end()) {
                    long end = pages.end(region, from);
                    add(from, end);
                    from = end < region.end() ? pages.next(region, end) : end;
                }
                flush();
            } finally {
                space.closeAfterReading(region);
            }
        }
    }

    private void add(long from, long end) throws IOException {
        long at = from;
        while (at < end) {
            long length = Math.min(end - at, MOST_BYTES - bytes);
            HostMemory.putLong(local + (long) count * VECTOR_BYTES, ownBase + at);
            HostMemory.putLong(local + (long) count * VECTOR_BYTES + 8, length);
            HostMemory.putLong(remote + (long) count * VECTOR_BYTES, otherBase + at);
            HostMemory.putLong(remote + (long) count * VECTOR_BYTES + 8, length);
            count++;
            bytes += length;
            at += length;
            if (count == VECTORS || bytes == MOST_BYTES) flush();
        }
    }

    private void flush() throws IOException {
        if (count == 0) return;
        long done = Native.syscall(NR_PROCESS_VM_WRITEV, pid, local, count, remote, count, 0);
        if (done != bytes) {
            throw new IOException("cannot fill the child's memory: "
                    + (done < 0 ? "errno " + -done : done + " of " + bytes + " bytes"));
        }
        total += bytes;
        count = 0;
        bytes = 0;
    }

    /** Bytes that were written instead of the debugger's. */
    void patch(Map<Long, Byte> originals) throws IOException {
        if (originals.isEmpty()) return;
        long own = HostMemory.allocate(8);
        try {
            for (Map.Entry<Long, Byte> one : originals.entrySet()) {
                HostMemory.putByte(own, one.getValue());
                HostMemory.putLong(local, own);
                HostMemory.putLong(local + 8, 1);
                HostMemory.putLong(remote, otherBase + one.getKey());
                HostMemory.putLong(remote + 8, 1);
                long done = Native.syscall(NR_PROCESS_VM_WRITEV, pid, local, 1, remote, 1, 0);
                if (done != 1) throw new IOException("cannot take a breakpoint out of the child's memory");
            }
        } finally {
            HostMemory.free(own);
        }
    }

    /** Bytes copied. */
    long total() {
        return total;
    }

    @Override
    public void close() {
        HostMemory.free(local);
        HostMemory.free(remote);
    }
}
