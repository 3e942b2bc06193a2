package io.kmdebug.monitor.stub;

import io.kmdebug.rsp.StubTarget.Stop;
import io.kmdebug.rsp.StubTarget.StopReason;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether threads that begin and end are stops, and ends that happened while another stop was told of. Guarded by the lock
 * of {@link RunControl}, but for {@link #areWanted}.
 */
final class ThreadEvents {
    private final Deque<Stop> ends = new ArrayDeque<>();
    /** Threads on their way out, whose ends are to be stops: the process does not end before them. */
    private final Set<Integer> leaving = new HashSet<>();

    private volatile boolean wanted;

    void want(boolean on) {
        wanted = on;
    }

    /** May be asked without the lock. */
    boolean areWanted() {
        return wanted;
    }

    void leaves(int tid) {
        leaving.add(tid);
    }

    /** @return whether it was on its way out */
    boolean left(int tid) {
        return leaving.remove(tid);
    }

    boolean isAnyLeaving() {
        return !leaving.isEmpty();
    }

    void ended(int tid, int status) {
        ends.add(new Stop(tid, new StopReason.ThreadExited(status)));
    }

    /** The first end that nobody has heard of. */
    @Nullable
    Stop due() {
        return wanted ? ends.poll() : null;
    }

    void forget() {
        wanted = false;
        ends.clear();
        leaving.clear();
    }
}
