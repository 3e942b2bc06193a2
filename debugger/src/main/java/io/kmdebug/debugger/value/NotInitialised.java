package io.kmdebug.debugger.value;

import io.kmdebug.debugger.DebuggerException;

/** The bytes of a value cannot be what its type says: most often nobody has written them yet. */
public final class NotInitialised extends DebuggerException {
    private static final long serialVersionUID = 1L;

    /** @param reason what does not fit: "its end 0x10 is before its start 0x7ffe8" */
    public NotInitialised(String reason) {
        super("not initialised? " + reason);
    }
}
