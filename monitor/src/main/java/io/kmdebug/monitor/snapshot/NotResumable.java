package io.kmdebug.monitor.snapshot;

import java.io.IOException;
import java.io.Serial;

/** A file that no payload can be made of; the message is for the user and names the file. */
public final class NotResumable extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    NotResumable(String message) {
        super(message);
    }
}
