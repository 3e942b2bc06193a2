package io.kmdebug.monitor.stub;

import io.kmdebug.rsp.StubTarget.Stop;
import io.kmdebug.rsp.StubTarget.StopReason;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Whether threads that begin and end are stops, and ends that happened while another stop was told of. Guarded by the lock
 * of {@link RunControl}, but for {@link #areWanted}.
 */
final class ThreadEvents {
    private final Deque<Stop> ends = new ArrayDeque<>();
    private volatile boolean wanted;

    void want(boolean on) {
        wanted = on;
    }

    /** May be asked without the lock. */
    boolean areWanted() {
        return wanted;
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
    }
}
