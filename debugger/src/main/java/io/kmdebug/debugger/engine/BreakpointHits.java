package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.DebuggerException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Decides which of the user's breakpoints stop a thread that has come to one: conditions, counts, log messages. */
final class BreakpointHits {
    private final BreakpointTable breakpoints;
    private final Inspector inspector;
    private final Consumer<String> console;

    /** @param console takes the text of logpoints and of conditions that fail */
    BreakpointHits(BreakpointTable breakpoints, Inspector inspector, Consumer<String> console) {
        this.breakpoints = breakpoints;
        this.inspector = inspector;
        this.console = console;
    }

    /** Numbers of the breakpoints at {@code pc} that stop {@code tid}; logpoints print and do not stop. */
    List<Integer> at(long tid, long pc) {
        List<Integer> ids = new ArrayList<>();
        for (UserBreakpoint breakpoint : breakpoints.at(pc)) {
            if (!conditionHolds(breakpoint, tid)) continue;
            breakpoint.hits++;
            if (breakpoint.hitCondition != null && !breakpoint.hitCondition.stopsAt(breakpoint.hits)) continue;
            if (breakpoint.logMessage == null) ids.add(breakpoint.id);
            else console.accept(breakpoint.logMessage.fill(expression -> inspector.text(tid, expression)));
        }
        return ids;
    }

    /** A condition that cannot be evaluated stops, so that the user sees why. */
    private boolean conditionHolds(UserBreakpoint breakpoint, long tid) {
        String condition = breakpoint.request.condition();
        if (condition == null || condition.isBlank()) return true;
        try {
            return inspector.holds(tid, condition);
        } catch (DebuggerException e) {
            console.accept("The condition \"" + condition + "\" of breakpoint " + breakpoint.id + " has no value: "
                    + e.getMessage());
            return true;
        }
    }
}
