package io.kmdebug.coredump;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.MemoryReader;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory that a core holds. Where segments overlap (KM extends the payload's last one over its dynamic linker) the
 * one that begins first counts: both copies hold the same. What lies behind p_filesz is not in the core and is not
 * readable.
 */
final class CoreMemory implements MemoryReader {
    private final Bytes file;
    private final long[] starts;
    private final long[] ends;
    private final long[] offsets;

    private record Span(long start, long end, long offset) {}

    CoreMemory(Bytes file, List<ElfSegment> loads) {
        this.file = file;
        List<Span> spans = disjoint(file, loads);
        starts = spans.stream().mapToLong(Span::start).toArray();
        ends = spans.stream().mapToLong(Span::end).toArray();
        offsets = spans.stream().mapToLong(Span::offset).toArray();
    }

    /** Bytes of {@code load} that are really in the file. */
    static long presentBytes(Bytes file, ElfSegment load) {
        if (load.offset() < 0 || load.offset() >= file.length()) return 0;
        long size = Math.min(load.fileSize(), file.length() - load.offset());
        return Math.max(0, Math.min(size, load.memorySize() == 0 ? size : load.memorySize()));
    }

    private static List<Span> disjoint(Bytes file, List<ElfSegment> loads) {
        List<Span> sorted = new ArrayList<>();
        for (ElfSegment load : loads) {
            long size = presentBytes(file, load);
            if (size > 0) sorted.add(new Span(load.address(), load.address() + size, load.offset()));
        }
        sorted.sort((a, b) -> Long.compareUnsigned(a.start(), b.start()));
        List<Span> result = new ArrayList<>(sorted.size());
        long covered = 0;
        for (Span span : sorted) {
            long start = !result.isEmpty() && Long.compareUnsigned(span.start, covered) < 0 ? covered : span.start;
            if (Long.compareUnsigned(start, span.end) >= 0) continue;
            result.add(new Span(start, span.end, span.offset + (start - span.start)));
            covered = span.end;
        }
        return result;
    }

    @Override
    public int read(long address, byte[] target, int offset, int length) {
        int done = 0;
        while (done < length) {
            long at = address + done;
            int index = spanAt(at);
            if (index < 0) break;
            int step = (int) Math.min(length - done, ends[index] - at);
            file.copy(offsets[index] + (at - starts[index]), target, offset + done, step);
            done += step;
        }
        return done;
    }

    private int spanAt(long address) {
        int low = 0;
        int high = starts.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(starts[middle], address) > 0) high = middle - 1;
            else if (Long.compareUnsigned(ends[middle], address) <= 0) low = middle + 1;
            else return middle;
        }
        return -1;
    }
}
