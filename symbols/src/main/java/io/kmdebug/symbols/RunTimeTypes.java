package io.kmdebug.symbols;

import io.kmdebug.symbols.UnitContext.LocationSource;
import org.jspecify.annotations.Nullable;

/** Types whose arrays have the lengths that they have in one frame. */
final class RunTimeTypes {
    /** Arrays, pointers and names for them around one another: more than this is not looked into. */
    private static final int MAX_DEPTH = 16;

    private final FrameContext frame;
    private final @Nullable LocationSource frameBase;

    RunTimeTypes(FrameContext frame, @Nullable LocationSource frameBase) {
        this.frame = frame;
        this.frameBase = frameBase;
    }

    /** {@code type} itself where no length in it depends on the frame. */
    Type of(Type type) {
        return depends(type) ? resolved(type) : type;
    }

    private static boolean depends(Type type) {
        Type at = type;
        for (int i = 0; i < MAX_DEPTH; i++) {
            if (at instanceof ArrayType array && array.runTimeCount() != null) return true;
            Type next = inner(at);
            if (next == null) return false;
            at = next;
        }
        return false;
    }

    private static @Nullable Type inner(Type type) {
        if (type instanceof ArrayType array) return array.element();
        if (type instanceof PointerType pointer) return pointer.target();
        if (type instanceof QualifiedType qualified) return qualified.target();
        return type instanceof TypedefType named ? named.target() : null;
    }

    private Type resolved(Type type) {
        Type inner = inner(type);
        if (inner == null || !depends(type)) return type;
        Type target = resolved(inner);
        if (type instanceof ArrayType array) {
            RunTimeCount count = array.runTimeCount();
            return new ArrayType(() -> target, count == null ? array.count() : count.in(frame, frameBase));
        }
        if (type instanceof PointerType pointer) return new PointerType(pointer.kind(), () -> target);
        if (type instanceof QualifiedType qualified) return new QualifiedType(qualified.qualifier(), () -> target);
        return new TypedefType(type.name(), () -> target);
    }
}
