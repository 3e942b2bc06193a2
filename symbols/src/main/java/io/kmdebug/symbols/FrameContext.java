package io.kmdebug.symbols;

import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a DWARF expression may ask of the frame it is evaluated in.
 *
 * @param registers the frame's registers; those that were not saved are absent. Empty for globals
 * @param cfa the canonical frame address, when it is known
 * @param memory the payload's memory
 * @param loadBias run-time address minus link-time address of the image
 * @param threadLocals the image's thread-local storage in this thread
 * @param caller the calling frame, for entry values (DWARF 5 §2.5.1.7); null when there is none
 * @param afterCall whether the frame is suspended in a call: its pc is the return address, and what is in scope is what
 *     was at the call instruction, one byte before
 * @param image the symbols of the image that the frame's code is in; null where there is none, or where all frames are
 *     in one image
 */
public record FrameContext(
        Registers registers,
        OptionalLong cfa,
        MemoryReader memory,
        long loadBias,
        ThreadLocals threadLocals,
        @Nullable FrameContext caller,
        boolean afterCall,
        @Nullable Symbols image) {
    /** A frame of a program that is one image. */
    public FrameContext(
            Registers registers,
            OptionalLong cfa,
            MemoryReader memory,
            long loadBias,
            ThreadLocals threadLocals,
            @Nullable FrameContext caller,
            boolean afterCall) {
        this(registers, cfa, memory, loadBias, threadLocals, caller, afterCall, null);
    }

    /** A frame of which it is known where its image's thread-local block begins, or known that this is not known. */
    public FrameContext(
            Registers registers,
            OptionalLong cfa,
            MemoryReader memory,
            long loadBias,
            OptionalLong tlsBase,
            @Nullable FrameContext caller,
            boolean afterCall) {
        this(registers, cfa, memory, loadBias, ThreadLocals.at(tlsBase), caller, afterCall);
    }

    /** A frame that is not suspended in a call. */
    public FrameContext(
            Registers registers,
            OptionalLong cfa,
            MemoryReader memory,
            long loadBias,
            OptionalLong tlsBase,
            @Nullable FrameContext caller) {
        this(registers, cfa, memory, loadBias, tlsBase, caller, false);
    }

    /** For globals: no frame. */
    public static FrameContext ofImage(MemoryReader memory, long loadBias, OptionalLong tlsBase) {
        return ofImage(memory, loadBias, ThreadLocals.at(tlsBase));
    }

    /** For globals, thread-local ones included: no frame. */
    public static FrameContext ofImage(MemoryReader memory, long loadBias, ThreadLocals threadLocals) {
        return new FrameContext(new Registers(), OptionalLong.empty(), memory, loadBias, threadLocals, null, false);
    }

    /** The link-time address at which scopes and location lists are to be looked up. */
    public long linkPc() {
        return linkPc(afterCall);
    }

    /** As {@link #linkPc()}, for a frame of which the caller knows whether it is suspended in a call. */
    public long linkPc(boolean suspendedInCall) {
        return registers.pc() - loadBias - (suspendedInCall ? 1 : 0);
    }
}
