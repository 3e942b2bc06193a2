package io.kmdebug.dap.wire;

import org.jspecify.annotations.Nullable;

/** A JSON text being written, member by member. A member without a value is left out. RFC 8259. */
public final class JsonText {
    private static final char[] DIGITS = "0123456789abcdef".toCharArray();

    private final StringBuilder out = new StringBuilder(256);

    /** Whether the next member or element is the first of its object or array. */
    private boolean first = true;

    public JsonText beginObject() {
        return begin('{');
    }

    public JsonText endObject() {
        return end('}');
    }

    JsonText beginArray() {
        return begin('[');
    }

    JsonText endArray() {
        return end(']');
    }

    private JsonText begin(char bracket) {
        out.append(bracket);
        first = true;
        return this;
    }

    private JsonText end(char bracket) {
        out.append(bracket);
        first = false;
        return this;
    }

    /** Goes between elements, and before the first. */
    JsonText separate() {
        if (!first) out.append(',');
        first = false;
        return this;
    }

    /** The name of a member; its value follows. */
    public JsonText name(String name) {
        separate();
        out.append('"').append(name).append("\":");
        return this;
    }

    public JsonText member(String name, @Nullable String value) {
        return value == null ? this : name(name).string(value);
    }

    public JsonText member(String name, long value) {
        name(name).out.append(value);
        return this;
    }

    public JsonText member(String name, @Nullable Integer value) {
        return value == null ? this : member(name, value.longValue());
    }

    public JsonText member(String name, boolean value) {
        name(name).out.append(value);
        return this;
    }

    JsonText member(String name, @Nullable Boolean value) {
        return value == null ? this : member(name, value.booleanValue());
    }

    JsonText member(String name, String @Nullable [] values) {
        if (values == null) return this;
        name(name).beginArray();
        for (String value : values) separate().string(value);
        return endArray();
    }

    /** A member whose value is written through {@link Json}. */
    public JsonText member(String name, @Nullable Object value) {
        if (value != null) Json.write(value, name(name));
        return this;
    }

    /** A value that is JSON already. */
    JsonText raw(String json) {
        out.append(json);
        first = false;
        return this;
    }

    JsonText string(String text) {
        out.append('"');
        int copied = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c != '"' && c != '\\' && c != '\u2028' && c != '\u2029') continue;
            out.append(text, copied, i);
            escape(c);
            copied = i + 1;
        }
        out.append(text, copied, text.length()).append('"');
        first = false;
        return this;
    }

    private void escape(char c) {
        out.append('\\');
        switch (c) {
            case '"', '\\' -> out.append(c);
            case '\n' -> out.append('n');
            case '\r' -> out.append('r');
            case '\t' -> out.append('t');
            case '\b' -> out.append('b');
            case '\f' -> out.append('f');
            default -> {
                out.append('u');
                for (int shift = 12; shift >= 0; shift -= 4) out.append(DIGITS[c >> shift & 0xf]);
            }
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
