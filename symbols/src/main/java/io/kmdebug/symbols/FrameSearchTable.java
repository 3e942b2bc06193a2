package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.Cursor;
import org.jspecify.annotations.Nullable;

/**
 * The binary search table of .eh_frame_hdr. LSB 5 §10.6.2: version, three encodings, the address of .eh_frame, the
 * count, then pairs of start address and FDE address, both relative to the section's own start.
 */
final class FrameSearchTable {
    private static final int DATA_RELATIVE_SDATA4 = 0x3b;
    private static final int ENTRY_BYTES = 8;

    private final Bytes bytes;
    private final long address;
    private final long frames;
    private final long entries;
    private final long count;

    private FrameSearchTable(Bytes bytes, long address, long frames, long entries, long count) {
        this.bytes = bytes;
        this.address = address;
        this.frames = frames;
        this.entries = entries;
        this.count = count;
    }

    /** Null when the section has no table, or not the one form that linkers write. */
    static @Nullable FrameSearchTable read(Bytes bytes, long address) {
        if (bytes.length() < 12 || bytes.u1(0) != 1 || bytes.u1(3) != DATA_RELATIVE_SDATA4) return null;
        Cursor in = new Cursor(bytes, 4);
        long frames = PointerEncoding.read(in, bytes.u1(1), address, address, 0, "address of .eh_frame");
        if (bytes.u1(2) == PointerEncoding.OMITTED) return null;
        long count = PointerEncoding.read(in, bytes.u1(2), address, address, 0, "FDE count");
        if (count <= 0 || count > in.remaining() / ENTRY_BYTES) return null;
        return new FrameSearchTable(bytes, address, frames, in.position(), count);
    }

    /** Link-time address of .eh_frame. */
    long frames() {
        return frames;
    }

    /** Link-time address of the FDE that may cover {@code pc}; 0 when {@code pc} lies before them all. */
    long find(long pc) {
        long low = 0;
        long high = count - 1;
        while (low <= high) {
            long middle = (low + high) >>> 1;
            long start = address + bytes.i4(entries + ENTRY_BYTES * middle);
            if (Long.compareUnsigned(start, pc) > 0) high = middle - 1;
            else low = middle + 1;
        }
        return high < 0 ? 0 : address + bytes.i4(entries + ENTRY_BYTES * high + 4);
    }
}
