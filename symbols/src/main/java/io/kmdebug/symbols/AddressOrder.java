package io.kmdebug.symbols;

import java.util.Arrays;

/** Orders very many addresses without an object or a comparison for each: by counting, eleven bits at a time. */
final class AddressOrder {
    private static final int DIGIT_BITS = 11;
    private static final int DIGITS = 1 << DIGIT_BITS;

    private AddressOrder() {}

    /** Indexes of the first {@code count} addresses in ascending (unsigned) order; equal ones keep theirs. */
    static int[] of(long[] addresses, int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        return isSorted(addresses, count) ? order : of(addresses, order);
    }

    /** As above for the addresses that {@code order} names, which it may overwrite. */
    static int[] of(long[] addresses, int[] order) {
        int count = order.length;
        if (count == 0) return order;
        long lowest = addresses[order[0]];
        long highest = lowest;
        for (int index : order) {
            if (Long.compareUnsigned(addresses[index], lowest) < 0) lowest = addresses[index];
            if (Long.compareUnsigned(addresses[index], highest) > 0) highest = addresses[index];
        }
        int bits = 64 - Long.numberOfLeadingZeros(highest - lowest);
        int[] from = order;
        int[] to = new int[count];
        int[] starts = new int[DIGITS];
        for (int shift = 0; shift < bits; shift += DIGIT_BITS) {
            Arrays.fill(starts, 0);
            for (int index : order) {
                int digit = (int) (addresses[index] - lowest >>> shift) & (DIGITS - 1);
                if (digit + 1 < DIGITS) starts[digit + 1]++;
            }
            for (int i = 1; i < DIGITS; i++) starts[i] += starts[i - 1];
            for (int i = 0; i < count; i++) {
                int digit = (int) (addresses[from[i]] - lowest >>> shift) & (DIGITS - 1);
                to[starts[digit]++] = from[i];
            }
            int[] swapped = from;
            from = to;
            to = swapped;
        }
        return from;
    }

    private static boolean isSorted(long[] addresses, int count) {
        for (int i = 1; i < count; i++) {
            if (Long.compareUnsigned(addresses[i], addresses[i - 1]) < 0) return false;
        }
        return true;
    }
}
