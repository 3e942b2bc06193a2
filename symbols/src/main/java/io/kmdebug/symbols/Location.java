package io.kmdebug.symbols;

import io.kmdebug.machine.AmdRegister;
import java.util.List;

/** Where a value lives at one program counter. DWARF 5 §2.6. */
public sealed interface Location {
    /** In memory at a run-time address. */
    record InMemory(long address) implements Location {}

    /** In a register of the frame. */
    record InRegister(AmdRegister register) implements Location {}

    /** The value itself: DW_OP_stack_value, DW_AT_const_value. It has no address. */
    record Computed(long value) implements Location {}

    /** The value's bytes stand in the debug information: DW_OP_implicit_value, a block as DW_AT_const_value. */
    record Implicit(byte[] bytes) implements Location {}

    /**
     * In a thread-local block that the thread has not used yet: {@code bytes} is what it would find there. Made by the
     * C library at the first use.
     *
     * @param bytes from the object's start on, as many as there are up to the block's end (1 MiB at most)
     */
    record Untouched(byte[] bytes) implements Location {}

    /** A pointer that was optimised away; what it pointed to is at {@code target}. DW_OP_implicit_pointer. */
    record ImplicitPointer(Location target, long byteOffset) implements Location {}

    /** In several places. */
    record Pieces(List<Piece> pieces) implements Location {}

    /** Nowhere; the reason is for the user, such as "optimized out". */
    record Missing(String reason) implements Location {}

    /**
     * A part of {@link Pieces}.
     *
     * @param bitSize width in bits
     * @param bitOffset where the part starts within {@code location}, in bits
     */
    record Piece(Location location, long bitSize, long bitOffset) {}
}
