package io.kmdebug.monitor.platform.ptrace;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Values of ranges of addresses; neighbours with equal values are one range. Changes are made under the address space's
 * lock; questions may come at any time.
 *
 * @param <V> compared by equals
 */
public final class RangeMap<V> {
    private final TreeMap<Long, Range<V>> ranges = new TreeMap<>();

    /** @param end exclusive */
    public record Range<V>(long start, long end, V value) {}

    public synchronized @Nullable V at(long address) {
        Map.Entry<Long, Range<V>> entry = ranges.floorEntry(address);
        return entry != null && address < entry.getValue().end()
                ? entry.getValue().value()
                : null;
    }

    /** The parts of ranges between two addresses, in order. */
    public synchronized List<Range<V>> parts(long start, long end) {
        ArrayList<Range<V>> parts = new ArrayList<>(2);
        Long first = ranges.floorKey(start);
        for (Range<V> range : ranges.tailMap(first == null ? start : first).values()) {
            if (range.start() >= end) break;
            if (range.end() <= start) continue;
            parts.add(new Range<>(Math.max(start, range.start()), Math.min(end, range.end()), range.value()));
        }
        return parts;
    }

    public synchronized boolean isFree(long start, long end) {
        Map.Entry<Long, Range<V>> entry = ranges.lowerEntry(end);
        return entry == null || entry.getValue().end() <= start;
    }

    public synchronized void put(long start, long end, V value) {
        remove(start, end);
        Map.Entry<Long, Range<V>> before = ranges.floorEntry(start);
        if (before != null
                && before.getValue().end() == start
                && before.getValue().value().equals(value)) {
            start = before.getKey();
        }
        Range<V> after = ranges.get(end);
        if (after != null && after.value().equals(value)) {
            ranges.remove(end);
            end = after.end();
        }
        ranges.put(start, new Range<>(start, end, value));
    }

    public synchronized void remove(long start, long end) {
        for (Range<V> part : parts(start, end)) {
            Map.Entry<Long, Range<V>> entry = ranges.floorEntry(part.start());
            if (entry == null) continue;
            Range<V> whole = entry.getValue();
            ranges.remove(whole.start());
            if (whole.start() < part.start()) {
                ranges.put(whole.start(), new Range<>(whole.start(), part.start(), whole.value()));
            }
            if (whole.end() > part.end()) ranges.put(part.end(), new Range<>(part.end(), whole.end(), whole.value()));
        }
    }
}
