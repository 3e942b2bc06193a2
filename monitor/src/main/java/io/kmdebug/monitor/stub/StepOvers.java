package io.kmdebug.monitor.stub;

import io.kmdebug.rsp.StubTarget.Action;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Instructions that a thread does alone. A resume begins so: threads that stand on a breakpoint they were already
 * reported at step over it, one at a time, before all covered threads run. And so does a thread that meets a watched
 * page. Guarded by the lock of {@link RunControl}.
 */
final class StepOvers {
    private final DebuggedThreads threads;
    private final Breakpoints breakpoints;
    private final Watchpoints watchpoints;
    private final Deque<DebuggedThread> waiting = new ArrayDeque<>();
    private @Nullable DebuggedThread current;

    StepOvers(DebuggedThreads threads, Breakpoints breakpoints, Watchpoints watchpoints) {
        this.threads = threads;
        this.breakpoints = breakpoints;
        this.watchpoints = watchpoints;
    }

    /** Lets the threads go that have an action. */
    void begin() {
        List<DebuggedThread> live = threads.live();
        for (DebuggedThread one : live) if (one.action != null && standsOnReported(one)) waiting.add(one);
        letGo();
    }

    /** A call that is made again goes back to its SYSCALL first, and a signal that is delivered to its handler. */
    private boolean standsOnReported(DebuggedThread one) {
        boolean delivers = one.waiting != null && one.decision != null && one.decision != 0;
        return one.reportedPc == one.pc()
                && breakpoints.isPlanted(one.pc())
                && !one.thread.isCallInterrupted()
                && !delivers;
    }

    /** The next thread steps over its breakpoint, alone; after the last all covered threads run. */
    private void letGo() {
        DebuggedThread next = waiting.poll();
        if (next != null) {
            current = next;
            breakpoints.lift(next.pc());
            next.arm();
            next.thread.deferSignals(true);
            next.thread.letGo();
            return;
        }
        for (DebuggedThread one : threads.live()) {
            Action action = one.action;
            if (action == null) continue;
            if (action instanceof Action.Continue) one.disarm();
            else one.armAgain();
            one.reportedPc = 0;
            one.thread.letGo();
        }
    }

    /** The thread, which is the only one that is not held, does the instruction that it is at. */
    void alone(DebuggedThread one) {
        current = one;
        one.arm();
        one.thread.deferSignals(true);
    }

    boolean isOver(DebuggedThread one) {
        return current == one;
    }

    /** Whether all threads but one are held for it. */
    boolean isUnderWay() {
        return current != null;
    }

    /** The breakpoint is back in its place, watched pages are closed. */
    void finish() {
        DebuggedThread one = current;
        if (one == null) return;
        watchpoints.closeAll();
        breakpoints.restore(one.steppedFrom);
        one.thread.deferSignals(false);
        current = null;
    }

    /** After {@link #finish}: the others' turn. */
    void next() {
        letGo();
    }

    /** Like {@link #next}, and {@code finished}, which is in the guest no more, waits until they had it. */
    void nextAfter(DebuggedThread finished) {
        if (!waiting.isEmpty()) finished.thread.hold();
        letGo();
    }

    /** A stop came before all had their turn. */
    void abandon() {
        finish();
        waiting.clear();
    }
}
