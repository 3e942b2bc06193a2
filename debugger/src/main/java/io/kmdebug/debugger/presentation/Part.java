package io.kmdebug.debugger.presentation;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.util.Optional;

/** A piece of a library's object, as its presentation takes it apart. */
public record Part(Value value, MemoryReader memory) {
    private static final int DEPTH = 16;

    public Type type() {
        return value.type().stripped();
    }

    /**
     * A member's member, through base classes and anonymous members.
     *
     * @throws DebuggerException when the type has none of that name: another version of the library
     */
    public Part at(String... path) {
        Part part = this;
        for (String name : path) {
            Part holder = part;
            part = part.find(name)
                    .orElseThrow(() -> new DebuggerException(holder.type().name() + " has no member \"" + name + "\""));
        }
        return part;
    }

    /** As {@link #at}; empty when there is none. */
    public Optional<Part> find(String name) {
        return find(value, name, 0, memory).map(v -> new Part(v, memory));
    }

    private static Optional<Value> find(Value in, String name, int depth, MemoryReader memory) {
        if (!(in.type().stripped() instanceof CompositeType type) || depth > DEPTH) return Optional.empty();
        for (CompositeType.Member member : type.members()) {
            if (!member.base() && name.equals(member.name())) return Optional.of(in.member(member, memory));
        }
        for (CompositeType.Member member : type.members()) {
            if (!member.base() && member.name() != null) continue;
            Optional<Value> found = find(in.member(member, memory), name, depth + 1, memory);
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }

    /** The same bits seen with another type. */
    public Part as(Type type) {
        return new Part(value.as(type), memory);
    }

    /** An integer, boolean or enumeration, with its sign. */
    public long number() {
        return Scalars.integer(bytes(), Scalars.isSigned(type())).longValue();
    }

    /** What a pointer or reference holds. */
    public long address() {
        return Scalars.integer(bytes(), false).longValue();
    }

    /** What a pointer points to; a null pointer is {@link NotInitialised}. */
    public Part pointed() {
        if (!(type() instanceof PointerType pointer)) {
            throw new DebuggerException(type().name() + " is no pointer");
        }
        long address = address();
        if (address == 0) throw new NotInitialised("null pointer");
        return in(pointer.target(), address);
    }

    /** An object at a place in memory. */
    public Part in(Type type, long address) {
        return new Part(Value.inMemory(type, address), memory);
    }

    /** An element of an array. */
    public Part element(long index) {
        if (!(type() instanceof ArrayType array)) throw new DebuggerException(type().name() + " is no array");
        Type element = array.element();
        return new Part(value.part(element, index * element.byteSize() * 8, 0), memory);
    }

    public byte[] bytes() {
        Value.Contents contents = value.read(memory);
        if (contents instanceof Value.Available a) return a.bytes();
        throw new NotInitialised(((Value.Unavailable) contents).reason());
    }
}
