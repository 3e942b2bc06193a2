package io.kmdebug.machine;

/** A position in {@link Bytes}: each read moves it on. Failures say which field was being read. */
public final class Cursor {
    private final Bytes bytes;
    private long position;
    private long end;

    public Cursor(Bytes bytes) {
        this(bytes, 0);
    }

    public Cursor(Bytes bytes, long position) {
        this.bytes = bytes;
        this.position = position;
        this.end = bytes.length();
    }

    public Bytes bytes() {
        return bytes;
    }

    /** Offset of the next read from the start of {@link #bytes()}. */
    public long position() {
        return position;
    }

    public Cursor seek(long offset) {
        position = offset;
        return this;
    }

    public Cursor skip(long count) {
        position += count;
        return this;
    }

    /** Where reading ends: the end of the bytes unless {@link #limit(long)} set it earlier. */
    public long end() {
        return end;
    }

    /** Lets reads go no further than {@code offset}. */
    public Cursor limit(long offset) {
        if (offset > bytes.length() || offset < position) {
            throw corrupt("length", "0x" + Long.toHexString(offset), "at most 0x" + Long.toHexString(bytes.length()));
        }
        end = offset;
        return this;
    }

    public boolean atEnd() {
        return position >= end;
    }

    public long remaining() {
        return end - position;
    }

    public int u1(String field) {
        need(1, field);
        return bytes.u1(position++);
    }

    public int u2(String field) {
        need(2, field);
        position += 2;
        return bytes.u2(position - 2);
    }

    public long u4(String field) {
        need(4, field);
        position += 4;
        return bytes.u4(position - 4);
    }

    public long u8(String field) {
        need(8, field);
        position += 8;
        return bytes.u8(position - 8);
    }

    /** An unsigned value of {@code size} bytes: 1, 2, 4 or 8 (3 for DW_FORM_strx3 and its like). */
    public long unsigned(int size, String field) {
        return switch (size) {
            case 1 -> u1(field);
            case 2 -> u2(field);
            case 3 -> u2(field) | (long) u1(field) << 16;
            case 4 -> u4(field);
            case 8 -> u8(field);
            default -> throw corrupt(field + " size", size, "1, 2, 3, 4 or 8");
        };
    }

    /** A signed value of {@code size} bytes: 1, 2, 4 or 8. */
    public long signed(int size, String field) {
        return switch (size) {
            case 1 -> (byte) u1(field);
            case 2 -> (short) u2(field);
            case 4 -> (int) u4(field);
            case 8 -> u8(field);
            default -> throw corrupt(field + " size", size, "1, 2, 4 or 8");
        };
    }

    /** Unsigned LEB128 of at most 64 bits. DWARF 5 §7.6. */
    public long uleb(String field) {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int b = u1(field);
            if (shift < 64) value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) return value;
        }
        throw corrupt(field, "a LEB128 of more than 10 bytes", "at most 10 bytes");
    }

    /** Signed LEB128 of at most 64 bits. DWARF 5 §7.6. */
    public long sleb(String field) {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int b = u1(field);
            if (shift < 64) value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                if (shift + 7 < 64 && (b & 0x40) != 0) value |= -1L << (shift + 7);
                return value;
            }
        }
        throw corrupt(field, "a LEB128 of more than 10 bytes", "at most 10 bytes");
    }

    /** A NUL-terminated UTF-8 string; the cursor moves past the NUL. */
    public String string(String field) {
        long nul = bytes.indexOfNul(position);
        if (nul >= end) throw corrupt(field, "a string without an end", "a NUL byte");
        String text = bytes.slice(position, nul - position).string(0);
        position = nul + 1;
        return text;
    }

    /** Moves past a NUL-terminated string without decoding it. */
    public void skipString(String field) {
        long nul = bytes.indexOfNul(position);
        if (nul >= end) throw corrupt(field, "a string without an end", "a NUL byte");
        position = nul + 1;
    }

    /** The next {@code count} bytes, shared with the backing store. */
    public Bytes block(long count, String field) {
        need(count, field);
        position += count;
        return bytes.slice(position - count, count);
    }

    public CorruptFileException corrupt(String field, Object found, String expected) {
        return new CorruptFileException(bytes.name(), field, position, String.valueOf(found), expected);
    }

    private void need(long count, String field) {
        if (count < 0 || count > end - position) {
            throw corrupt(field, "only " + Math.max(0, end - position) + " bytes left", count + " bytes");
        }
    }
}
