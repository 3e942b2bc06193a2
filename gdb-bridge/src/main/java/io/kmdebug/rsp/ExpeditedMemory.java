package io.kmdebug.rsp;

import org.jspecify.annotations.Nullable;

/**
 * Memory that came along with a stop reply: what is there is true until the payload goes on, or is written to. Most of
 * it is never looked at, and so not decoded before. For one thread.
 */
public final class ExpeditedMemory {
    private final long address;
    private final String digits;
    private byte @Nullable [] bytes;

    /** @param digits two hexadecimal ones for each byte */
    ExpeditedMemory(long address, String digits) {
        this.address = address;
        this.digits = digits;
    }

    /** Copies {@code length} bytes from {@code from} on to {@code target}; false where not all of them are here. */
    public boolean copy(long from, byte[] target, int offset, int length) {
        long within = from - address;
        if (within < 0 || within > digits.length() / 2 - length) return false;
        byte[] known = bytes;
        if (known == null) bytes = known = decode();
        if (within > known.length - length) return false;
        System.arraycopy(known, (int) within, target, offset, length);
        return true;
    }

    /** Nothing where the digits are none: the stub is asked then. */
    private byte[] decode() {
        try {
            return PacketCursor.of(digits).hexBytes(digits.length() / 2);
        } catch (PacketCursor.Malformed e) {
            return new byte[0];
        }
    }
}
