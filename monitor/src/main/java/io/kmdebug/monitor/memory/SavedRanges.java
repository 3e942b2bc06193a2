package io.kmdebug.monitor.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Private memory whose pages are those of a snapshot's file until they are written. The host takes it for a mapped
 * file; for the payload it is memory like any other, with content in pages that were never touched here. Empty but in a
 * payload that was resumed.
 */
final class SavedRanges {
    /**
     * A range in the host window, by guest address.
     *
     * @param protection the host's
     * @param zeros what the payload finds when it discards a page: zeros, or else the mapped file's own page
     */
    record Saved(long start, long end, int protection, boolean zeros) {
        Saved part(long from, long to) {
            return new Saved(Math.max(start, from), Math.min(end, to), protection, zeros);
        }
    }

    private final TreeMap<Long, Saved> ranges = new TreeMap<>();

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    synchronized void add(Saved saved) {
        ranges.put(saved.start(), saved);
    }

    /** The parts between two addresses. */
    synchronized List<Saved> parts(long start, long end) {
        List<Saved> parts = new ArrayList<>(1);
        Map.Entry<Long, Saved> below = ranges.floorEntry(start);
        for (Saved saved :
                ranges.subMap(below == null ? start : below.getKey(), end).values()) {
            if (saved.end() > start) parts.add(saved.part(start, end));
        }
        return parts;
    }

    synchronized void remove(long start, long end) {
        Map.Entry<Long, Saved> below = ranges.floorEntry(start);
        List<Saved> hit = new ArrayList<>(1);
        for (Saved saved :
                ranges.subMap(below == null ? start : below.getKey(), end).values()) {
            if (saved.end() > start) hit.add(saved);
        }
        for (Saved saved : hit) {
            ranges.remove(saved.start());
            if (saved.start() < start) add(saved.part(saved.start(), start));
            if (saved.end() > end) add(saved.part(end, saved.end()));
        }
    }

    synchronized void protect(long start, long end, int protection) {
        for (Saved saved : parts(start, end)) {
            if (saved.protection() == protection) continue;
            remove(saved.start(), saved.end());
            add(new Saved(saved.start(), saved.end(), protection, saved.zeros()));
        }
    }

    /** The first address from {@code start} on that lies in one; {@code end} when there is none. */
    synchronized long next(long start, long end) {
        List<Saved> parts = parts(start, end);
        return parts.isEmpty() ? end : parts.get(0).start();
    }

    /** The end of the range that an address lies in; the address itself when in none. */
    synchronized long endAt(long address) {
        Map.Entry<Long, Saved> below = ranges.floorEntry(address);
        return below == null ? address : Math.max(address, below.getValue().end());
    }
}
