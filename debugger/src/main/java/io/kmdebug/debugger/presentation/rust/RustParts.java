package io.kmdebug.debugger.presentation.rust;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.util.Optional;

/** Takes objects of the standard library apart, whatever wrappers its version has around a field. */
final class RustParts {
    private static final int DEPTH = 12;

    private RustParts() {}

    /** The first pointer within a part, where wrappers such as {@code Unique} and {@code NonNull} lie around it. */
    static Part pointer(Part part) {
        return pointer(part, 0)
                .orElseThrow(() -> new DebuggerException(part.type().name() + " holds no pointer"));
    }

    private static Optional<Part> pointer(Part part, int depth) {
        if (part.type() instanceof PointerType || isFat(part.type())) return Optional.of(part);
        if (depth > DEPTH || !(part.type() instanceof CompositeType type)) return Optional.empty();
        for (CompositeType.Member member : type.members()) {
            Optional<Part> found = pointer(member(part, member), depth + 1);
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }

    /** A pointer to a slice or {@code str} with its length, or to a {@code dyn} with its virtual table. */
    static boolean isFat(Type type) {
        if (!(type instanceof CompositeType c) || c.members().size() != 2) return false;
        String first = c.members().get(0).name();
        String second = c.members().get(1).name();
        boolean slice = "data_ptr".equals(first) && "length".equals(second);
        return slice || ("pointer".equals(first) && "vtable".equals(second));
    }

    static boolean isSlice(Type type) {
        return isFat(type)
                && "data_ptr".equals(((CompositeType) type).members().get(0).name());
    }

    /** The first number within a part. */
    static long number(Part part) {
        return scalar(part, 0)
                .orElseThrow(() -> new DebuggerException(part.type().name() + " holds no number"))
                .number();
    }

    /** The first number, boolean or character within a part. */
    static Part scalar(Part part) {
        return scalar(part, 0)
                .orElseThrow(() -> new DebuggerException(part.type().name() + " holds no number"));
    }

    private static Optional<Part> scalar(Part part, int depth) {
        if (Scalars.isScalar(part.type())) return Optional.of(part);
        if (depth > DEPTH || !(part.type() instanceof CompositeType type)) return Optional.empty();
        for (CompositeType.Member member : type.members()) {
            Optional<Part> found = scalar(member(part, member), depth + 1);
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }

    static Part member(Part part, CompositeType.Member member) {
        Value value = part.value().part(member.type(), member.bitOffset(), member.bitSize());
        return new Part(value, part.memory());
    }

    /** The first of several names that the part has a member of: versions of the library differ. */
    static Part either(Part part, String... names) {
        for (String name : names) {
            Optional<Part> found = part.find(name);
            if (found.isPresent()) return found.get();
        }
        throw new DebuggerException(part.type().name() + " has no member \"" + names[0] + "\"");
    }

    /** A type's argument. */
    static Type argument(Type type, int index) {
        if (type instanceof CompositeType c && c.templateArguments().size() > index) {
            return c.templateArguments().get(index).type();
        }
        throw new DebuggerException(type.name() + " does not say what it holds");
    }
}
