package io.kmdebug.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * What the dynamic linker has written down about the thread-local block of one object.
 *
 * @param number of the block in the dynamic thread vector, from 1
 * @param offset how far below the thread pointer the block begins, where it is of those that every thread has from its
 *     start; else 0 or -1
 */
public record TlsModule(long number, long offset) {
    private static final int LARGEST_RECORD = 2048;
    private static final int MAX_MODULES = 1 << 20;

    public boolean isBelowThreadPointer() {
        return offset > 0;
    }

    /**
     * Looks for the record within the {@code link_map} at {@code entry}: glibc's begins as {@code l_tls_initimage},
     * {@code l_tls_initimage_size}, {@code l_tls_blocksize}, {@code l_tls_align}, {@code l_tls_firstbyte_offset}, {@code
     * l_tls_offset}, {@code l_tls_modid}; musl's as {@code image}, {@code len}, {@code size}, {@code align}, {@code
     * offset}, {@code tls_id}. The first three are known from the file, so that it is found in any version.
     *
     * @param bias of the object: run-time minus link-time address
     * @param template the object's PT_TLS
     * @return null where there is none
     */
    public static @Nullable TlsModule find(
            long entry, long bias, ElfSegment template, boolean musl, MemoryReader memory)
            throws UnreadableMemoryException {
        byte[] raw = new byte[LARGEST_RECORD];
        int got = memory.read(entry, raw, 0, raw.length);
        ByteBuffer words = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
        int last = musl ? 40 : 48;
        for (int at = 40; at + last + 8 <= got; at += 8) {
            boolean same = words.getLong(at) == template.address() + bias
                    && words.getLong(at + 8) == template.fileSize()
                    && words.getLong(at + 16) == template.memorySize();
            if (!same) continue;
            long number = words.getLong(at + last);
            if (number < 1 || number > MAX_MODULES) continue;
            // musl's offset says no more than the vector, which every thread of it has
            return new TlsModule(number, musl ? 0 : words.getLong(at + 40));
        }
        return null;
    }
}
