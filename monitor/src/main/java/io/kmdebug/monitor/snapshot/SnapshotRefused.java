package io.kmdebug.monitor.snapshot;

import java.io.IOException;
import java.io.Serial;

/** No snapshot was taken and the payload goes on; the message is for the user. */
public final class SnapshotRefused extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Another snapshot is being taken. */
    public static final int EAGAIN = 11;
    /** The file cannot be written. */
    public static final int EIO = 5;
    /** The payload has something that cannot be kept. */
    public static final int EOPNOTSUPP = 95;

    private final int errno;
    private final String reason;

    SnapshotRefused(int errno, String message) {
        super(message);
        this.errno = errno;
        this.reason = message;
    }

    @Override
    public String getMessage() {
        return reason;
    }

    /** For a caller that wants a number: one of the constants. */
    public int errno() {
        return errno;
    }
}
