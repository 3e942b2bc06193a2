package io.kmdebug.dap.wire;

import org.jspecify.annotations.Nullable;

/**
 * A JSON text being written, member by member. A member without a value is left out. RFC 8259; characters are escaped as
 * gson does. The caller sees to it that what is begun is ended.
 */
public final class JsonText {
    private static final int USUAL_CHARACTERS = 256;
    private static final String HEX = "0123456789abcdef";

    private final StringBuilder out = new StringBuilder(USUAL_CHARACTERS);
    /** Whether what comes next follows something in the same object or array. */
    private boolean follows;

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
        separate();
        out.append(bracket);
        follows = false;
        return this;
    }

    private JsonText end(char bracket) {
        out.append(bracket);
        follows = true;
        return this;
    }

    private void separate() {
        if (follows) out.append(',');
    }

    /** The name of a member; its value follows. */
    public JsonText name(String name) {
        separate();
        string(name);
        out.append(':');
        follows = false;
        return this;
    }

    public JsonText member(String name, @Nullable String value) {
        return value == null ? this : name(name).value(value);
    }

    public JsonText member(String name, long value) {
        return name(name).value(value);
    }

    public JsonText member(String name, @Nullable Integer value) {
        return value == null ? this : member(name, value.longValue());
    }

    public JsonText member(String name, boolean value) {
        return name(name).raw(value ? "true" : "false");
    }

    JsonText member(String name, @Nullable Boolean value) {
        return value == null ? this : member(name, value.booleanValue());
    }

    JsonText member(String name, String @Nullable [] values) {
        if (values == null) return this;
        name(name).beginArray();
        for (String value : values) value(value);
        return endArray();
    }

    JsonText member(String name, Integer @Nullable [] values) {
        if (values == null) return this;
        name(name).beginArray();
        for (Integer value : values) value(value);
        return endArray();
    }

    /** As DAP spells the constant. */
    JsonText member(String name, @Nullable Enum<?> value) {
        return value == null ? this : member(name, EnumWords.of(value));
    }

    JsonText member(String name, Enum<?> @Nullable [] values) {
        if (values == null) return this;
        name(name).beginArray();
        for (Enum<?> value : values) value(EnumWords.of(value));
        return endArray();
    }

    /** A member whose value is written through {@link Json}. */
    public JsonText member(String name, @Nullable Object value) {
        if (value != null) Json.write(value, name(name));
        return this;
    }

    private JsonText value(String value) {
        separate();
        string(value);
        follows = true;
        return this;
    }

    private JsonText value(long value) {
        separate();
        out.append(value);
        follows = true;
        return this;
    }

    /** A value that is JSON already. */
    JsonText raw(String json) {
        separate();
        out.append(json);
        follows = true;
        return this;
    }

    private void string(String text) {
        out.append('"');
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = c >= ' ' && c != '"' && c != '\\' && c != '\u2028' && c != '\u2029';
            if (plain) continue;
            out.append(text, from, i);
            escape(c);
            from = i + 1;
        }
        out.append(text, from, text.length()).append('"');
    }

    private void escape(char c) {
        switch (c) {
            case '"', '\\' -> out.append('\\').append(c);
            case '\t' -> out.append("\\t");
            case '\b' -> out.append("\\b");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\f' -> out.append("\\f");
            default -> {
                out.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) out.append(HEX.charAt(c >> shift & 15));
            }
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
