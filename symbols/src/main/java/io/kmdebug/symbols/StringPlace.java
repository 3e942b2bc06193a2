package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;

/** A NUL-terminated string where it stands: to be compared and hashed without making a {@code String} of it. */
record StringPlace(Bytes section, long offset) {
    String text() {
        return section.string(offset);
    }

    /** Equal to {@link #hash(byte[])} of the UTF-8 bytes. */
    int hash() {
        int hash = 0;
        int b;
        for (long at = offset; at < section.length() && (b = section.u1(at)) != 0; at++) hash = hash * 31 + b;
        return hash;
    }

    static int hash(byte[] utf8) {
        int hash = 0;
        for (byte b : utf8) hash = hash * 31 + (b & 0xff);
        return hash;
    }

    /** Whether the part behind the last slash is {@code utf8}. */
    boolean baseNameIs(byte[] utf8) {
        long nul = section.indexOfNul(offset);
        long start = nul - utf8.length;
        if (start < offset || (start > offset && section.u1(start - 1) != '/')) return false;
        for (int i = 0; i < utf8.length; i++) if (section.u1(start + i) != (utf8[i] & 0xff)) return false;
        return true;
    }
}
