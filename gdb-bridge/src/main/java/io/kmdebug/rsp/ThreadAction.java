package io.kmdebug.rsp;

/**
 * What one thread, or all that are not named, do at the next resume. RSP: {@code vCont}.
 *
 * @param tid a thread, or {@link #ALL_OTHERS}
 */
public record ThreadAction(int tid, StubTarget.Action action) {
    /** Every thread that no other action of the same resume names, also those born later. */
    public static final int ALL_OTHERS = -1;

    /** All other threads go on, without a signal. */
    public static ThreadAction continueOthers() {
        return new ThreadAction(ALL_OTHERS, new StubTarget.Action.Continue(0));
    }

    /** @param signal Linux number to deliver first; 0 for none */
    public static ThreadAction continueThread(int tid, int signal) {
        return new ThreadAction(tid, new StubTarget.Action.Continue(signal));
    }

    /** One instruction. */
    public static ThreadAction step(int tid) {
        return new ThreadAction(tid, new StubTarget.Action.Step(0));
    }

    /** Steps while the pc is in [start, end). */
    public static ThreadAction stepRange(int tid, long start, long end) {
        return new ThreadAction(tid, new StubTarget.Action.StepRange(start, end));
    }
}
