package io.kmdebug.cli.command;

/** What {@code kmdebug} returns; {@code kmdebug run} returns the payload's own status instead. */
public final class ExitCode {
    public static final int OK = 0;
    /** Something that should work did not. */
    public static final int FAILURE = 1;
    /** The command line or a named file is wrong. */
    public static final int BAD_INPUT = 2;
    /** The program to run is there and cannot be run. As in the shell. */
    public static final int CANNOT_RUN = 126;
    /** There is no such program. As in the shell. */
    public static final int NOT_FOUND = 127;

    private ExitCode() {}
}
