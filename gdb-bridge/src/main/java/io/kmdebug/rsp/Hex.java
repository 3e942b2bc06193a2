package io.kmdebug.rsp;

/** Hexadecimal digits as packets carry them: lower case out, both cases in. */
final class Hex {
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private Hex() {}

    static byte digit(int value) {
        return DIGITS[value & 15];
    }

    /** 0 to 15, or -1. */
    static int value(int character) {
        if (character >= '0' && character <= '9') return character - '0';
        int lower = character | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
