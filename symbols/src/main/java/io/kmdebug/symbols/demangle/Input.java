package io.kmdebug.symbols.demangle;

/** The characters of a mangled name and how far they were read. Beyond the end there are NULs. */
final class Input {
    private final String text;
    private int at;

    Input(String text, int start) {
        this.text = text;
        this.at = start;
    }

    char peek() {
        return peek(0);
    }

    char peek(int ahead) {
        return at + ahead < text.length() ? text.charAt(at + ahead) : 0;
    }

    boolean looksAt(String expected) {
        return text.startsWith(expected, at);
    }

    char next() {
        if (at >= text.length()) throw new MangledNameException("ends too early");
        return text.charAt(at++);
    }

    /** Reads {@code expected} if it comes next. */
    boolean take(char expected) {
        if (peek() != expected || at >= text.length()) return false;
        at++;
        return true;
    }

    boolean take(String expected) {
        if (!looksAt(expected)) return false;
        at += expected.length();
        return true;
    }

    void expect(char expected) {
        if (!take(expected)) throw error();
    }

    String take(int length) {
        if (length < 0 || length > text.length() - at) throw error();
        at += length;
        return text.substring(at - length, at);
    }

    boolean atEnd() {
        return at >= text.length();
    }

    int position() {
        return at;
    }

    void back(int position) {
        at = position;
    }

    String rest() {
        return text.substring(at);
    }

    /** A decimal number, not negative. */
    int number() {
        if (!isDigit(peek())) throw error();
        long value = 0;
        while (isDigit(peek())) {
            value = value * 10 + (next() - '0');
            if (value > Integer.MAX_VALUE) throw error();
        }
        return (int) value;
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    MangledNameException error() {
        return new MangledNameException("unexpected character at offset " + at);
    }
}
