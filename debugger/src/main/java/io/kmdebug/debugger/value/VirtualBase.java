package io.kmdebug.debugger.value;

import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.CompositeType;
import java.util.OptionalLong;

/** Base classes that all of an object's classes share. Itanium C++ ABI §2.5.2. */
final class VirtualBase {
    private static final long MAX_DISTANCE = 1L << 32;

    private VirtualBase() {}

    static Value of(Value object, CompositeType.Member base, MemoryReader memory) {
        OptionalLong address = object.address();
        if (address.isEmpty()) return Value.unavailable(base.type(), "the object is not in memory");
        OptionalLong table = word(address.getAsLong(), memory);
        OptionalLong distance = table.isEmpty() ? table : word(table.getAsLong() - base.virtualSlot(), memory);
        if (distance.isEmpty() || Math.abs(distance.getAsLong()) > MAX_DISTANCE) {
            return Value.unavailable(base.type(), "not initialised? the object has no virtual table");
        }
        return Value.inMemory(base.type(), address.getAsLong() + distance.getAsLong());
    }

    private static OptionalLong word(long address, MemoryReader memory) {
        byte[] bytes = new byte[8];
        if (memory.read(address, bytes, 0, 8) < 8) return OptionalLong.empty();
        return OptionalLong.of(Scalars.integer(bytes, true).longValue());
    }
}
