package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sets of .debug_aranges, of which only the bounds are kept: a unit's code mostly lies together, so that a question
 * about an address leads to few sets, and those are read again. DWARF 5 §6.1.2. Not thread-safe.
 */
final class AddressSets {
    private static final int PIECE_TUPLES = 1024;
    /** Once questions have read so many times all tuples, it is time to keep them. */
    private static final int PATIENCE = 4;

    private final DwarfImage image;
    private final Bytes section;
    private long[] starts = new long[64];
    private int[] counts = new int[64];
    private int[] units = new int[64];
    private int[] widths = new int[64];
    private long[] lowest = new long[64];
    private long[] highest = new long[64];
    private int count;
    private long tuples;
    private long read;

    private byte[] piece = new byte[0];
    private ByteBuffer fields = ByteBuffer.wrap(piece);

    AddressSets(DwarfImage image, Bytes section) {
        this.image = image;
        this.section = section;
    }

    /**
     * Adds a set.
     *
     * @param from offset of its first tuple
     * @param end offset behind its last
     * @return whether it has ranges with code in the image
     */
    boolean add(int unit, int addressSize, long from, long end) {
        if (count == starts.length) grow();
        starts[count] = from;
        counts[count] = (int) Math.min((end - from) / (2L * addressSize), Integer.MAX_VALUE);
        units[count] = unit;
        widths[count] = addressSize;
        lowest[count] = -1;
        highest[count] = 0;
        scan(count, 0, 0, null);
        tuples += counts[count];
        boolean any = Long.compareUnsigned(lowest[count], highest[count]) < 0;
        if (any) count++;
        return any;
    }

    private void grow() {
        starts = Arrays.copyOf(starts, count * 2);
        counts = Arrays.copyOf(counts, count * 2);
        units = Arrays.copyOf(units, count * 2);
        widths = Arrays.copyOf(widths, count * 2);
        lowest = Arrays.copyOf(lowest, count * 2);
        highest = Arrays.copyOf(highest, count * 2);
    }

    /** Whether by now it costs less to have all ranges in memory. */
    boolean isWornOut() {
        return read > PATIENCE * tuples + PIECE_TUPLES;
    }

    /** Adds the ranges that overlap {@code low} to {@code high} to {@code out}. */
    void collect(long low, long high, RangeMap.Builder out) {
        for (int i = 0; i < count; i++) {
            boolean apart = Long.compareUnsigned(lowest[i], high) >= 0 || Long.compareUnsigned(low, highest[i]) >= 0;
            if (!apart) scan(i, low, high, out);
        }
    }

    /** Reads a set: to find its bounds where {@code out} is null, else what overlaps. */
    private void scan(int set, long low, long high, RangeMap.@Nullable Builder out) {
        int width = widths[set];
        for (int done = 0; done < counts[set]; done += PIECE_TUPLES) {
            int some = Math.min(PIECE_TUPLES, counts[set] - done);
            load(starts[set] + 2L * width * done, 2 * width * some);
            for (int at = 0; at < 2 * width * some; at += 2 * width) {
                long address = width == 8 ? fields.getLong(at) : fields.getInt(at) & 0xffff_ffffL;
                long length = width == 8 ? fields.getLong(at + 8) : fields.getInt(at + 4) & 0xffff_ffffL;
                if (address == 0 && length == 0) {
                    counts[set] = done + at / (2 * width);
                    break;
                }
                long end = address + length;
                if (out == null) {
                    if (length != 0 && image.hasCodeAt(address)) extend(set, address, end);
                } else if (Long.compareUnsigned(address, high) < 0
                        && Long.compareUnsigned(low, end) < 0
                        && image.hasCodeAt(address)) {
                    out.add(address, end, units[set]);
                }
            }
            if (out != null) read += some;
        }
    }

    private void extend(int set, long low, long high) {
        if (Long.compareUnsigned(low, lowest[set]) < 0) lowest[set] = low;
        if (Long.compareUnsigned(high, highest[set]) > 0) highest[set] = high;
    }

    private void load(long from, int size) {
        if (piece.length < size) {
            piece = new byte[2 * 8 * PIECE_TUPLES];
            fields = ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN);
        }
        section.read(from, piece, 0, size);
    }
}
