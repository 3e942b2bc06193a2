package io.kmdebug.symbols;

import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Walks a stack over several images. Inlined frames are not its business: it gives one frame per activation. */
public interface Unwinder {
    /**
     * An image in memory.
     *
     * @param loadBias run-time minus link-time address
     */
    record Image(Symbols symbols, long loadBias) {
        // what a record has by itself is made at run time, at the cost of a start
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Image that && loadBias == that.loadBias && symbols.equals(that.symbols);
        }

        @Override
        public int hashCode() {
            return symbols.hashCode() * 31 + Long.hashCode(loadBias);
        }
    }

    /**
     * One activation.
     *
     * @param afterCall whether the frame is suspended in a call, so that its line is that of pc - 1
     * @param tailCall whether the function left its place on the stack to the next one further in, to which it jumped
     * @param guess how the frame was found, when that is not certain: "by scanning the stack"; else null
     * @param endReason why the walk ended here; null when it goes on
     */
    record Frame(
            Registers registers,
            OptionalLong cfa,
            boolean afterCall,
            boolean signalFrame,
            boolean tailCall,
            Optional<Image> image,
            @Nullable String guess,
            @Nullable String endReason) {
        public long pc() {
            return registers.pc();
        }
    }

    /**
     * @param images finds the image that holds a run-time address; empty for none
     */
    static Unwinder over(LongFunction<Optional<Image>> images) {
        return over(images, address -> true);
    }

    /**
     * @param images finds the image that holds a run-time address; empty for none
     * @param executable whether memory outside of images may be executed; true where that is not known
     */
    static Unwinder over(LongFunction<Optional<Image>> images, LongPredicate executable) {
        return new FrameWalker(images, executable);
    }

    /**
     * The frames from the innermost on, at most {@code limit}. The last one carries the reason why the walk ended:
     * "outermost frame", "limit of 1000 frames", "no unwind information for 0x…", "cannot read memory at 0x…", "frame
     * did not move up the stack". Where no rules exist, the frame pointer is tried, then a heuristic, and it is said.
     */
    default List<Frame> walk(Registers innermost, MemoryReader memory, int limit) {
        return walk(innermost, false, memory, limit, StackSeams.NONE);
    }

    /**
     * As above, over the stacks of a run-time system that has several for a thread.
     *
     * @param afterCall whether the innermost frame is suspended in a call
     */
    List<Frame> walk(Registers innermost, boolean afterCall, MemoryReader memory, int limit, StackSeams seams);

    /**
     * The canonical frame address of the innermost frame, as {@link #walk} has it. Where rules give it, the stack is
     * not read.
     */
    OptionalLong frameAddress(Registers innermost, MemoryReader memory, StackSeams seams);

    /**
     * The functions that {@code caller} called and that reached {@code callee} by jumps, as far as they are certain, the
     * one that jumped last first. They have no place on the stack: a walk does not give them.
     *
     * @param callee of a walk; {@code caller} is the next frame of that walk
     * @param entry run-time address where the function of {@code callee} begins
     */
    List<Frame> tailCallers(Frame callee, long entry, Frame caller, MemoryReader memory);
}
