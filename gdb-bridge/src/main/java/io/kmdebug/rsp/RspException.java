package io.kmdebug.rsp;

import java.io.Serial;

/**
 * A request that the other side refused or did not understand, a malformed reply, a timeout or a lost connection. The
 * message names the packet and, where there was one, the reply. Unchecked, because a {@code MemoryReader} deep inside
 * an unwinder may meet it; {@link Kind} says what is left of the connection.
 */
public final class RspException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What went wrong, and so whether the client can still be used. */
    public enum Kind {
        /** The server answered with an error ({@code Enn} or {@code E.text}); the connection is fine. */
        REFUSED,
        /** The server does not know the packet; the connection is fine. */
        UNSUPPORTED,
        /** The reply makes no sense; the connection should not be trusted any more. */
        MALFORMED,
        /** No reply in time; the connection should not be trusted any more. */
        TIMEOUT,
        /** The connection is gone. */
        LOST
    }

    private final Kind kind;

    public RspException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public RspException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
