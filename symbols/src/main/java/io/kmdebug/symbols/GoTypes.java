package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes {@link GoType}s of entries in units of Go's compiler. */
final class GoTypes {
    private GoTypes() {}

    /** @param layout what the entry says by itself */
    static Type of(TypeReader reader, Die die, Type layout) {
        GoType.Kind kind = kind(die);
        String name = die.string(Attribute.NAME);
        if (kind == GoType.Kind.INVALID || name == null) return layout;
        // a function value points to a closure, whose first word is the address of the code
        Type lies = layout instanceof FunctionType ? PointerType.to(PointerType.to(layout)) : layout;
        DieRef self = new DieRef(die.unit(), die.offset());
        Supplier<List<String>> embedded = kind == GoType.Kind.STRUCT ? Lazily.of(() -> embedded(self)) : List::of;
        return new GoType(
                name, kind, lies, element(reader, die, kind, layout), later(reader, die, Attribute.GO_KEY), embedded);
    }

    /** Pointers that nothing converts to an interface carry no kind: the tag says enough. */
    private static GoType.Kind kind(Die die) {
        GoType.Kind kind = GoType.Kind.of(die.constant(Attribute.GO_KIND, 0));
        if (kind != GoType.Kind.INVALID) return kind;
        return switch (die.tag()) {
            case Tag.POINTER_TYPE -> GoType.Kind.POINTER;
            case Tag.ARRAY_TYPE -> GoType.Kind.ARRAY;
            case Tag.STRUCTURE_TYPE -> GoType.Kind.STRUCT;
            case Tag.SUBROUTINE_TYPE -> GoType.Kind.FUNC;
            default -> GoType.Kind.INVALID;
        };
    }

    private static @Nullable Supplier<Type> element(TypeReader reader, Die die, GoType.Kind kind, Type layout) {
        Supplier<Type> said = later(reader, die, Attribute.GO_ELEM);
        if (said != null) return said;
        if (kind == GoType.Kind.POINTER && layout instanceof PointerType p) return p::target;
        return layout instanceof ArrayType a ? a::element : null;
    }

    private static @Nullable Supplier<Type> later(TypeReader reader, Die die, int attribute) {
        DieRef target = die.has(attribute) ? die.target(attribute) : null;
        return target == null ? null : () -> reader.at(target);
    }

    private static List<String> embedded(DieRef ref) {
        List<String> names = new ArrayList<>();
        try {
            Die die = ref.die();
            for (boolean more = die.toFirstChild(); more; more = die.toSibling()) {
                String name = die.tag() == Tag.MEMBER && die.flag(Attribute.GO_EMBEDDED_FIELD) ? die.name() : null;
                if (name != null) names.add(name);
            }
        } catch (CorruptFileException e) {
            ref.unit().image().note(ref.unit().describe(), e);
        }
        return List.copyOf(names);
    }
}
