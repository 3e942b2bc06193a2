package io.kmdebug.coredump;

import java.io.IOException;

/** A way from a process's memory into a file that does not lead over the heap. */
public interface MemoryCopier extends AutoCloseable {
    /**
     * Copies pages; those of zeros are left out, so that they become holes.
     *
     * @param length a megabyte at most
     * @param position in the file
     * @return how many bytes could be read before the first page that could not
     */
    int copy(long address, int length, long position) throws IOException;

    /** Bytes that went into the file until now. */
    long storedBytes();

    @Override
    void close() throws IOException;
}
