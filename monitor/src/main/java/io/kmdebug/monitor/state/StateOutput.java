package io.kmdebug.monitor.state;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes fields one after the other, big-endian as {@link DataOutputStream} does; lists and texts after their length. */
final class StateOutput {
    /** Writes one element of a list. */
    interface Element<T> {
        void write(StateOutput out, T element);
    }

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
    private final DataOutputStream out = new DataOutputStream(bytes);

    private interface Step {
        void run() throws IOException;
    }

    private StateOutput put(Step step) {
        try {
            step.run();
            return this;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    StateOutput u1(int value) {
        return put(() -> out.writeByte(value));
    }

    StateOutput flag(boolean value) {
        return u1(value ? 1 : 0);
    }

    StateOutput u4(int value) {
        return put(() -> out.writeInt(value));
    }

    StateOutput u8(long value) {
        return put(() -> out.writeLong(value));
    }

    StateOutput bytes(byte[] value) {
        return put(() -> {
            out.writeInt(value.length);
            out.write(value);
        });
    }

    StateOutput longs(long[] values) {
        u4(values.length);
        for (long value : values) u8(value);
        return this;
    }

    /** ISO-8859-1, as the monitor keeps the payload's byte strings. */
    StateOutput text(String value) {
        return bytes(value.getBytes(StandardCharsets.ISO_8859_1));
    }

    StateOutput optionalText(@Nullable String value) {
        flag(value != null);
        return value == null ? this : text(value);
    }

    <T> StateOutput list(List<T> values, Element<T> element) {
        u4(values.size());
        for (T value : values) element.write(this, value);
        return this;
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
