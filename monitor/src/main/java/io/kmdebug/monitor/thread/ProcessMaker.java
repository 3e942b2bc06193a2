package io.kmdebug.monitor.thread;

/** Makes new processes for the payload: fork(2), vfork(2) and the forms of clone(2) that make no thread. */
public interface ProcessMaker {
    /**
     * What clone(2) is asked for.
     *
     * @param flags without the exit signal
     * @param exitSignal what the parent is sent at the child's end; 0: nothing
     * @param stack the child's stack pointer, or 0 for the parent's
     * @param tls the child's fs base with CLONE_SETTLS
     * @param parentTid where the child's number goes with CLONE_PARENT_SETTID
     * @param childTid the child's with CLONE_CHILD_SETTID and CLONE_CHILD_CLEARTID
     * @param pidfd where a pidfd goes with CLONE_PIDFD
     */
    record Request(long flags, int exitSignal, long stack, long tls, long parentTid, long childTid, long pidfd) {}

    /** The payload's process is about to end. */
    default void ends() {}

    /**
     * At the end of a payload, on its last thread: does what a new process would, for a class archive that is recorded.
     */
    default void rehearse(PayloadThread thread) {}

    /** Called on the calling payload thread in its call. The child's pid, or minus an errno. */
    long make(PayloadThread parent, Request request);
}
