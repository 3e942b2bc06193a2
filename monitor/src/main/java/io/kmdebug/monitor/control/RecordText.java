package io.kmdebug.monitor.control;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A monitor's record on the wire: a line for each fact, "key value", line breaks and backslashes in it escaped. */
final class RecordText {
    private RecordText() {}

    static void put(StringBuilder out, String key, long value) {
        out.append(key).append(' ').append(value).append('\n');
    }

    static void put(StringBuilder out, String key, String value) {
        out.append(key).append(' ');
        out.append(value.replace("\\", "\\\\").replace("\n", "\\n")).append('\n');
    }

    /** All values of a key. */
    static List<String> all(String text, String key) {
        List<String> values = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            if (line.startsWith(key + " ")) values.add(unescaped(line.substring(key.length() + 1)));
        }
        return values;
    }

    static @Nullable String first(String text, String key) {
        List<String> values = all(text, key);
        return values.isEmpty() ? null : values.get(0);
    }

    /** A number, or -1 when there is none. */
    static long number(String text, String key) {
        String value = first(text, key);
        try {
            return value == null ? -1 : Long.parseLong(value);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static String unescaped(String value) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\' && i + 1 < value.length()) {
                char next = value.charAt(++i);
                out.append(next == 'n' ? '\n' : next);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
