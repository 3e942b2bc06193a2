package io.kmdebug.debugger.value;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Characters and strings as C literals. */
final class CText {
    private CText() {}

    /** {@code 'a'}, {@code '\n'}, {@code '\310'}. */
    static String quotedByte(int value) {
        StringBuilder out = new StringBuilder("'");
        appendByte(out, value & 0xff, '\'');
        return out.append('\'').toString();
    }

    /** A character of a wide type. */
    static String quotedCodePoint(long value) {
        StringBuilder out = new StringBuilder("'");
        appendCodePoint(out, value, '\'');
        return out.append('\'').toString();
    }

    static void appendCodePoint(StringBuilder out, long value, char quote) {
        if (value >= 0 && value < 0x80) {
            appendByte(out, (int) value, quote);
        } else if (value > 0 && value <= 0x10ffff && printable((int) value)) {
            out.appendCodePoint((int) value);
        } else {
            out.append(String.format(value >= 0 && value < 0x10000 ? "\\u%04x" : "\\U%08x", value & 0xffff_ffffL));
        }
    }

    /** Bytes as the inside of a string literal: UTF-8 where it is valid and printable, else octal escapes. */
    static String escaped(byte[] bytes, int length) {
        StringBuilder out = new StringBuilder(length);
        int at = 0;
        while (at < length) {
            int value = bytes[at] & 0xff;
            int width = value < 0x80 ? 1 : utf8Width(bytes, at, length, value);
            if (width > 1) out.append(new String(bytes, at, width, StandardCharsets.UTF_8));
            else appendByte(out, value, '"');
            at += Math.max(width, 1);
        }
        return out.toString();
    }

    private static int utf8Width(byte[] bytes, int at, int length, int lead) {
        int width = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
        if (width == 0 || at + width > length) return 0;
        try {
            CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, at, width));
            return printable(Character.codePointAt(decoded, 0)) ? width : 0;
        } catch (CharacterCodingException e) {
            return 0;
        }
    }

    private static boolean printable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static void appendByte(StringBuilder out, int value, char quote) {
        switch (value) {
            case 7 -> out.append("\\a");
            case 8 -> out.append("\\b");
            case 9 -> out.append("\\t");
            case 10 -> out.append("\\n");
            case 11 -> out.append("\\v");
            case 12 -> out.append("\\f");
            case 13 -> out.append("\\r");
            case 27 -> out.append("\\033");
            case '\\' -> out.append("\\\\");
            default -> {
                if (value == quote) out.append('\\').append(quote);
                else if (value >= 0x20 && value < 0x7f) out.append((char) value);
                else out.append(String.format("\\%03o", value));
            }
        }
    }
}
