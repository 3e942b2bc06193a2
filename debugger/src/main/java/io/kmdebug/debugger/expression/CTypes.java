package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.BaseType.Encoding;
import io.kmdebug.symbols.Language;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.TypedefType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The types of C on amd64, which an expression can use whether the program has them or not. SysV amd64 §3.1.2. */
final class CTypes {
    static final BaseType CHAR = new BaseType("char", 1, Encoding.SIGNED_CHAR);
    static final BaseType SIGNED_CHAR = new BaseType("signed char", 1, Encoding.SIGNED_CHAR);
    static final BaseType UNSIGNED_CHAR = new BaseType("unsigned char", 1, Encoding.UNSIGNED_CHAR);
    static final BaseType SHORT = new BaseType("short", 2, Encoding.SIGNED);
    static final BaseType UNSIGNED_SHORT = new BaseType("unsigned short", 2, Encoding.UNSIGNED);
    static final BaseType INT = new BaseType("int", 4, Encoding.SIGNED);
    static final BaseType UNSIGNED_INT = new BaseType("unsigned int", 4, Encoding.UNSIGNED);
    static final BaseType LONG = new BaseType("long", 8, Encoding.SIGNED);
    static final BaseType UNSIGNED_LONG = new BaseType("unsigned long", 8, Encoding.UNSIGNED);
    static final BaseType LONG_LONG = new BaseType("long long", 8, Encoding.SIGNED);
    static final BaseType UNSIGNED_LONG_LONG = new BaseType("unsigned long long", 8, Encoding.UNSIGNED);
    static final BaseType INT128 = new BaseType("__int128", 16, Encoding.SIGNED);
    static final BaseType UNSIGNED_INT128 = new BaseType("unsigned __int128", 16, Encoding.UNSIGNED);
    static final BaseType BOOL = new BaseType("_Bool", 1, Encoding.BOOLEAN);
    private static final BaseType TRUTH = new BaseType("bool", 1, Encoding.BOOLEAN);
    static final BaseType FLOAT = new BaseType("float", 4, Encoding.FLOAT);
    static final BaseType DOUBLE = new BaseType("double", 8, Encoding.FLOAT);
    static final BaseType LONG_DOUBLE = new BaseType("long double", 16, Encoding.FLOAT);
    static final BaseType FLOAT128 = new BaseType("_Float128", 16, Encoding.FLOAT);
    static final Type WCHAR = new TypedefType("wchar_t", () -> INT);
    static final BaseType CHAR16 = new BaseType("char16_t", 2, Encoding.UTF);
    static final BaseType CHAR32 = new BaseType("char32_t", 4, Encoding.UTF);

    private static final Map<String, Type> SUPPLIED = new HashMap<>();

    static {
        supply("int8_t", SIGNED_CHAR);
        supply("uint8_t", UNSIGNED_CHAR);
        supply("int16_t", SHORT);
        supply("uint16_t", UNSIGNED_SHORT);
        supply("int32_t", INT);
        supply("uint32_t", UNSIGNED_INT);
        supply("int64_t", LONG);
        supply("uint64_t", UNSIGNED_LONG);
        supply("intptr_t", LONG);
        supply("uintptr_t", UNSIGNED_LONG);
        supply("ptrdiff_t", LONG);
        supply("size_t", UNSIGNED_LONG);
        supply("ssize_t", LONG);
        SUPPLIED.put("wchar_t", WCHAR);
        supply("bool", BOOL);
        SUPPLIED.put("char16_t", CHAR16);
        SUPPLIED.put("char32_t", CHAR32);
        SUPPLIED.put("__float128", FLOAT128);
        SUPPLIED.put("_Float128", FLOAT128);
        SUPPLIED.put("__int128_t", INT128);
        SUPPLIED.put("__uint128_t", UNSIGNED_INT128);
    }

    private CTypes() {}

    private static void supply(String name, Type target) {
        SUPPLIED.put(name, new TypedefType(name, () -> target));
    }

    /** A type of the standard headers, for programs whose debug information does not have it. */
    static Optional<Type> supplied(String name) {
        return Optional.ofNullable(SUPPLIED.get(name));
    }

    /** What a comparison gives: {@code int} in C, a boolean elsewhere. C17 §6.5.8, C++17 §8.9. */
    static Value truth(boolean truth, Language language) {
        return switch (language) {
            case CPP, RUST, GO -> Value.computed(TRUTH, new byte[] {(byte) (truth ? 1 : 0)});
            case C, ASSEMBLY, OTHER -> Value.computed(INT, new byte[] {(byte) (truth ? 1 : 0), 0, 0, 0});
        };
    }

    static BaseType complexOf(BaseType part) {
        return new BaseType("complex " + part.name(), part.byteSize() * 2, Encoding.COMPLEX_FLOAT);
    }
}
