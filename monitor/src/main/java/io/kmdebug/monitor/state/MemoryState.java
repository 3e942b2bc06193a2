package io.kmdebug.monitor.state;

import io.kmdebug.monitor.memory.MappedFile;
import io.kmdebug.monitor.memory.Region;
import java.util.ArrayList;
import java.util.List;

/**
 * The extent of the payload's memory.
 *
 * @param heapStart where brk(2)'s heap begins
 * @param heapEnd its end, to the byte
 * @param mappingTop where mmap(2) starts looking, downwards
 * @param regions by address
 * @param futureLocked whether memory is locked that is yet to be mapped: mlockall(2) with MCL_FUTURE
 */
public record MemoryState(long heapStart, long heapEnd, long mappingTop, List<Region> regions, boolean futureLocked) {
    /** A new process's, which inherits no memory locks. */
    public MemoryState(long heapStart, long heapEnd, long mappingTop, List<Region> regions) {
        this(heapStart, heapEnd, mappingTop, regions, false);
    }

    public MemoryState {
        List<MappedFile> known = new ArrayList<>();
        List<Region> alike = new ArrayList<>(regions.size());
        for (Region region : regions) {
            MappedFile backing = region.backing();
            alike.add(backing == null ? region : region.withBacking(first(known, backing)));
        }
        regions = alike;
    }

    /** What stands behind the regions, each once, in the order of the regions. */
    public List<MappedFile> backings() {
        List<MappedFile> known = new ArrayList<>();
        for (Region region : regions) if (region.backing() != null) first(known, region.backing());
        return known;
    }

    private static MappedFile first(List<MappedFile> known, MappedFile file) {
        for (MappedFile other : known) if (other == file || other.isSameAs(file)) return other;
        known.add(file);
        return file;
    }
}
