package io.kmdebug.debugger.expression;

import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.EnumType;
import io.kmdebug.symbols.FunctionType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Finds a type among those that some types lead to, nearest first. */
final class TypesInReach {
    /** A program's types hang together through pointers; an expression is about near ones. */
    private static final int MAX_TYPES = 2000;

    private TypesInReach() {}

    /** The enumeration that has an enumerator of this name. */
    static Optional<EnumType> enumerationWith(String name, Collection<Type> roots) {
        return first(roots, type -> isOf(type, name)).map(EnumType.class::cast);
    }

    private static boolean isOf(Type type, String name) {
        return type instanceof EnumType e
                && e.enumerators().stream().anyMatch(x -> x.name().equals(name));
    }

    /** The class whose name, without spaces, starts with {@code start}: the arguments behind it are its defaults. */
    static Optional<CompositeType> templateNamed(String start, Collection<Type> roots) {
        return first(roots, type -> isInstance(type, start)).map(CompositeType.class::cast);
    }

    private static boolean isInstance(Type type, String start) {
        if (!(type instanceof CompositeType c) || c.tag() == null || c.isDeclaration()) return false;
        String tag = TemplateNames.bare(c.tag());
        int at = tag.indexOf("::" + start);
        return tag.startsWith(start) || (at > 0 && at < tag.indexOf('<'));
    }

    private static Optional<Type> first(Collection<Type> roots, Predicate<Type> wanted) {
        Deque<Type> open = new ArrayDeque<>(roots);
        Set<Object> seen = new HashSet<>();
        while (!open.isEmpty() && seen.size() < MAX_TYPES) {
            Type type = open.removeFirst().stripped();
            if (!seen.add(identity(type))) continue;
            if (wanted.test(type)) return Optional.of(type);
            if (type instanceof PointerType p) open.addLast(p.target());
            else if (type instanceof ArrayType a) open.addLast(a.element());
            else if (type instanceof CompositeType c) c.members().forEach(m -> open.addLast(m.type()));
            else if (type instanceof FunctionType f) {
                open.addLast(f.returnType());
                f.parameters().forEach(p -> open.addLast(p.type()));
            }
        }
        return Optional.empty();
    }

    /** The same type may be read twice from the debug information; a tag tells that it is the same. */
    private static Object identity(Type type) {
        return type instanceof CompositeType c && c.tag() != null ? c.name() : type;
    }
}
