package io.kmdebug.dap.wire;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/** A JSON text being written, member by member. A member without a value is left out. RFC 8259. */
public final class JsonText {
    private static final int USUAL_CHARACTERS = 256;

    private final StringBuilder out = new StringBuilder(USUAL_CHARACTERS);
    private final JsonWriter writer = new JsonWriter(new Appending(out));

    /** What {@link java.io.StringWriter} is, without its locks. */
    private static final class Appending extends Writer {
        private final StringBuilder out;

        Appending(StringBuilder out) {
            this.out = out;
        }

        @Override
        public void write(int c) {
            out.append((char) c);
        }

        @Override
        public void write(String text) {
            out.append(text);
        }

        @Override
        public void write(String text, int offset, int length) {
            out.append(text, offset, offset + length);
        }

        @Override
        public void write(char[] text, int offset, int length) {
            out.append(text, offset, length);
        }

        @Override
        public void flush() {
            // nothing is held back
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    /** A part of the text. */
    private interface Part {
        JsonWriter write() throws IOException;
    }

    private JsonText put(Part part) {
        try {
            part.write();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public JsonText beginObject() {
        return put(writer::beginObject);
    }

    public JsonText endObject() {
        return put(writer::endObject);
    }

    JsonText beginArray() {
        return put(writer::beginArray);
    }

    JsonText endArray() {
        return put(writer::endArray);
    }

    /** The name of a member; its value follows. */
    public JsonText name(String name) {
        return put(() -> writer.name(name));
    }

    public JsonText member(String name, @Nullable String value) {
        return value == null ? this : put(() -> writer.name(name).value(value));
    }

    public JsonText member(String name, long value) {
        return put(() -> writer.name(name).value(value));
    }

    public JsonText member(String name, @Nullable Integer value) {
        return value == null ? this : member(name, value.longValue());
    }

    public JsonText member(String name, boolean value) {
        return put(() -> writer.name(name).value(value));
    }

    JsonText member(String name, @Nullable Boolean value) {
        return value == null ? this : member(name, value.booleanValue());
    }

    JsonText member(String name, String @Nullable [] values) {
        if (values == null) return this;
        name(name).beginArray();
        for (String value : values) put(() -> writer.value(value));
        return endArray();
    }

    JsonText member(String name, Integer @Nullable [] values) {
        if (values == null) return this;
        name(name).beginArray();
        for (Integer value : values) put(() -> writer.value(value));
        return endArray();
    }

    /** As DAP spells the constant. */
    JsonText member(String name, @Nullable Enum<?> value) {
        return value == null ? this : member(name, EnumWords.of(value));
    }

    /** A member whose value is written through {@link Json}. */
    public JsonText member(String name, @Nullable Object value) {
        if (value != null) Json.write(value, name(name));
        return this;
    }

    /** A value that is JSON already. */
    JsonText raw(String json) {
        return put(() -> writer.jsonValue(json));
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
