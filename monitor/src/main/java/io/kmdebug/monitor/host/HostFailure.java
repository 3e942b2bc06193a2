package io.kmdebug.monitor.host;

import java.io.Serial;

/** The host refused something that the monitor cannot go on without. The message is for the user. */
public final class HostFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public HostFailure(String message) {
        super(message);
    }

    /** @param errno positive */
    public HostFailure(String what, long errno) {
        this(what + ": " + describe(errno));
    }

    /** What an errno means, in words where they are known. */
    public static String describe(long errno) {
        return switch ((int) errno) {
            case 1 -> "operation not permitted";
            case 2 -> "no such file or directory";
            case 6 -> "no such device";
            case 12 -> "out of memory";
            case 13 -> "permission denied";
            case 16 -> "device busy";
            case 20 -> "not a directory";
            case 21 -> "is a directory";
            case 22 -> "invalid argument";
            case 24 -> "too many open files";
            case 25 -> "it knows no such request";
            case 28 -> "no space left on device";
            case 30 -> "read-only file system";
            default -> "errno " + errno;
        };
    }
}
