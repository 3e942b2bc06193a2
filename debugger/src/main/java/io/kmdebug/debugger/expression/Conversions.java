package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.value.FloatFormat;
import io.kmdebug.debugger.value.Real;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.EnumType;
import io.kmdebug.symbols.FunctionType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.UnspecifiedType;
import java.math.BigInteger;
import java.util.Arrays;

/** Conversions between types. C17 §6.3. */
final class Conversions {
    private Conversions() {}

    /** {@code value} as {@code type}, as a cast or an assignment converts it. */
    static Value to(Type type, Value value, MemoryReader memory, int column) {
        Type target = type.stripped();
        Value source = decayed(value, column);
        Type from = source.type().stripped();
        if (target instanceof UnspecifiedType && target.byteSize() == 0) return Value.computed(type, new byte[0]);
        if (!Scalars.isScalar(target) || !Scalars.isScalar(from)) throw cannot(source.type(), type, column);
        int size = (int) target.byteSize();
        if (Scalars.isComplex(target)) return Value.computed(type, complex(target, source, memory));
        if (Scalars.isComplex(from)) source = half(source, false, memory);
        if (Scalars.isFloating(target)) {
            if (from instanceof PointerType) throw cannot(source.type(), type, column);
            return Value.computed(type, FloatFormat.of(target).encode(real(source, memory), size));
        }
        if (target instanceof PointerType && Scalars.isFloating(source.type()))
            throw cannot(source.type(), type, column);
        if (target instanceof BaseType b && b.encoding() == BaseType.Encoding.BOOLEAN) {
            return Value.computed(type, Scalars.bytes(truth(source, memory) ? BigInteger.ONE : BigInteger.ZERO, size));
        }
        BigInteger number =
                Scalars.isFloating(source.type()) ? real(source, memory).truncated() : integer(source, memory);
        return Value.computed(type, Scalars.bytes(number, size));
    }

    private static DebuggerException cannot(Type from, Type to, int column) {
        return Token.error(column, "\"" + from.name() + "\" cannot be converted to \"" + to.name() + "\"");
    }

    /** An array as a pointer to its first element, a function as its address, a C++ reference as what it refers to. */
    static Value decayed(Value value, int column) {
        Type type = value.type().stripped();
        if (type instanceof ArrayType a) {
            return pointer(PointerType.to(a.element()), addressOf(value, column));
        }
        if (type instanceof FunctionType) return pointer(PointerType.to(value.type()), addressOf(value, column));
        return value;
    }

    static Value pointer(Type type, long address) {
        return Value.computed(type, Scalars.bytes(BigInteger.valueOf(address), 8));
    }

    static long addressOf(Value value, int column) {
        return value.address().orElseThrow(() -> Token.error(column, Places.whyNoAddress(value)));
    }

    /** An integer, a character, an enumerator or an address. */
    static BigInteger integer(Value value, MemoryReader memory) {
        return Scalars.integer(value.bytes(memory), Scalars.isSigned(value.type()));
    }

    /** A real arithmetic value. */
    static Real real(Value value, MemoryReader memory) {
        if (Scalars.isFloating(value.type()))
            return FloatFormat.of(value.type()).decode(value.bytes(memory));
        return Real.of(integer(value, memory));
    }

    static boolean truth(Value value, MemoryReader memory) {
        if (Scalars.isComplex(value.type())) {
            return truth(half(value, false, memory), memory) || truth(half(value, true, memory), memory);
        }
        if (Scalars.isFloating(value.type())) return !real(value, memory).isZero();
        return integer(value, memory).signum() != 0;
    }

    /** The real or imaginary half of a complex number. */
    static Value half(Value value, boolean imaginary, MemoryReader memory) {
        BaseType complex = (BaseType) value.type().stripped();
        int size = (int) (complex.byteSize() / 2);
        byte[] raw = value.bytes(memory);
        int from = imaginary ? size : 0;
        return Value.computed(part(complex), Arrays.copyOfRange(raw, from, from + size));
    }

    /** The type of a half of a complex number. */
    static BaseType part(BaseType complex) {
        return switch ((int) complex.byteSize()) {
            case 8 -> CTypes.FLOAT;
            case 16 -> CTypes.DOUBLE;
            default -> FloatFormat.of(complex).equals(FloatFormat.QUAD) ? CTypes.FLOAT128 : CTypes.LONG_DOUBLE;
        };
    }

    private static byte[] complex(Type target, Value source, MemoryReader memory) {
        int size = (int) (target.byteSize() / 2);
        FloatFormat format = FloatFormat.of(target);
        boolean pair = Scalars.isComplex(source.type());
        Real real = pair ? real(half(source, false, memory), memory) : real(source, memory);
        Real imaginary = pair ? real(half(source, true, memory), memory) : Real.ZERO;
        byte[] out = Arrays.copyOf(format.encode(real, size), 2 * size);
        System.arraycopy(format.encode(imaginary, size), 0, out, size, size);
        return out;
    }

    /** The integer promotions. C17 §6.3.1.1. */
    static Type promoted(Value value) {
        Type type = value.type().stripped();
        int bits = value.bitSize();
        if (type instanceof EnumType e) {
            if (e.byteSize() > 4) return e.signed() ? CTypes.LONG : CTypes.UNSIGNED_LONG;
            if ((bits > 0 && bits < 32) || e.byteSize() < 4) return CTypes.INT;
            return e.signed() ? CTypes.INT : CTypes.UNSIGNED_INT;
        }
        if ((bits > 0 && bits < 32) || type.byteSize() < 4) return CTypes.INT;
        if (bits == 32) return Scalars.isSigned(type) ? CTypes.INT : CTypes.UNSIGNED_INT;
        if (type instanceof BaseType b && b.encoding() == BaseType.Encoding.UTF) return CTypes.UNSIGNED_INT;
        return type;
    }

    /** The type in which two arithmetic values are combined. C17 §6.3.1.8. */
    static Type common(Value left, Value right) {
        Type a = left.type().stripped();
        Type b = right.type().stripped();
        if (Scalars.isFloating(a) || Scalars.isFloating(b)) {
            if (!Scalars.isFloating(b)) return a;
            if (!Scalars.isFloating(a)) return b;
            return FloatFormat.of(b).digits() > FloatFormat.of(a).digits() ? b : a;
        }
        Type x = promoted(left);
        Type y = promoted(right);
        if (x.byteSize() != y.byteSize()) return x.byteSize() > y.byteSize() ? x : y;
        if (Scalars.isSigned(x) != Scalars.isSigned(y)) return Scalars.isSigned(x) ? y : x;
        return y.name().contains("long long") ? y : x;
    }
}
