package io.kmdebug.debugger.value;

import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.Type;
import java.util.Arrays;

/** Arrays of characters and strings behind pointers, as literals of at most {@link ValueFormatter#CHARACTERS}. */
final class TextRun {
    private final MemoryReader memory;
    private final StringBuilder out;

    TextRun(MemoryReader memory, StringBuilder out) {
        this.memory = memory;
        this.out = out;
    }

    /** @param count elements; -1 when only a NUL ends them */
    void append(Value value, Type element, long count) {
        long wanted = count < 0 ? ValueFormatter.CHARACTERS + 1L : Math.min(count, ValueFormatter.CHARACTERS + 1L);
        Value head = value.part(new ArrayType(() -> element, wanted), 0, 0);
        if (value.storage() instanceof Storage.Memory m) {
            appendAt(m.address() + (value.bitOffset() >> 3), element, (int) wanted, count < 0);
            return;
        }
        Value.Contents contents = head.read(memory);
        if (contents instanceof Value.Available a) appendLiteral(a.bytes(), element, a.bytes().length, count < 0);
        else out.append('<').append(((Value.Unavailable) contents).reason()).append('>');
    }

    /** The string at {@code address}, up to its NUL. */
    void appendString(long address, Type element) {
        appendAt(address, element, ValueFormatter.CHARACTERS + 1, true);
    }

    /** {@code count} characters, NULs among them. */
    void appendCounted(long address, Type element, long count) {
        if (count == 0) {
            appendLiteral(new byte[0], element, 0, false);
            return;
        }
        appendAt(address, element, (int) Math.min(count, ValueFormatter.CHARACTERS + 1L), false);
    }

    private void appendAt(long address, Type element, int wanted, boolean untilNul) {
        int width = (int) element.byteSize();
        byte[] raw = new byte[wanted * width];
        int got = memory.read(address, raw, 0, raw.length) / width * width;
        if (got == 0 && wanted > 0) {
            out.append(String.format("<cannot read memory at 0x%x>", address));
            return;
        }
        boolean ended = appendLiteral(raw, element, got, untilNul);
        if (!ended && got < raw.length) {
            out.append(String.format(" <cannot read memory at 0x%x>", address + got));
        }
    }

    /**
     * A string literal of the first {@code length} bytes.
     *
     * @param untilNul whether the first NUL ends the string; else NULs at its end are left out
     * @return whether its end was seen, or it was cut because it is long
     */
    private boolean appendLiteral(byte[] raw, Type element, int length, boolean untilNul) {
        int width = (int) element.byteSize();
        int end = untilNul ? firstNul(raw, width, length) : withoutTrailingNuls(raw, width, length);
        boolean ended = end < length;
        boolean cut = end / width > ValueFormatter.CHARACTERS;
        if (cut) end = ValueFormatter.CHARACTERS * width;
        if (width == 1) {
            out.append('"').append(CText.escaped(raw, end)).append('"');
        } else {
            out.append(Scalars.characterPrefix(element)).append('"');
            for (int at = 0; at < end; at += width) {
                long unit = Scalars.integer(Arrays.copyOfRange(raw, at, at + width), false)
                        .longValue();
                CText.appendCodePoint(out, unit, '"');
            }
            out.append('"');
        }
        if (cut) out.append("...");
        return ended || cut;
    }

    private static int firstNul(byte[] raw, int width, int length) {
        for (int at = 0; at + width <= length; at += width) {
            if (isNul(raw, at, width)) return at;
        }
        return length;
    }

    private static int withoutTrailingNuls(byte[] raw, int width, int length) {
        int end = length;
        while (end >= width && isNul(raw, end - width, width)) end -= width;
        return end;
    }

    private static boolean isNul(byte[] raw, int at, int width) {
        for (int i = 0; i < width; i++) if (raw[at + i] != 0) return false;
        return true;
    }
}
