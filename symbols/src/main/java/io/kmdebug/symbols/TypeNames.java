package io.kmdebug.symbols;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Spells types as C declares them: the declarator goes around an empty name. C17 §6.7.7. */
final class TypeNames {
    /** Broken debug information may hold a type that contains itself: its name has no end. */
    private static final int MAX_PARTS = 500;

    private static final List<String> ORDER = List.of("const", "volatile", "restrict", "_Atomic");

    private int parts;

    private TypeNames() {}

    static String pointer(PointerType type) {
        return new TypeNames().declare(type, "", Set.of());
    }

    static String memberPointer(MemberPointerType type) {
        return new TypeNames().declare(type, "", Set.of());
    }

    static String array(ArrayType type) {
        return new TypeNames().declare(type, "", Set.of());
    }

    static String function(FunctionType type) {
        return new TypeNames().declare(type, "", Set.of());
    }

    static String qualified(QualifiedType type) {
        return new TypeNames().declare(type, "", Set.of());
    }

    static String composite(CompositeType type) {
        return tagged(type.kind().name().toLowerCase(Locale.ROOT), type.tag(), type.language());
    }

    static String enumeration(EnumType type) {
        return tagged("enum", type.tag(), type.language());
    }

    /** {@code struct tag} in C; in other languages the tag is the name. */
    private static String tagged(String keyword, @Nullable String tag, Language language) {
        if (tag == null) return keyword + " {...}";
        return switch (language) {
            case CPP -> CppNames.readable(tag);
            case RUST, GO -> tag;
            case C, ASSEMBLY -> keyword + " " + tag;
            // also what debug files have in common, of a language that is not told: C has no such names
            case OTHER -> tag.indexOf('<') >= 0 || tag.contains("::") ? CppNames.readable(tag) : keyword + " " + tag;
        };
    }

    /** The declaration of {@code declarator} with this type; an empty declarator gives the type's name. */
    private String declare(Type type, String declarator, Set<String> qualifiers) {
        if (++parts > MAX_PARTS) return "...";
        if (type instanceof QualifiedType q) {
            Set<String> more = new LinkedHashSet<>(qualifiers);
            more.add(q.qualifier());
            return declare(q.target(), declarator, more);
        }
        if (type instanceof ArrayType a) {
            // qualifiers of an array are those of its elements: C17 §6.7.3
            String count = a.count() < 0 ? "" : Long.toString(a.count());
            return declare(a.element(), declarator + "[" + count + "]", qualifiers);
        }
        if (type instanceof PointerType p) {
            String inner = p.kind().symbol() + list(qualifiers);
            boolean apart = !qualifiers.isEmpty() && declarator.startsWith("*");
            return declare(p.target(), around(p.target(), inner + (apart ? " " : "") + declarator), Set.of());
        }
        if (type instanceof FunctionType f) return declare(f.returnType(), declarator + parameters(f), Set.of());
        if (type instanceof MemberPointerType m) {
            String inner = m.owner().name() + "::*" + list(qualifiers) + declarator;
            return m.target().stripped() instanceof FunctionType f
                    ? declare(f.returnType(), "(" + inner + ")" + memberParameters(f), Set.of())
                    : declare(m.target(), around(m.target(), inner), Set.of());
        }
        String name = (qualifiers.isEmpty() ? "" : list(qualifiers) + " ") + type.name();
        return declarator.isEmpty() ? name : name + " " + declarator;
    }

    private static String list(Set<String> qualifiers) {
        if (qualifiers.isEmpty()) return "";
        StringJoiner list = new StringJoiner(" ");
        for (String each : ORDER) if (qualifiers.contains(each)) list.add(each);
        return list.toString();
    }

    private static String around(Type target, String declarator) {
        Type unqualified = target;
        for (int i = 0; i < MAX_PARTS && unqualified instanceof QualifiedType q; i++) unqualified = q.target();
        boolean binds = unqualified instanceof ArrayType || unqualified instanceof FunctionType;
        return binds ? "(" + declarator + ")" : declarator;
    }

    private String parameters(FunctionType type) {
        return parameters(type.parameters(), type.variadic());
    }

    /** The object comes first in the debug information, and not at all in the source. */
    private String memberParameters(FunctionType type) {
        List<Type.Parameter> all = type.parameters();
        if (all.isEmpty() || !(all.get(0).type().stripped() instanceof PointerType self)) return parameters(type);
        boolean constant =
                self.target() instanceof QualifiedType q && q.qualifier().equals("const");
        return parameters(all.subList(1, all.size()), type.variadic()) + (constant ? " const" : "");
    }

    private String parameters(List<Type.Parameter> parameters, boolean variadic) {
        StringBuilder list = new StringBuilder("(");
        for (Type.Parameter parameter : parameters) {
            if (list.length() > 1) list.append(", ");
            list.append(declare(parameter.type(), "", Set.of()));
        }
        if (variadic) list.append(list.length() > 1 ? ", ..." : "...");
        if (list.length() == 1) list.append("void");
        return list.append(')').toString();
    }
}
