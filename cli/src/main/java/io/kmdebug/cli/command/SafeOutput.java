package io.kmdebug.cli.command;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Text on its way to a terminal that holds names and sources of others: what would move the cursor, set the title or
 * turn the direction of writing is written as an escape instead. Lines, tabs and {@link Ink} stay. ECMA-48 §5.
 */
public final class SafeOutput extends PrintStream {
    private static final char ESCAPE = '\033';

    private final boolean inked;

    /** @param inked whether the text has colours of {@link Ink} in it */
    public SafeOutput(PrintStream out, boolean inked) {
        super(out, true, StandardCharsets.UTF_8);
        this.inked = inked;
    }

    @Override
    public void print(String text) {
        super.print(safe(String.valueOf(text)));
    }

    private String safe(String text) {
        int first = 0;
        while (first < text.length() && !isHarmful(text.charAt(first))) first++;
        if (first == text.length()) return text;
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            String ink = c == ESCAPE && inked ? inkAt(text, i) : "";
            if (!ink.isEmpty()) {
                safe.append(ink);
                i += ink.length() - 1;
            } else if (isHarmful(c)) {
                safe.append(String.format(c < 0x100 ? "\\x%02x" : "\\u%04x", (int) c));
            } else {
                safe.append(c);
            }
        }
        return safe.toString();
    }

    private static String inkAt(String text, int at) {
        int end = text.indexOf('m', at);
        boolean ink = end > 0 && text.startsWith("[", at + 1) && Ink.CODES.contains(text.substring(at + 2, end));
        return ink ? text.substring(at, end + 1) : "";
    }

    /** Controls (C0, DEL, C1) but for line ends and tabs; marks and overrides of direction (Unicode UAX #9 §2). */
    private static boolean isHarmful(char c) {
        if (c == '\n' || c == '\t') return false;
        return Character.isISOControl(c)
                || c == '\u061c'
                || (c >= '\u200e' && c <= '\u200f')
                || (c >= '\u202a' && c <= '\u202e')
                || (c >= '\u2066' && c <= '\u2069');
    }
}
