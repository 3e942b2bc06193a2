package io.kmdebug.symbols;

import io.kmdebug.machine.UnreadableMemoryException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A DWARF expression has no value here; the message is for the user. */
final class ValueUnavailableException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final @Nullable UnreadableMemoryException unreadable;

    ValueUnavailableException(String reason) {
        super(reason);
        this.unreadable = null;
    }

    ValueUnavailableException(UnreadableMemoryException cause) {
        super(cause.getMessage(), cause);
        this.unreadable = cause;
    }

    String reason() {
        String message = getMessage();
        return message == null ? "optimized out" : message;
    }

    /** The memory that could not be read, when that is the reason. */
    @Nullable
    UnreadableMemoryException unreadable() {
        return unreadable;
    }
}
