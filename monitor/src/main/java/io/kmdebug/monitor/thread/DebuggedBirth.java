package io.kmdebug.monitor.thread;

/**
 * A process of the payload's that begins in the hands of a debugger: one that a thread is about to make, or a child on its
 * parent's memory that goes to a monitor of its own. Between the two monitors, or the two payloads in one, there is a line
 * to the debugger's client.
 */
public interface DebuggedBirth {
    /** What the monitor of the process is to know of the session. */
    byte[] settings();

    /** The process's end of the line; who gets it has a copy. */
    int descriptor();

    /** A child on its parent's memory: serves it at the line from now on. Its thread is there and does not run yet. */
    void debug(Payload child);

    /** The process is there; returns when the thread, its maker, may go on. */
    void born(PayloadThread maker, int pid);

    /** The child on its parent's memory has called exec or ended; returns when the parent's thread may go on. */
    void returned(PayloadThread maker);

    /** There is no such process after all. */
    void failed();
}
