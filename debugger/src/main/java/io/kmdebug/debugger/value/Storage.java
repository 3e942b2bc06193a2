package io.kmdebug.debugger.value;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.Location;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Where the bits of a value are: a {@link Location} with the registers of its frame bound to it. */
public sealed interface Storage {
    /** In the payload's memory, at a run-time address. */
    record Memory(long address) implements Storage {}

    /** In a register; {@code registers} are those of the frame. */
    record InRegister(AmdRegister register, Registers registers) implements Storage {}

    /** In no place of the payload: the result of a computation, or bytes from the debug information. */
    @SuppressWarnings("ArrayRecordComponent") // never compared; may be large, so not a list
    record Constant(byte[] bytes) implements Storage {}

    /** In thread-local storage that the thread has not used yet: what it would find there. It has no address so far. */
    @SuppressWarnings("ArrayRecordComponent") // never compared; may be large, so not a list
    record Untouched(byte[] bytes) implements Storage {}

    /** In several places, lowest bits first. */
    record Scattered(List<Part> parts) implements Storage {}

    /** A pointer that was optimised away; what it points to is {@code byteOffset} bytes into {@code target}. */
    record PointerTo(Storage target, long byteOffset) implements Storage {}

    /** Nowhere; the reason is for the user. */
    record Missing(String reason) implements Storage {}

    /**
     * Some of the bits of a scattered value.
     *
     * @param bitSize width in bits
     * @param bitOffset where the part starts within {@code storage}, in bits
     */
    record Part(Storage storage, long bitSize, long bitOffset) {}

    /** Binds {@code location} to the registers of its frame. */
    static Storage of(Location location, Registers registers) {
        if (location instanceof Location.InMemory m) return new Memory(m.address());
        if (location instanceof Location.InRegister r) return new InRegister(r.register(), registers);
        if (location instanceof Location.Computed c) return constant(c.value());
        if (location instanceof Location.Implicit i) return new Constant(i.bytes());
        if (location instanceof Location.Untouched u) return new Untouched(u.bytes());
        if (location instanceof Location.ImplicitPointer p) {
            return new PointerTo(of(p.target(), registers), p.byteOffset());
        }
        if (location instanceof Location.Pieces p) {
            return new Scattered(p.pieces().stream()
                    .map(piece -> new Part(of(piece.location(), registers), piece.bitSize(), piece.bitOffset()))
                    .toList());
        }
        return new Missing(((Location.Missing) location).reason());
    }

    /** Sixteen bytes: {@code value} with its sign extended, so that it serves values of up to 128 bits. */
    private static Storage constant(long value) {
        byte[] bytes = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .putLong(value >> 63)
                .array();
        return new Constant(bytes);
    }
}
