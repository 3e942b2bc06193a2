package io.kmdebug.debugger;

import java.io.Serial;

/** A request that cannot be done. The message is for the user: what was wrong, where, what to do next. */
public class DebuggerException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public DebuggerException(String message) {
        super(message);
    }

    public DebuggerException(String message, Throwable cause) {
        super(message, cause);
    }
}
