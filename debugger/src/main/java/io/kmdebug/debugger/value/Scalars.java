package io.kmdebug.debugger.value;

import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.BaseType.Encoding;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.EnumType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.QualifiedType;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.TypedefType;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Questions about scalar types, and integers in bytes. Every type is seen without its typedefs and qualifiers. */
public final class Scalars {
    private Scalars() {}

    /** Integers, characters and booleans; not enumerations. */
    public static boolean isIntegerBase(Type type) {
        return type.stripped() instanceof BaseType b
                && switch (b.encoding()) {
                    case BOOLEAN, SIGNED, UNSIGNED, SIGNED_CHAR, UNSIGNED_CHAR, UTF -> true;
                    case FLOAT, COMPLEX_FLOAT, OTHER -> false;
                };
    }

    /** Integers in the sense of C: enumerations too. */
    public static boolean isInteger(Type type) {
        return isIntegerBase(type) || type.stripped() instanceof EnumType;
    }

    public static boolean isFloating(Type type) {
        return type.stripped() instanceof BaseType b && b.encoding() == Encoding.FLOAT;
    }

    public static boolean isComplex(Type type) {
        return type.stripped() instanceof BaseType b && b.encoding() == Encoding.COMPLEX_FLOAT;
    }

    public static boolean isBoolean(Type type) {
        return type.stripped() instanceof BaseType b && b.encoding() == Encoding.BOOLEAN;
    }

    /** A pointer of C, not a C++ reference. */
    public static boolean isPointer(Type type) {
        return type.stripped() instanceof PointerType p && p.kind() == PointerType.Kind.POINTER;
    }

    /** Whether a value of it is one number or address. */
    public static boolean isScalar(Type type) {
        Type bare = type.stripped();
        return bare instanceof BaseType || bare instanceof EnumType || bare instanceof PointerType;
    }

    /** Whether it has members or elements. */
    public static boolean isAggregate(Type type) {
        Type bare = type.stripped();
        return bare instanceof CompositeType || bare instanceof ArrayType;
    }

    public static boolean isSigned(Type type) {
        Type bare = type.stripped();
        if (bare instanceof EnumType e) return e.signed();
        return bare instanceof BaseType b && (b.encoding() == Encoding.SIGNED || b.encoding() == Encoding.SIGNED_CHAR);
    }

    /** A type whose values are shown as characters: one byte, or a wide character of C11. */
    public static boolean isCharacter(Type type) {
        return characterPrefix(type) != null;
    }

    /**
     * What a literal of this character type starts with: {@code L}, {@code u}, {@code U} or nothing; null for a type
     * that is none. In C the wide ones are integers by another name, so that only the name tells.
     */
    static @Nullable String characterPrefix(Type type) {
        if (!(type.stripped() instanceof BaseType base)) return null;
        String named = switch (base.encoding()) {
            case SIGNED_CHAR, UNSIGNED_CHAR -> base.byteSize() == 1 ? "" : null;
            case UTF -> base.byteSize() == 1 ? "u8" : base.byteSize() == 2 ? "u" : "U";
            case SIGNED, UNSIGNED -> prefixOfName(type);
            case BOOLEAN, FLOAT, COMPLEX_FLOAT, OTHER -> null;
        };
        return base.name().equals("wchar_t") ? "L" : named;
    }

    private static @Nullable String prefixOfName(Type type) {
        Type at = type;
        for (int depth = 0; depth < 16; depth++) {
            if (at instanceof TypedefType t) {
                switch (t.name()) {
                    case "wchar_t" -> {
                        return "L";
                    }
                    case "char16_t" -> {
                        return "u";
                    }
                    case "char32_t" -> {
                        return "U";
                    }
                    default -> at = t.target();
                }
            } else if (at instanceof QualifiedType q) {
                at = q.target();
            } else {
                return null;
            }
        }
        return null;
    }

    /** The integer in {@code bytes}, little-endian. */
    public static BigInteger integer(byte[] bytes, boolean signed) {
        byte[] big = new byte[bytes.length + 1];
        for (int i = 0; i < bytes.length; i++) big[bytes.length - i] = bytes[i];
        if (signed && bytes.length > 0 && bytes[bytes.length - 1] < 0) big[0] = -1;
        return new BigInteger(big);
    }

    /** As {@link #integer}, of at most eight bytes; the number is what they say as a {@code long}. */
    static long small(byte[] bytes, boolean signed) {
        long number = signed && bytes.length > 0 && bytes[bytes.length - 1] < 0 ? -1 : 0;
        for (int i = bytes.length - 1; i >= 0; i--) number = number << 8 | bytes[i] & 0xff;
        return number;
    }

    /** The low {@code size} bytes of {@code value}, little-endian. */
    public static byte[] bytes(BigInteger value, int size) {
        byte[] big = value.toByteArray();
        byte[] out = new byte[size];
        byte sign = (byte) (value.signum() < 0 ? -1 : 0);
        for (int i = 0; i < size; i++) out[i] = i < big.length ? big[big.length - 1 - i] : sign;
        return out;
    }
}
