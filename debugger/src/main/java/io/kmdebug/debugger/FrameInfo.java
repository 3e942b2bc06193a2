package io.kmdebug.debugger;

import io.kmdebug.symbols.CppNames;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frame of a stack.
 *
 * @param id valid until the payload goes on
 * @param function name for people: "main", "<signal handler called>", "?? 0x401000"
 * @param pc run-time address
 * @param image file name of the image that holds pc, or null
 * @param tailCall whether it has left its place on the stack to the next frame further in, to which it jumped
 * @param guess how it was found, when it is not certain that it is there: "by scanning the stack"; else null
 * @param arguments with values; empty unless they were asked for
 * @param endReason why the walk ended with this frame; null when it goes on
 */
public record FrameInfo(
        int id,
        String function,
        long pc,
        @Nullable SourceLocation location,
        @Nullable String image,
        boolean inlined,
        boolean optimized,
        boolean signalFrame,
        boolean tailCall,
        @Nullable String guess,
        List<VariableInfo> arguments,
        @Nullable String endReason) {
    /** Whether {@code name} calls the frame's function, as it is shown or as a C++ compiler spells it. */
    public boolean isOf(String name) {
        return function.equals(name) || function.equals(CppNames.readable(name));
    }
}
