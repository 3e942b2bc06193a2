package io.kmdebug.monitor.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what {@link StateOutput} wrote; every failure names the field and where it lies. */
final class StateInput {
    /** Reads one element of a list. */
    interface Element<T> {
        T read(StateInput in) throws CorruptState;
    }

    private final ByteBuffer in;

    StateInput(byte[] bytes) {
        in = ByteBuffer.wrap(bytes);
    }

    int offset() {
        return in.position();
    }

    boolean atEnd() {
        return !in.hasRemaining();
    }

    private void need(int bytes, String field) throws CorruptState {
        if (bytes < 0 || in.remaining() < bytes) {
            throw new CorruptState("the state ends inside \"" + field + "\": at offset 0x"
                    + Integer.toHexString(in.position()) + " it needs " + Integer.toUnsignedString(bytes) + " bytes, "
                    + in.remaining() + " are there");
        }
    }

    CorruptState wrong(String field, long value, String expected) {
        return new CorruptState("the state has " + field + " " + value + " before offset 0x"
                + Integer.toHexString(in.position()) + ", expected " + expected);
    }

    int u1(String field) throws CorruptState {
        need(1, field);
        return in.get() & 0xff;
    }

    boolean flag(String field) throws CorruptState {
        int value = u1(field);
        if (value > 1) throw wrong(field, value, "0 or 1");
        return value == 1;
    }

    int u4(String field) throws CorruptState {
        need(4, field);
        return in.getInt();
    }

    long u8(String field) throws CorruptState {
        need(8, field);
        return in.getLong();
    }

    byte[] bytes(String field) throws CorruptState {
        int length = u4(field);
        need(length, field);
        byte[] value = new byte[length];
        in.get(value);
        return value;
    }

    long[] longs(String field, int count) throws CorruptState {
        int length = u4(field);
        if (length != count) throw wrong("number of " + field, length, Integer.toString(count));
        long[] values = new long[count];
        for (int i = 0; i < count; i++) values[i] = u8(field);
        return values;
    }

    String text(String field) throws CorruptState {
        return new String(bytes(field), StandardCharsets.ISO_8859_1);
    }

    @Nullable
    String optionalText(String field) throws CorruptState {
        return flag(field) ? text(field) : null;
    }

    <T> List<T> list(String field, Element<T> element) throws CorruptState {
        int count = u4(field);
        // an element has a byte at least: a count that cannot be is not believed
        need(count, field);
        List<T> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) values.add(element.read(this));
        return List.copyOf(values);
    }
}
