package io.kmdebug.debugger.value;

/** Runs of bits in little-endian byte arrays; bit 0 is the lowest of byte 0. */
final class Bits {
    private Bits() {}

    /** {@code bits} bits of {@code raw} from {@code from} on, as whole bytes; the unused top bits are zero. */
    static byte[] slice(byte[] raw, int from, int bits) {
        byte[] out = new byte[(bits + 7) >> 3];
        put(raw, from, out, 0, bits);
        return out;
    }

    /** Copies bits; those of {@code out} outside the run stay as they are. */
    static void put(byte[] in, int inFrom, byte[] out, int outFrom, int bits) {
        int done = 0;
        if (((inFrom | outFrom) & 7) == 0) {
            done = bits & ~7;
            System.arraycopy(in, inFrom >> 3, out, outFrom >> 3, done >> 3);
        }
        for (; done < bits; done++) {
            int source = inFrom + done;
            int target = outFrom + done;
            int mask = 1 << (target & 7);
            if ((in[source >> 3] >> (source & 7) & 1) != 0) out[target >> 3] |= (byte) mask;
            else out[target >> 3] &= (byte) ~mask;
        }
    }
}
