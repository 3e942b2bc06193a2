package io.kmdebug.monitor.state;

/** What prctl(2) set for the process: PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER. */
public record ControlState(int parentDeathSignal, int dumpable, int subreaper) {
    public static final ControlState INITIAL = new ControlState(0, 1, 0);

    /** What a child has of it. */
    public ControlState ofChild() {
        return new ControlState(0, dumpable, 0);
    }
}
