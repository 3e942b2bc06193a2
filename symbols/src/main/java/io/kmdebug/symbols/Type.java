package io.kmdebug.symbols;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A type of the source language. DWARF 5 §5. Members of recursive types are read on first use. */
public sealed interface Type
        permits BaseType,
                PointerType,
                CompositeType,
                EnumType,
                ArrayType,
                TypedefType,
                GoType,
                QualifiedType,
                FunctionType,
                MemberPointerType,
                UnspecifiedType {
    /** As the source would write it: {@code unsigned int}, {@code struct point}, {@code char *}, {@code int [3][4]}. */
    String name();

    /** Size in bytes; 0 when the type has none or it is not known (void, functions, incomplete types). */
    long byteSize();

    /** This type without typedefs and qualifiers around it. */
    default Type stripped() {
        Type type = this;
        for (int depth = 0; depth < 64; depth++) {
            if (type instanceof TypedefType t) type = t.target();
            else if (type instanceof GoType g) type = g.target();
            else if (type instanceof QualifiedType q) type = q.target();
            else return type;
        }
        return type;
    }

    /** A parameter's type or a list of them, for {@link FunctionType}. */
    record Parameter(@Nullable String name, Type type) {}

    /** An enumerator of {@link EnumType}. */
    record Enumerator(String name, long value) {}

    /** The dimensions of an array, outermost first; -1 for one that is not known. */
    record Dimensions(List<Long> counts) {}
}
