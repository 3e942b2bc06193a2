package io.kmdebug.debugger.engine;

import io.kmdebug.rsp.ThreadAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How the payload goes on until its next stop. */
sealed interface Motion {
    /** All threads run. */
    record Run() implements Motion {}

    /** One thread does one instruction, the others are held. */
    record StepInstruction(long tid) implements Motion {}

    /** One thread runs as long as its pc is in [start, end), the others run. */
    record StepRange(long tid, long start, long end) implements Motion {
        boolean holds(long pc) {
            return Long.compareUnsigned(pc - start, end - start) < 0;
        }
    }

    /** The motion as the stub wants it, with the signals that threads are to receive. */
    static List<ThreadAction> actions(Motion motion, Map<Long, Integer> signals) {
        List<ThreadAction> actions = new ArrayList<>();
        if (motion instanceof StepInstruction step) {
            actions.add(step(step.tid(), signals.getOrDefault(step.tid(), 0)));
            return actions;
        }
        long stepping = motion instanceof StepRange range ? range.tid() : 0;
        signals.forEach((tid, signal) -> {
            if (tid != stepping) actions.add(ThreadAction.continueThread(tid.intValue(), signal));
        });
        if (motion instanceof StepRange range) {
            actions.add(ThreadAction.stepRange((int) range.tid(), range.start(), range.end()));
        }
        actions.add(ThreadAction.continueOthers());
        return actions;
    }

    private static ThreadAction step(long tid, int signal) {
        return new ThreadAction((int) tid, new io.kmdebug.rsp.StubTarget.Action.Step(signal));
    }
}
