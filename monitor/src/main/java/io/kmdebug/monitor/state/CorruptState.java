package io.kmdebug.monitor.state;

import java.io.IOException;
import java.io.Serial;

/** A serialised state that cannot be read; the message names the field and the offset. */
public final class CorruptState extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    CorruptState(String message) {
        super(message);
    }
}
