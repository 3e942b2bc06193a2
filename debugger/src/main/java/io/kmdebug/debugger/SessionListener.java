package io.kmdebug.debugger;

import org.jspecify.annotations.Nullable;

/** Told of what happens in a session. Called on the session's owner thread; must not block for long. */
public interface SessionListener {
    /**
     * All threads stand.
     *
     * @param threadId the one that caused it
     */
    void stopped(StopReason reason, long threadId);

    /** All threads go on, without the client having asked for it by a request that implies it. */
    void continued();

    void threadStarted(long threadId);

    void threadExited(long threadId);

    /** A breakpoint was verified, moved or lost. */
    void breakpointChanged(BreakpointStatus status);

    void output(OutputKind kind, String text);

    /**
     * The payload is gone.
     *
     * @param exitCode its status; 128 + n when signal n ended it; null when not known
     */
    void exited(@Nullable Integer exitCode);

    /** A core was written by the monitor. */
    void coreWritten(String path);

    /**
     * Something that is not on this machine is being downloaded: at its beginning and a few times a second. In any
     * thread.
     *
     * @param title what comes from where
     * @param done bytes that are there
     * @param total bytes that will be; -1 when the server does not say
     */
    default void downloading(String title, long done, long total) {}

    /** A download has ended. In any thread. */
    default void downloaded(String title, long bytes) {}

    /** The session is over: nothing more is reported. */
    void terminated();

    /** Where a line of output comes from. */
    enum OutputKind {
        /** The payload's standard output. */
        STDOUT,
        /** The payload's standard error. */
        STDERR,
        /** The debugger itself, such as a logpoint or a notice for the user. */
        CONSOLE,
        /** Something the user must see. */
        IMPORTANT
    }
}
