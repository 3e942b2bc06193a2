package io.kmdebug.dap.wire;

/** Numbers as almost all are written: looked at before anything else is tried. */
public final class Digits {
    private Digits() {}

    /** Whether {@code text} is a decimal number of at most {@code most} digits, without sign, point or exponent. */
    public static boolean isNumber(String text, int most) {
        if (text.isEmpty() || text.length() > most) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
