package io.kmdebug.debugger.value;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.FrameContext;
import io.kmdebug.symbols.Location;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.VariableSymbol;
import java.util.OptionalLong;

/**
 * A type and where the value lives. Nothing is read before it is asked for, so that an array of any length is cheap to
 * hold; {@link #read} then gives bytes, or the reason why there are none.
 *
 * @param bitOffset where the value starts within {@code storage}, in bits; a multiple of 8 but for bit fields
 * @param bitSize width of a bit field; 0 when it is none and the type says the size
 */
public record Value(Type type, Storage storage, long bitOffset, int bitSize) {
    /** What {@link #read} found. */
    public sealed interface Contents {}

    /** Little-endian, as long as the type says; a bit field is widened to its type, with its sign. */
    @SuppressWarnings("ArrayRecordComponent") // one reading, never compared
    public record Available(byte[] bytes) implements Contents {}

    /** There is no value; the reason is for the user: "optimized out", "cannot read memory at 0x…". */
    public record Unavailable(String reason) implements Contents {}

    /** A variable in a frame. Whatever goes wrong is the reason of the value it gives. */
    public static Value of(VariableSymbol variable, FrameContext frame) {
        Location location = variable.locate(frame);
        return new Value(variable.type(frame), Storage.of(location, frame.registers()), 0, 0);
    }

    public static Value inMemory(Type type, long address) {
        return new Value(type, new Storage.Memory(address), 0, 0);
    }

    /** The result of a computation; {@code bytes} as long as the type. */
    public static Value computed(Type type, byte[] bytes) {
        return new Value(type, new Storage.Constant(bytes), 0, 0);
    }

    public static Value unavailable(Type type, String reason) {
        return new Value(type, new Storage.Missing(reason), 0, 0);
    }

    /** A part of this value: a member or an element. */
    public Value part(Type partType, long partBitOffset, int partBitSize) {
        return new Value(partType, storage, bitOffset + partBitOffset, partBitSize);
    }

    /** A member of this object; where a virtual base class is, the object itself tells. */
    public Value member(CompositeType.Member member, MemoryReader memory) {
        return member.virtualSlot() == 0
                ? part(member.type(), member.bitOffset(), member.bitSize())
                : VirtualBase.of(this, member, memory);
    }

    /** The same bits seen with another type. */
    public Value as(Type other) {
        return new Value(other, storage, bitOffset, bitSize);
    }

    /** Where it is in memory, when it is there as whole bytes. */
    public OptionalLong address() {
        if (storage instanceof Storage.Memory m && bitSize == 0) return OptionalLong.of(m.address() + (bitOffset >> 3));
        return OptionalLong.empty();
    }

    /** Whether it lives in a place that can be written. */
    public boolean isPlace() {
        return storage instanceof Storage.Memory
                || storage instanceof Storage.InRegister
                || storage instanceof Storage.Scattered;
    }

    /** All its bytes, when the type has at most {@code 1 MiB} of them. Read arrays by element. */
    public Contents read(MemoryReader memory) {
        return StorageReader.read(this, memory);
    }

    /** As {@link #read}, with the reason as an error. */
    public byte[] bytes(MemoryReader memory) {
        Contents contents = read(memory);
        if (contents instanceof Available a) return a.bytes();
        throw new DebuggerException(((Unavailable) contents).reason());
    }
}
