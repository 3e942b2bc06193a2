package io.kmdebug.debugger.value;

import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.Type;

/** Where compilers may place an object. SysV amd64 §3.1.2. */
public final class Alignment {
    private static final int MAX_DEPTH = 32;

    private Alignment() {}

    /** In bytes: a scalar's own size up to 16, an aggregate's strictest member's, or what the source demands. */
    public static long of(Type type) {
        return of(type, 0);
    }

    /** The first multiple of the type's alignment from {@code offset} on. */
    public static long next(long offset, Type type) {
        long alignment = of(type);
        return (offset + alignment - 1) / alignment * alignment;
    }

    private static long of(Type type, int depth) {
        Type bare = type.stripped();
        if (depth > MAX_DEPTH) return 1;
        if (bare instanceof ArrayType a) return of(a.element(), depth + 1);
        if (bare instanceof CompositeType c) {
            long strictest = Math.max(1, c.alignment());
            for (CompositeType.Member member : c.members()) {
                if (member.bitSize() == 0) strictest = Math.max(strictest, of(member.type(), depth + 1));
            }
            return strictest;
        }
        long size = Scalars.isComplex(bare) ? bare.byteSize() / 2 : bare.byteSize();
        return size <= 1 ? 1 : Math.min(16, Long.highestOneBit(size));
    }
}
