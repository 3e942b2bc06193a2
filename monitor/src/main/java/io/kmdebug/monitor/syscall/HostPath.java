package io.kmdebug.monitor.syscall;

import org.jspecify.annotations.Nullable;

/**
 * A path argument as the host is to see it. Holds the directory's descriptor, if there is one, until it is closed.
 *
 * @param dirFd host descriptor or AT_FDCWD
 * @param text the path; each char is one byte
 * @param address of a NUL-terminated copy in the thread's scratch memory
 */
record HostPath(
        int dirFd, String text, long address, @Nullable Descriptor directory) implements AutoCloseable {
    @Override
    public void close() {
        if (directory != null) directory.release();
    }
}
