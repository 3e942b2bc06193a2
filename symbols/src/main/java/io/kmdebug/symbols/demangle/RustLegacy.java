package io.kmdebug.symbols.demangle;

import org.jspecify.annotations.Nullable;

/** Rust's first mangling: that of C++ for nested names, with a hash at the end and signs that C++ names lack escaped. */
final class RustLegacy {
    private static final int HASH_DIGITS = 16;

    private RustLegacy() {}

    /** The path without its hash; null when {@code symbol} is none of Rust's. */
    static @Nullable String path(String symbol) {
        if (!symbol.startsWith("_ZN")) return null;
        Input in = new Input(symbol, 3);
        StringBuilder path = new StringBuilder();
        String last = null;
        while (Input.isDigit(in.peek())) {
            if (last != null) {
                if (path.length() > 0) path.append("::");
                unescape(last, path);
            }
            last = in.take(in.number());
        }
        if (last == null || !isHash(last) || path.length() == 0 || !in.take('E')) return null;
        String suffix = in.rest();
        if (!suffix.isEmpty() && suffix.charAt(0) != '.') return null;
        return suffix.isEmpty() || suffix.startsWith(".llvm.") ? path.toString() : path + " [clone " + suffix + "]";
    }

    private static boolean isHash(String text) {
        if (text.length() != HASH_DIGITS + 1 || text.charAt(0) != 'h') return false;
        return text.chars().skip(1).allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
    }

    private static void unescape(String part, StringBuilder out) {
        int at = part.startsWith("_$") ? 1 : 0;
        while (at < part.length()) {
            char c = part.charAt(at);
            int end = c == '$' ? part.indexOf('$', at + 1) : -1;
            if (end > 0) {
                out.append(sign(part.substring(at + 1, end)));
                at = end + 1;
            } else if (c == '.' && at + 1 < part.length() && part.charAt(at + 1) == '.') {
                out.append("::");
                at += 2;
            } else {
                out.append(c);
                at++;
            }
        }
    }

    private static String sign(String name) {
        return switch (name) {
            case "SP" -> "@";
            case "BP" -> "*";
            case "RF" -> "&";
            case "LT" -> "<";
            case "GT" -> ">";
            case "LP" -> "(";
            case "RP" -> ")";
            case "C" -> ",";
            default -> codePoint(name);
        };
    }

    private static String codePoint(String name) {
        if (name.length() < 2 || name.length() > 7 || name.charAt(0) != 'u') return "$" + name + "$";
        try {
            int value = Integer.parseInt(name.substring(1), 16);
            return Character.isValidCodePoint(value) ? Character.toString(value) : "$" + name + "$";
        } catch (NumberFormatException e) {
            return "$" + name + "$";
        }
    }
}
