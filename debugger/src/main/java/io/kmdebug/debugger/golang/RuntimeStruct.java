package io.kmdebug.debugger.golang;

import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;

/** A structure of Go's run-time system, laid out as the program's own debug information says. */
final class RuntimeStruct {
    private static final int MAX_BYTES = 1 << 16;

    private final CompositeType type;
    private final Map<String, Field> known = new HashMap<>();

    /** A number in the structure, or what a part of it starts with. */
    record Field(long offset, int bytes) {}

    /** @throws NoSuchElementException when it is no structure of a believable size */
    RuntimeStruct(Type type) {
        boolean usable = type.stripped() instanceof CompositeType c && c.byteSize() > 0 && c.byteSize() <= MAX_BYTES;
        if (!usable) throw new NoSuchElementException(type.name() + " has no usable layout");
        this.type = (CompositeType) type.stripped();
    }

    int bytes() {
        return (int) type.byteSize();
    }

    boolean has(String path) {
        return find(path) != null;
    }

    /**
     * @param path names of members, with dots between them
     * @throws NoSuchElementException when this version of Go has none of that name
     */
    Field field(String path) {
        Field field = find(path);
        if (field == null) throw new NoSuchElementException(type.name() + " has no field " + path);
        return field;
    }

    private @org.jspecify.annotations.Nullable Field find(String path) {
        Field field = known.get(path);
        if (field != null) return field;
        Type at = type;
        long offset = 0;
        for (String name : path.split("\\.", -1)) {
            CompositeType.Member member = member(at, name);
            if (member == null) return null;
            offset += member.byteOffset();
            at = member.type();
        }
        // atomic.Uint32 and its like wrap the number since Go 1.19
        for (int depth = 0; depth < 4; depth++) {
            CompositeType.Member value = member(at, "value");
            if (value == null) break;
            offset += value.byteOffset();
            at = value.type();
        }
        long bytes = at.byteSize();
        if (offset < 0 || offset + Math.max(bytes, 1) > type.byteSize()) return null;
        field = new Field(offset, (int) Math.min(bytes, 8));
        known.put(path, field);
        return field;
    }

    private static CompositeType.@org.jspecify.annotations.Nullable Member member(Type type, String name) {
        if (!(type.stripped() instanceof CompositeType structure)) return null;
        for (CompositeType.Member member : structure.members()) if (name.equals(member.name())) return member;
        return null;
    }
}
