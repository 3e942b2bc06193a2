package io.kmdebug.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads the memory of a payload, wherever it is: live, in a core, in a file. Addresses are guest virtual addresses. */
@FunctionalInterface
public interface MemoryReader {
    /**
     * Reads up to {@code length} bytes at {@code address} into {@code target} from {@code offset} on.
     *
     * @return how many bytes could be read before the first unreadable one: 0 to {@code length}
     */
    int read(long address, byte[] target, int offset, int length);

    /** Reads exactly {@code length} bytes. */
    default byte[] read(long address, int length) throws UnreadableMemoryException {
        byte[] out = new byte[length];
        int got = read(address, out, 0, length);
        if (got < length) throw new UnreadableMemoryException(address + got);
        return out;
    }

    /** An unsigned little-endian value of {@code size} bytes, 1 to 8. */
    default long readUnsigned(long address, int size) throws UnreadableMemoryException {
        byte[] raw = read(address, size);
        long value = 0;
        for (int i = size - 1; i >= 0; i--) value = value << 8 | (raw[i] & 0xff);
        return value;
    }

    /** Eight bytes, little-endian. */
    default long readLong(long address) throws UnreadableMemoryException {
        return ByteBuffer.wrap(read(address, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }
}
