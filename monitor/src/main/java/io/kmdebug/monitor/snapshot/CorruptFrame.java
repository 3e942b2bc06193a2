package io.kmdebug.monitor.snapshot;

import java.io.IOException;
import java.io.Serial;

/** What is not, or no more, a Zstandard frame with the content that was expected. */
final class CorruptFrame extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    CorruptFrame(String message) {
        super(message);
    }
}
