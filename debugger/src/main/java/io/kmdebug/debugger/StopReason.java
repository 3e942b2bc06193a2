package io.kmdebug.debugger;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why the payload stands still. */
public sealed interface StopReason {
    /**
     * A thread came to breakpoints.
     *
     * @param breakpointIds those of {@link BreakpointStatus#id} that were hit
     */
    record Breakpoint(List<Integer> breakpointIds) implements StopReason {}

    record Step() implements StopReason {}

    record Pause() implements StopReason {}

    /** Stopped at the first instruction, or at main, as the launch asked. */
    record Entry() implements StopReason {}

    /**
     * A thread is about to receive a signal.
     *
     * @param signal Linux number
     * @param name "SIGSEGV"
     * @param description one line: "Segmentation fault: address 0x0 is not mapped"
     * @param faultAddress si_addr, or null when the signal has none
     */
    record Signal(
            int signal,
            String name,
            String description,
            @Nullable Long faultAddress) implements StopReason {}
}
