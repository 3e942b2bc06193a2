package io.kmdebug.dap.wire;

import java.io.Serial;

/** An argument that is missing, of the wrong type or out of range. The message names it and what is allowed. */
public final class BadArgument extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** @param field its path: {@code breakpoints[0].line} */
    public BadArgument(String field, String problem) {
        super("argument '" + field + "' " + problem);
    }
}
