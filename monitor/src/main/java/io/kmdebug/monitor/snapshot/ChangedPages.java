package io.kmdebug.monitor.snapshot;

import io.kmdebug.coredump.CoreRegion;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.memory.PopulatedPages;
import io.kmdebug.monitor.memory.Region;
import java.util.Arrays;
import java.util.List;

/**
 * Which pages are not what a snapshot has. Contents are compared, whoever wrote them: the payload, a system call or a
 * debugger. Memory that was mapped anew in the meantime is no matter, for only contents count.
 */
final class ChangedPages {
    private static final int PAGE = 4096;
    private static final int CHUNK = 1 << 20;

    private final SnapshotFile base;
    private final MemoryReader memory;
    private final PopulatedPages populated;
    private final byte[] now = new byte[CHUNK];
    private final byte[] then = new byte[CHUNK];

    ChangedPages(SnapshotFile base, MemoryReader memory, PopulatedPages populated) {
        this.base = base;
        this.memory = memory;
        this.populated = populated;
    }

    /** Adds the runs of such pages of a region, which has content. */
    void find(Region region, int flags, List<CoreRegion> runs) throws NotResumable {
        long from = -1;
        long at = region.start();
        while (at < region.end()) {
            long next = next(region, at);
            if (next > at) {
                from = finish(runs, from, at, flags);
                at = next;
                continue;
            }
            int size = (int) Math.min(CHUNK, region.end() - at);
            read(at, size);
            for (int page = 0; page < size; page += PAGE) {
                boolean changed = !Arrays.equals(now, page, page + PAGE, then, page, page + PAGE);
                if (changed && from < 0) from = at + page;
                else if (!changed) from = finish(runs, from, at + page, flags);
            }
            at += size;
        }
        finish(runs, from, region.end(), flags);
    }

    private static long finish(List<CoreRegion> runs, long from, long end, int flags) {
        if (from >= 0) runs.add(new CoreRegion(from, end, flags, true));
        return -1;
    }

    /** The first page from an address on that has anything now or had then. */
    private long next(Region region, long at) {
        if (region.file() != null) return at;
        long found = populated.next(region, at);
        List<StoredPages> had = base.pages(at, Math.min(found, region.end()));
        return had.isEmpty() ? found : had.get(0).start();
    }

    private void read(long address, int size) throws NotResumable {
        Arrays.fill(now, 0, size, (byte) 0);
        for (int done = 0; done < size; ) {
            done += memory.read(address + done, now, done, size - done);
            // what cannot be read is zero, as in the file
            if (done < size) done = (done & -PAGE) + PAGE;
        }
        Arrays.fill(then, 0, size, (byte) 0);
        for (StoredPages pages : base.pages(address, address + size)) readBase(pages, (int) (pages.start() - address));
    }

    private void readBase(StoredPages pages, int at) throws NotResumable {
        int bytes = (int) pages.bytes();
        long buffer = HostMemory.allocate(bytes);
        try {
            pages.copy(buffer);
            HostMemory.read(buffer, then, at, bytes);
        } finally {
            HostMemory.free(buffer);
        }
    }
}
