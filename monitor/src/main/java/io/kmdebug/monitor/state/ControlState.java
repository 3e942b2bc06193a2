package io.kmdebug.monitor.state;

import org.jspecify.annotations.Nullable;

/**
 * What the process set for all of itself: with prctl(2) PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER and
 * PR_SET_THP_DISABLE; with personality(2); with membarrier(2) its registrations, as a set of commands.
 *
 * @param outOfMemoryScore {@code /proc/self/oom_score_adj}; null: not changed
 * @param coreFilter {@code /proc/self/coredump_filter}
 */
public record ControlState(
        int parentDeathSignal,
        int dumpable,
        int subreaper,
        int personality,
        int largePagesDisabled,
        long barriers,
        @Nullable String outOfMemoryScore,
        int coreFilter) {
    /** The filter that nobody has changed. core(5). */
    public static final int USUAL_CORE_FILTER = 0x37;

    private static final int READ_IMPLIES_EXEC = 0x0400000;
    public static final ControlState INITIAL = new ControlState(0, 1, 0, 0, 0, 0, null, USUAL_CORE_FILTER);

    /** Whether nobody has changed anything; for each child, and so without what a record makes at run time. */
    public boolean isInitial() {
        return parentDeathSignal == INITIAL.parentDeathSignal
                && dumpable == INITIAL.dumpable
                && subreaper == INITIAL.subreaper
                && personality == INITIAL.personality
                && largePagesDisabled == INITIAL.largePagesDisabled
                && barriers == INITIAL.barriers
                && outOfMemoryScore == null
                && coreFilter == INITIAL.coreFilter;
    }

    /** What a new program has of it. */
    ControlState ofProgram() {
        return new ControlState(
                parentDeathSignal,
                1,
                subreaper,
                personality & ~READ_IMPLIES_EXEC,
                largePagesDisabled,
                0,
                outOfMemoryScore,
                coreFilter);
    }

    /** What a child has of it. */
    public ControlState ofChild() {
        return new ControlState(
                0, dumpable, 0, personality, largePagesDisabled, barriers, outOfMemoryScore, coreFilter);
    }
}
