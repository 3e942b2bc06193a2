package io.kmdebug.debugger.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A preprocessing token. C17 §6.4.
 *
 * @param spaced whether white space is in front of it
 * @param hidden names of the macros that it came out of, which are not expanded again
 */
record MacroWord(String text, boolean spaced, Set<String> hidden) {
    /** Stands where an empty argument is an operand of {@code ##}. */
    static final MacroWord NOTHING = new MacroWord("", false, Set.of());

    private static final String PAIRS = "## << >> <= >= == != && || -> ++ -- += -= *= /= %= &= |= ^= :: .. .* ";

    static List<MacroWord> of(String text) {
        List<MacroWord> words = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int start = at;
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
            if (at == text.length()) break;
            int end = end(text, at);
            words.add(new MacroWord(text.substring(at, end), at > start, Set.of()));
            at = end;
        }
        return words;
    }

    private static int end(String text, int start) {
        char c = text.charAt(start);
        int at = start + 1;
        if (isNamePart(c) && !isDigit(c)) {
            while (at < text.length() && isNamePart(text.charAt(at))) at++;
            boolean prefix = at < text.length() && isQuote(text.charAt(at)) && at - start <= 2;
            return prefix ? quotedEnd(text, at) : at;
        }
        if (isQuote(c)) return quotedEnd(text, start);
        boolean number = isDigit(c) || (c == '.' && at < text.length() && isDigit(text.charAt(at)));
        if (number) {
            while (at < text.length()) {
                char next = text.charAt(at);
                boolean sign = (next == '+' || next == '-') && "eEpP".indexOf(text.charAt(at - 1)) >= 0;
                boolean range = next == '.' && text.startsWith("..", at);
                if (range || !(isNamePart(next) || next == '.' || sign)) break;
                at++;
            }
            return at;
        }
        boolean pair = at < text.length() && PAIRS.contains(text.substring(start, start + 2) + " ");
        return pair ? start + 2 : at;
    }

    private static int quotedEnd(String text, int start) {
        char quote = text.charAt(start);
        int at = start + 1;
        while (at < text.length() && text.charAt(at) != quote) at += text.charAt(at) == '\\' ? 2 : 1;
        return Math.min(text.length(), at + 1);
    }

    private static boolean isQuote(char c) {
        return c == '"' || c == '\'';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isNamePart(char c) {
        return c == '_' || c == '$' || isDigit(c) || Character.isLetter(c);
    }

    /** A string literal of what {@code words} were written as: the operator {@code #}. */
    static MacroWord string(@Nullable List<MacroWord> words, boolean spaced) {
        StringBuilder out = new StringBuilder("\"");
        if (words != null) {
            for (MacroWord word : words) {
                if (word.spaced && out.length() > 1) out.append(' ');
                boolean quoted = word.text.indexOf('"') >= 0 || word.text.indexOf('\'') >= 0;
                for (char c : word.text.toCharArray()) {
                    if (c == '"' || (c == '\\' && quoted)) out.append('\\');
                    out.append(c);
                }
            }
        }
        return new MacroWord(out.append('"').toString(), spaced, Set.of());
    }

    static String text(List<MacroWord> words) {
        StringBuilder out = new StringBuilder();
        String before = "";
        for (MacroWord word : words) {
            boolean wouldJoin = !before.isEmpty() && end(before + word.text, 0) > before.length();
            if (!before.isEmpty() && (word.spaced || wouldJoin)) out.append(' ');
            out.append(word.text);
            before = word.text;
        }
        return out.toString();
    }

    boolean isName() {
        return !text.isEmpty() && isNamePart(text.charAt(0)) && !isDigit(text.charAt(0)) && text.charAt(0) != '$';
    }

    boolean is(String operator) {
        return text.equals(operator);
    }

    MacroWord hiding(Set<String> names, boolean space) {
        return new MacroWord(text, space, names);
    }
}
