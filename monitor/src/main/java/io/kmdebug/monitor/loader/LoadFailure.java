package io.kmdebug.monitor.loader;

import java.io.Serial;

/** A program that cannot be started; the message is for the user, the error number for execve(2). */
public final class LoadFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int ENOEXEC = 8;

    private final int errno;

    /** What execve(2) calls ENOEXEC. */
    public LoadFailure(String message) {
        this(message, ENOEXEC);
    }

    /** @param errno positive */
    public LoadFailure(String message, int errno) {
        super(message);
        this.errno = errno;
    }

    /** As execve(2) reports it; positive. */
    public int errno() {
        return errno;
    }
}
