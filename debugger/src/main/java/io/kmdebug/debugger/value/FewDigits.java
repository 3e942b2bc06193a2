package io.kmdebug.debugger.value;

import org.jspecify.annotations.Nullable;

/** The shortest decimal of a double where it has few digits, as most have: without arithmetic of any length. */
final class FewDigits {
    private static final double LEAST = 1e-4;
    /** Below it a rounded product of a double and a power of ten is the integer that it is nearest to. */
    private static final double LARGEST = 0x1p49;

    private static final int MOST_PLACES = 15;

    private FewDigits() {}

    /**
     * As {@link FloatFormat#text} writes it; null where it takes more.
     *
     * <p>An integer below 2^53 divided by a power of ten up to 10^22 is rounded once, so that the decimal reads back as
     * that quotient: W. D. Clinger, "How to read floating point numbers accurately", §3. The first power for which that
     * is the number gives the fewest digits.
     */
    static @Nullable String of(double number) {
        double magnitude = Math.abs(number);
        if (!(magnitude >= LEAST && magnitude < LARGEST)) return null;
        double power = 1;
        for (int places = 0; places <= MOST_PLACES && magnitude * power < LARGEST; places++, power *= 10) {
            double digits = Math.rint(magnitude * power);
            if (digits / power == magnitude) return (number < 0 ? "-" : "") + text((long) digits, places);
        }
        return null;
    }

    private static String text(long digits, int places) {
        String all = Long.toString(digits);
        if (places == 0) return all;
        if (all.length() <= places) all = "0".repeat(places + 1 - all.length()) + all;
        int point = all.length() - places;
        return all.substring(0, point) + "." + all.substring(point);
    }
}
