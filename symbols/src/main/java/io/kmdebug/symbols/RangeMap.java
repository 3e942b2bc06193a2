package io.kmdebug.symbols;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Finds which of many address ranges hold an address; they may nest and overlap. Each carries a number. */
final class RangeMap {
    private final long[] lows;
    private final long[] highs;
    private final long[] values;
    /** highest high of entries 0 to i: a walk back from the last possible entry ends where it drops to the address. */
    private final long[] reach;

    private RangeMap(long[] lows, long[] highs, long[] values) {
        this.lows = lows;
        this.highs = highs;
        this.values = values;
        this.reach = new long[lows.length];
        long furthest = 0;
        for (int i = 0; i < lows.length; i++) {
            if (Long.compareUnsigned(highs[i], furthest) > 0) furthest = highs[i];
            reach[i] = furthest;
        }
    }

    int size() {
        return lows.length;
    }

    /** The numbers of the ranges that hold {@code address}: those that start closest before it first. */
    List<Long> at(long address) {
        List<Long> found = new ArrayList<>(2);
        for (int i = floor(address); i >= 0 && Long.compareUnsigned(reach[i], address) > 0; i--) {
            if (Long.compareUnsigned(address, highs[i]) < 0) found.add(values[i]);
        }
        return found;
    }

    /** The numbers of the ranges that overlap {@code range}, in address order, each once. */
    List<Long> in(AddressRange range) {
        List<Long> found = new ArrayList<>(at(range.low()));
        for (int i = floor(range.low()) + 1; i < lows.length && Long.compareUnsigned(lows[i], range.high()) < 0; i++) {
            if (!found.contains(values[i])) found.add(values[i]);
        }
        return found;
    }

    /** Adds the ranges that overlap {@code low} to {@code high} to {@code out}. */
    void collect(long low, long high, Builder out) {
        for (int i = floor(high - 1); i >= 0 && Long.compareUnsigned(reach[i], low) > 0; i--) {
            if (Long.compareUnsigned(low, highs[i]) < 0) out.add(lows[i], highs[i], values[i]);
        }
    }

    /** Index of the last range that starts at or before {@code address}; -1 for none. */
    private int floor(long address) {
        int from = 0;
        int to = lows.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (Long.compareUnsigned(lows[middle], address) <= 0) from = middle + 1;
            else to = middle;
        }
        return from - 1;
    }

    /** Collects ranges in any order. */
    static final class Builder {
        private long[] lows = new long[16];
        private long[] highs = new long[16];
        private long[] values = new long[16];
        private int count;

        int size() {
            return count;
        }

        void add(AddressRange range, long value) {
            add(range.low(), range.high(), value);
        }

        void add(long low, long high, long value) {
            if (count == lows.length) {
                lows = Arrays.copyOf(lows, count * 2);
                highs = Arrays.copyOf(highs, count * 2);
                values = Arrays.copyOf(values, count * 2);
            }
            lows[count] = low;
            highs[count] = high;
            values[count++] = value;
        }

        RangeMap build() {
            int[] order = AddressOrder.of(lows, count);
            if (!longestFirst(order)) {
                for (int i = 0; i < count; i++) highs[i] = ~highs[i];
                order = AddressOrder.of(lows, AddressOrder.of(highs, count));
                for (int i = 0; i < count; i++) highs[i] = ~highs[i];
            }
            return new RangeMap(permute(lows, order), permute(highs, order), permute(values, order));
        }

        /** Of ranges with one start the shorter comes last, so that a search meets the innermost first. */
        private boolean longestFirst(int[] order) {
            for (int i = 1; i < count; i++) {
                if (lows[order[i]] == lows[order[i - 1]]
                        && Long.compareUnsigned(highs[order[i]], highs[order[i - 1]]) > 0) {
                    return false;
                }
            }
            return true;
        }

        private static long[] permute(long[] from, int[] order) {
            long[] to = new long[order.length];
            for (int i = 0; i < to.length; i++) to[i] = from[order[i]];
            return to;
        }
    }
}
