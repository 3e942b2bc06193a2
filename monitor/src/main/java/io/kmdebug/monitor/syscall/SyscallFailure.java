package io.kmdebug.monitor.syscall;

import java.io.Serial;

/** Ends a handler with an errno; the dispatcher answers it. Without a stack trace, as it is ordinary control flow. */
public final class SyscallFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int errno;

    public SyscallFailure(int errno) {
        super("errno " + errno, null, false, false);
        this.errno = errno;
    }

    /** Positive. */
    int errno() {
        return errno;
    }

    /** Throws when {@code result} is minus an errno; else returns it. */
    static long check(long result) {
        if (result < 0 && result > -4096) throw new SyscallFailure((int) -result);
        return result;
    }
}
