package io.kmdebug.monitor.platform;

import java.io.Serial;

/** The platform has no memory left to describe more of the payload's. */
public final class OutOfTables extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public OutOfTables(String message) {
        super(message, null, false, false);
    }
}
