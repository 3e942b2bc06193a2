package io.kmdebug.debugger;

/**
 * A group of variables of a frame.
 *
 * @param reference for {@link Session#variables}
 * @param expensive whether it should be shown closed
 */
public record ScopeInfo(Kind kind, String name, int reference, int count, boolean expensive) {
    /** What the group holds. */
    public enum Kind {
        ARGUMENTS,
        LOCALS,
        GLOBALS,
        REGISTERS
    }
}
