package io.kmdebug.debugger;

import org.jspecify.annotations.Nullable;

/**
 * One breakpoint as the user asks for it.
 *
 * @param line from 1, for source breakpoints; 0 for function breakpoints
 * @param column from 1; 0 for none
 * @param function the function's name, for function breakpoints; else null
 * @param condition an expression; stops only where it is not zero
 * @param hitCondition ">= 5", "% 3", "7" (the seventh); null for none
 * @param logMessage text with {expressions}: prints it and goes on; null to stop
 */
public record BreakpointRequest(
        int line,
        int column,
        @Nullable String function,
        @Nullable String condition,
        @Nullable String hitCondition,
        @Nullable String logMessage) {
    public static BreakpointRequest line(int line) {
        return new BreakpointRequest(line, 0, null, null, null, null);
    }

    public static BreakpointRequest function(String name) {
        return new BreakpointRequest(0, 0, name, null, null, null);
    }
}
