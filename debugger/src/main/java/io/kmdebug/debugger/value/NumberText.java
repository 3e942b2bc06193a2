package io.kmdebug.debugger.value;

import java.math.BigInteger;

/** The bits of a scalar in a notation that was asked for. */
final class NumberText {
    private NumberText() {}

    /** @param raw little-endian */
    static String of(byte[] raw, Style.Notation notation) {
        BigInteger unsigned = Scalars.integer(raw, false);
        return switch (notation) {
            case HEX, HEXADECIMAL -> "0x" + unsigned.toString(16);
            case UNSIGNED -> unsigned.toString();
            case OCTAL -> unsigned.signum() == 0 ? "0" : "0" + unsigned.toString(8);
            case BINARY -> "0b" + unsigned.toString(2);
            case CHARACTER -> character(raw);
            case NATURAL, DECIMAL, STRING, ADDRESS -> Scalars.integer(raw, true).toString();
        };
    }

    /** As gdb's {@code /c}: the number, and the character that it stands for. */
    private static String character(byte[] raw) {
        BigInteger number = Scalars.integer(raw, raw.length == 1);
        long code = number.longValue();
        boolean known = number.signum() >= 0 && number.bitLength() < 22;
        return number + " "
                + (raw.length == 1 || (known && code < 0x100)
                        ? CText.quotedByte((int) code)
                        : known ? CText.quotedCodePoint(code) : "'?'");
    }
}
