package io.kmdebug.cli.command;

import java.io.Serial;

/** What the user named cannot be used. The message says what, why, and what to do next. */
public final class BadInput extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public BadInput(String message) {
        super(message);
    }

    public BadInput(String message, Throwable cause) {
        super(message, cause);
    }
}
