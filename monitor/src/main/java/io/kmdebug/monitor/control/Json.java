package io.kmdebug.monitor.control;

/** As much JSON as is written here: RFC 8259 strings of texts that carry bytes in ISO-8859-1. */
final class Json {
    private Json() {}

    static void string(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') out.append('\\').append(c);
            else if (c < ' ' || c == 0x7f) out.append(String.format("\\u%04x", (int) c));
            else out.append(c);
        }
        out.append('"');
    }
}
