package io.kmdebug.symbols;

import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a run-time system's stacks do not go on as call frame information says: Go's scheduler and its like. */
@FunctionalInterface
public interface StackSeams {
    StackSeams NONE = (image, lookupPc, registers, memory) -> null;

    /** What is special about a frame. */
    sealed interface Seam {
        /**
         * The frame was entered from another stack.
         *
         * @param caller the registers there
         * @param afterCall whether the frame that goes on there is suspended in a call
         */
        record Switch(Registers caller, boolean afterCall) implements Seam {}

        /** The frame's caller did not call it: the call was put in where a signal found it. */
        record Injected() implements Seam {}

        /** The stack begins here, whatever memory above it holds. */
        record Bottom(String reason) implements Seam {}
    }

    /**
     * What is special about the frame with these registers; null for nothing.
     *
     * @param image that holds the frame's code; empty for none
     * @param lookupPc run-time address in the frame's code: one less than its pc when it is suspended in a call
     */
    @Nullable
    Seam at(Optional<Unwinder.Image> image, long lookupPc, Registers registers, MemoryReader memory);
}
