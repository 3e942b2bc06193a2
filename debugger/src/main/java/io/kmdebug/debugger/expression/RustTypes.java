package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.BaseType.Encoding;
import io.kmdebug.symbols.EnumType;
import io.kmdebug.symbols.Type;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rust's primitive types. The Rust Reference, "Types". */
final class RustTypes {
    static final BaseType CHAR = new BaseType("char", 4, Encoding.UTF);
    static final BaseType BOOL = new BaseType("bool", 1, Encoding.BOOLEAN);
    static final BaseType F32 = new BaseType("f32", 4, Encoding.FLOAT);
    static final BaseType F64 = new BaseType("f64", 8, Encoding.FLOAT);
    static final BaseType U8 = new BaseType("u8", 1, Encoding.UNSIGNED);
    static final BaseType USIZE = new BaseType("usize", 8, Encoding.UNSIGNED);
    /** What a literal without a suffix has: told from the types of the same name by identity, it takes any other. */
    private static final BaseType LITERAL = new BaseType("i32", 4, Encoding.SIGNED);

    private static final BaseType LONG_LITERAL = new BaseType("i64", 8, Encoding.SIGNED);
    private static final BaseType WIDE_LITERAL = new BaseType("i128", 16, Encoding.SIGNED);
    private static final BaseType WIDEST_LITERAL = new BaseType("u128", 16, Encoding.UNSIGNED);
    private static final Map<String, BaseType> PRIMITIVES = new HashMap<>();

    static {
        for (int bits = 8; bits <= 128; bits *= 2) {
            PRIMITIVES.put("i" + bits, new BaseType("i" + bits, bits / 8, Encoding.SIGNED));
            PRIMITIVES.put("u" + bits, new BaseType("u" + bits, bits / 8, Encoding.UNSIGNED));
        }
        for (BaseType type : new BaseType[] {CHAR, BOOL, F32, F64, U8, USIZE}) PRIMITIVES.put(type.name(), type);
        PRIMITIVES.put("isize", new BaseType("isize", 8, Encoding.SIGNED));
    }

    private RustTypes() {}

    static @Nullable BaseType primitive(String name) {
        return PRIMITIVES.get(name);
    }

    static BaseType ofLiteral(BigInteger value) {
        int bits = value.bitLength();
        return bits < 32 ? LITERAL : bits < 64 ? LONG_LITERAL : bits < 128 ? WIDE_LITERAL : WIDEST_LITERAL;
    }

    // identity is what tells a literal's type
    @SuppressWarnings("ReferenceEquality")
    private static boolean isLiteral(Type type) {
        return type == LITERAL || type == LONG_LITERAL || type == WIDE_LITERAL || type == WIDEST_LITERAL;
    }

    /** The type in which two numbers are combined: Rust has them alike, and a literal is what the other one is. */
    static Type common(Type left, Type right) {
        Type a = number(left);
        Type b = number(right);
        if (Scalars.isFloating(a) || Scalars.isFloating(b)) {
            if (!Scalars.isFloating(b)) return a;
            return !Scalars.isFloating(a) || b.byteSize() > a.byteSize() ? b : a;
        }
        if (isLiteral(a) && b.byteSize() >= smallest(a)) return b;
        if (isLiteral(b) && a.byteSize() >= smallest(b)) return a;
        return b.byteSize() > a.byteSize() ? b : a;
    }

    /** An {@code i32} literal may be of any type; the larger ones need the room. */
    @SuppressWarnings("ReferenceEquality")
    private static long smallest(Type literal) {
        return literal == LITERAL ? 1 : literal.byteSize();
    }

    private static Type number(Type type) {
        Type bare = type.stripped();
        return bare instanceof EnumType e
                ? PRIMITIVES.getOrDefault("i" + Math.max(8, e.byteSize() * 8), WIDE_LITERAL)
                : bare;
    }
}
