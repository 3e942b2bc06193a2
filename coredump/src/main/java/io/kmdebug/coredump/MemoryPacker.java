package io.kmdebug.coredump;

import java.nio.ByteBuffer;

/** Makes memory smaller on its way into a file, and knows how to find it there. */
public interface MemoryPacker {
    /**
     * Packs some pages, a megabyte at most.
     *
     * @param address of the first byte in the process
     * @param position in the file at which the result goes
     */
    ByteBuffer pack(long address, byte[] pages, int from, int length, long position);

    /** What was packed and where it is; asked for once, behind the last page. */
    CoreNote index();
}
