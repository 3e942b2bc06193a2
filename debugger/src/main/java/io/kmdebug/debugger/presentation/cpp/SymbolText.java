package io.kmdebug.debugger.presentation.cpp;

import java.util.ArrayList;
import java.util.List;

/** Takes demangled names apart. */
final class SymbolText {
    private SymbolText() {}

    /** Argument {@code index} of the first template in {@code symbol}; empty when there is none. */
    static String templateArgument(String symbol, int index) {
        int open = symbol.indexOf('<');
        if (open < 0) return "";
        int close = closing(symbol, open);
        if (close < 0) return "";
        List<String> arguments = split(symbol.substring(open + 1, close));
        return index < arguments.size() ? arguments.get(index) : "";
    }

    /** The index of the bracket that closes the one at {@code open}; -1 for none. */
    static int closing(String text, int open) {
        int depth = 0;
        for (int at = open; at < text.length(); at++) {
            switch (text.charAt(at)) {
                case '<', '(', '[', '{' -> depth++;
                case '>' -> {
                    boolean arrow = at > 0 && text.charAt(at - 1) == '-';
                    if (!arrow && --depth == 0) return at;
                }
                case ')', ']', '}' -> {
                    if (--depth == 0) return at;
                }
                case '\'' -> at = Math.max(at, skipQuoted(text, at));
                default -> {}
            }
        }
        return -1;
    }

    private static int skipQuoted(String text, int at) {
        int end = text.indexOf('\'', text.startsWith("\\'", at + 1) ? at + 3 : at + 1);
        // a quote may be of 'lambda' or of a character; both end with one
        return end < 0 ? at : end;
    }

    /** At the commas that are in no brackets. */
    static List<String> split(String list) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        int depth = 0;
        for (int at = 0; at < list.length(); at++) {
            char c = list.charAt(at);
            if (c == '<' || c == '(' || c == '[' || c == '{') depth++;
            else if (c == ')' || c == ']' || c == '}') depth--;
            else if (c == '>' && (at == 0 || list.charAt(at - 1) != '-')) depth--;
            else if (c == '\'') at = Math.max(at, skipQuoted(list, at));
            else if (c == ',' && depth == 0) {
                parts.add(list.substring(from, at).trim());
                from = at + 1;
            }
        }
        String last = list.substring(from).trim();
        if (!last.isEmpty() || !parts.isEmpty()) parts.add(last);
        return parts;
    }
}
