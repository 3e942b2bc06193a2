package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.Style;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind the last comma of an expression and says how its value is shown: {@code ,x}, {@code ,10},
 * {@code ,raw}, several of them ({@code ,4,x}) and both in one ({@code ,4x}). Anything else behind a comma belongs to
 * the expression; {@code (a, x)} in parentheses is always C's comma.
 *
 * @param expression what is left of them
 * @param count how many elements are shown; 0 for what the type says
 */
record Suffixes(String expression, Style style, long count) {
    private static final int MAX_DIGITS = 9;

    static Suffixes of(String text) {
        Style style = Style.PLAIN;
        long count = 0;
        String rest = text;
        while (true) {
            int comma = lastComma(rest);
            String word = comma < 0 ? "" : rest.substring(comma + 1).strip();
            int digits = 0;
            while (digits < word.length() && word.charAt(digits) >= '0' && word.charAt(digits) <= '9') digits++;
            if (word.isEmpty() || digits > MAX_DIGITS || (digits > 0 && word.charAt(0) == '0')) break;
            String letters = word.substring(digits);
            Style.@Nullable Notation notation = notation(letters);
            boolean raw = letters.equals("raw") || letters.equals("!") || letters.equals("r");
            if (!letters.isEmpty() && notation == null && !raw) break;
            if (digits > 0) count = Long.parseLong(word.substring(0, digits));
            if (notation != null) style = style.with(notation);
            if (raw) style = style.asRaw();
            rest = rest.substring(0, comma);
        }
        return new Suffixes(rest, style, count);
    }

    private static Style.@Nullable Notation notation(String letters) {
        return switch (letters) {
            case "x", "X", "h", "H" -> Style.Notation.HEXADECIMAL;
            case "d", "i" -> Style.Notation.DECIMAL;
            case "u" -> Style.Notation.UNSIGNED;
            case "o" -> Style.Notation.OCTAL;
            case "b", "t" -> Style.Notation.BINARY;
            case "c" -> Style.Notation.CHARACTER;
            case "s", "sb", "s8", "su", "s16", "s32" -> Style.Notation.STRING;
            case "a" -> Style.Notation.ADDRESS;
            default -> null;
        };
    }

    /** Index of the last comma outside of brackets and quotes; -1 for none. */
    private static int lastComma(String text) {
        int last = -1;
        int depth = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '(' || c == '[' || c == '{') depth++;
            else if (c == ')' || c == ']' || c == '}') depth--;
            else if (c == ',' && depth == 0) last = at;
            else if (c == '"' || c == '\'') {
                int end = closing(text, at);
                if (end < 0) continue;
                at = end;
            }
        }
        return last;
    }

    /** Index of the quote that ends the literal at {@code from}; -1 when there is none. */
    private static int closing(String text, int from) {
        char quote = text.charAt(from);
        for (int at = from + 1; at < text.length(); at++) {
            if (text.charAt(at) == '\\') at++;
            else if (text.charAt(at) == quote) return at;
        }
        return -1;
    }
}
