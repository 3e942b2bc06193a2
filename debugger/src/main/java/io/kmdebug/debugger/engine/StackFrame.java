package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.FrameContext;
import io.kmdebug.symbols.FunctionScope;
import io.kmdebug.symbols.Unwinder;
import org.jspecify.annotations.Nullable;

/**
 * A frame as the user sees it: an activation, or a function inlined into one.
 *
 * @param id valid until the payload goes on
 * @param depth number of activations further in: 0 for the one that runs
 * @param activation what the unwinder found, or a function that jumped to the one further in; shared by the frames that
 * are inlined into it
 * @param name for people
 * @param function null where there is no debug information
 * @param lookupPc link-time address for scopes and lines; 0 where there is no image
 * @param endReason why the walk ended here; null when it goes on
 */
record StackFrame(
        int id,
        long tid,
        int depth,
        Unwinder.Frame activation,
        FrameContext context,
        String name,
        @Nullable FunctionScope function,
        @Nullable LoadedImage image,
        long lookupPc,
        @Nullable SourceLocation location,
        @Nullable String endReason) {
    long pc() {
        return activation.pc();
    }

    Registers registers() {
        return activation.registers();
    }

    /** Whether its registers are the thread's. */
    boolean runs() {
        return depth == 0 && !activation.tailCall();
    }

    boolean inlined() {
        return function != null && function.inlined();
    }
}
