package io.kmdebug.cli;

import java.io.Serial;

/** What the user named cannot be used. The message says what, why, and what to do next. */
final class BadInput extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    BadInput(String message) {
        super(message);
    }

    BadInput(String message, Throwable cause) {
        super(message, cause);
    }
}
