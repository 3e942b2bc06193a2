package io.kmdebug.cli.html;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * Writes HTML of which every text and every attribute's value is escaped. Tags and names of attributes are this program's
 * own words; whatever comes from a core, a program or a file goes through {@link #text}, or is a value.
 */
final class Markup {
    private final StringBuilder out = new StringBuilder(1 << 16);
    private final Deque<String> open = new ArrayDeque<>();

    /** @param attributes names and values by turns */
    Markup open(String tag, String... attributes) {
        start(tag, attributes);
        open.push(tag);
        return this;
    }

    /** An element without content that takes no end tag. */
    Markup single(String tag, String... attributes) {
        return start(tag, attributes);
    }

    private Markup start(String tag, String... attributes) {
        out.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ').append(attributes[i]).append("=\"");
            escape(attributes[i + 1]);
            out.append('"');
        }
        out.append('>');
        return this;
    }

    /** Ends the element that was opened last. */
    Markup close() {
        out.append("</").append(open.pop()).append('>');
        return this;
    }

    Markup text(String text) {
        escape(text);
        return this;
    }

    /** An element with a text in it. */
    Markup element(String tag, String text, String... attributes) {
        return open(tag, attributes).text(text).close();
    }

    Markup line() {
        out.append('\n');
        return this;
    }

    /** This program's own style sheet or script, as it stands: not for anything else. */
    Markup own(String tag, String content) {
        out.append('<').append(tag).append('>').append(content);
        out.append("</").append(tag).append('>');
        return this;
    }

    /** What has been written; everything that was opened is closed. */
    String page() {
        if (!open.isEmpty()) throw new IllegalStateException("not closed: " + open);
        return "<!doctype html>\n" + out;
    }

    /** Characters that are not seen, or that turn the direction of what is, are written by their number. */
    private void escape(String text) {
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                case '\n', '\t' -> out.append((char) c);
                default -> {
                    if (isShown(c)) out.appendCodePoint(c);
                    else out.append(String.format(Locale.ROOT, c < 0x100 ? "\\x%02x" : "\\u%04x", c));
                }
            }
        });
    }

    private static boolean isShown(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
