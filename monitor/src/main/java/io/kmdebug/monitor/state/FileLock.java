package io.kmdebug.monitor.state;

/**
 * A lock that a process holds through an open file description.
 *
 * @param write whether it excludes all others; else it is shared with readers
 * @param start first byte; 0 for those of whole files
 * @param end last byte; {@link #TO_END} for all that ever come
 */
public record FileLock(Kind kind, boolean write, long start, long end) {
    public static final long TO_END = Long.MAX_VALUE;

    /** How it was taken. */
    public enum Kind {
        /** flock(2). */
        WHOLE,
        /** fcntl(2) F_SETLK: the process's. */
        POSIX,
        /** fcntl(2) F_OFD_SETLK: the description's. */
        OPEN_FILE,
        /** fcntl(2) F_SETLEASE. */
        LEASE
    }
}
