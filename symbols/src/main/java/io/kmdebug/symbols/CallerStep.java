package io.kmdebug.symbols;

import io.kmdebug.machine.Registers;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One attempt to find a frame's caller. */
sealed interface CallerStep {
    String OUTERMOST = "outermost frame";

    /**
     * The caller.
     *
     * @param cfa the canonical frame address of the frame that was unwound, when it has one
     * @param signalFrame whether that frame is a signal trampoline
     * @param guess how it was found, when that is not certain; else null
     */
    record Found(
            Registers caller,
            OptionalLong cfa,
            boolean signalFrame,
            @Nullable String guess) implements CallerStep {}

    /** There is no caller, or it cannot be found. */
    record End(String reason) implements CallerStep {}
}
