package io.kmdebug.monitor.state;

import java.io.IOException;
import java.io.Serial;

/** Something of the payload that another process cannot be given; the message says what, and why. */
public final class NotKeepable extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    public NotKeepable(String message) {
        super(message);
    }
}
