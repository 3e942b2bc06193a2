package io.kmdebug.symbols.demangle;

import java.util.ArrayList;
import java.util.List;

/** RFC 3492, with an underscore for the delimiter and without the prefix of domain names. */
final class Punycode {
    private static final int BASE = 36;
    private static final int T_MIN = 1;
    private static final int T_MAX = 26;
    private static final int SKEW = 38;
    private static final int DAMP = 700;

    private Punycode() {}

    static String decode(String text) {
        int delimiter = text.lastIndexOf('_');
        List<Integer> points = new ArrayList<>();
        for (int i = 0; i < delimiter; i++) points.add((int) text.charAt(i));
        int at = delimiter + 1;
        int point = 128;
        int index = 0;
        int bias = 72;
        while (at < text.length()) {
            int old = index;
            long weight = 1;
            for (int k = BASE; ; k += BASE) {
                if (at >= text.length()) throw new MangledNameException("punycode ends too early");
                int digit = digit(text.charAt(at++));
                long sum = index + digit * weight;
                if (sum > Integer.MAX_VALUE) throw new MangledNameException("punycode out of range");
                index = (int) sum;
                int threshold = Math.max(T_MIN, Math.min(T_MAX, k - bias));
                if (digit < threshold) break;
                weight *= BASE - threshold;
            }
            int count = points.size() + 1;
            bias = adapt(index - old, count, old == 0);
            point += index / count;
            index %= count;
            if (!Character.isValidCodePoint(point)) throw new MangledNameException("punycode out of range");
            points.add(index++, point);
        }
        StringBuilder out = new StringBuilder();
        for (int each : points) out.appendCodePoint(each);
        return out.toString();
    }

    private static int digit(char c) {
        if (c >= 'a' && c <= 'z') return c - 'a';
        if (c >= 'A' && c <= 'Z') return c - 'A';
        if (Input.isDigit(c)) return c - '0' + 26;
        throw new MangledNameException("no digit of punycode: " + c);
    }

    private static int adapt(int delta, int count, boolean first) {
        int d = first ? delta / DAMP : delta / 2;
        d += d / count;
        int k = 0;
        while (d > (BASE - T_MIN) * T_MAX / 2) {
            d /= BASE - T_MIN;
            k += BASE;
        }
        return k + (BASE - T_MIN + 1) * d / (d + SKEW);
    }
}
