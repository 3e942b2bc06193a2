package io.kmdebug.symbols;

import io.kmdebug.symbols.BaseType.Encoding;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the expression stack. DWARF 5 §2.5.1: of the generic type (an integer of an address's size, signed or not
 * as the operation has it) or of a base type.
 *
 * @param bits an integer extended to 64 bits as its type says, or the bits of a float or double; of a wider value the
 *     low 64 bits
 * @param type null for the generic type
 * @param wide all bits of a value of more than 8 bytes; null for any other
 */
record TypedValue(
        long bits, @Nullable BaseType type, @Nullable BigInteger wide) {
    private static final BigInteger MASK_128 = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);
    private static final BigInteger MASK_64 = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    private static final int WIDEST = 16;

    static TypedValue generic(long bits) {
        return new TypedValue(bits, null, null);
    }

    /** {@code bits} as they stand in memory or a register, cut to the type's size. */
    static TypedValue of(long bits, @Nullable BaseType type) throws ValueUnavailableException {
        if (type == null) return generic(bits);
        if (isWide(type)) return of(BigInteger.valueOf(bits), type);
        if (type.byteSize() < 1 || type.byteSize() > 8) {
            throw new ValueUnavailableException("computed with " + type.name() + ", which is not supported");
        }
        int unused = 64 - 8 * (int) type.byteSize();
        long cut = isSigned(type) ? bits << unused >> unused : bits << unused >>> unused;
        return new TypedValue(cut, type, null);
    }

    /** As above, for any size; of a wide type, {@code bits} may be negative. */
    static TypedValue of(BigInteger bits, @Nullable BaseType type) throws ValueUnavailableException {
        if (type == null || !isWide(type)) return of(bits.longValue(), type);
        BigInteger all = bits.and(MASK_128);
        return new TypedValue(all.longValue(), type, all);
    }

    /** Little-endian bytes as they stand in memory, a register or the expression. */
    static TypedValue of(byte[] bytes, @Nullable BaseType type) throws ValueUnavailableException {
        byte[] big = new byte[bytes.length];
        for (int i = 0; i < big.length; i++) big[i] = bytes[bytes.length - 1 - i];
        return of(new BigInteger(1, big), type);
    }

    static boolean isWide(@Nullable BaseType type) {
        return type != null && type.byteSize() > 8 && type.byteSize() <= WIDEST;
    }

    /** Of a wide value, its bytes, little-endian. */
    byte[] bytes(BigInteger of) {
        byte[] out = new byte[WIDEST];
        for (int i = 0; i < WIDEST; i++) out[i] = of.shiftRight(8 * i).byteValue();
        return out;
    }

    private static boolean isSigned(BaseType type) {
        return type.encoding() == Encoding.SIGNED || type.encoding() == Encoding.SIGNED_CHAR;
    }

    private static boolean isFloating(@Nullable BaseType type) {
        return type != null && type.encoding() == Encoding.FLOAT;
    }

    private boolean isFloating() {
        return isFloating(type);
    }

    private boolean isUnsigned() {
        return type != null && !isSigned(type) && !isFloating();
    }

    private double floating() {
        if (type != null && type.byteSize() == 4) return Float.intBitsToFloat((int) bits);
        return Double.longBitsToDouble(bits);
    }

    private TypedValue withFloating(double value) {
        boolean single = type != null && type.byteSize() == 4;
        return new TypedValue(
                single ? Float.floatToRawIntBits((float) value) & 0xffff_ffffL : Double.doubleToRawLongBits(value),
                type,
                null);
    }

    /** As a number of 80 bits; that format only, not the one of {@code _Float128}. */
    private ExtendedFloat extended() throws ValueUnavailableException {
        if (!isFloating()) return ExtendedFloat.of(integer());
        if (wide == null) return ExtendedFloat.of(floating());
        requireExtended(type);
        return ExtendedFloat.decode(wide);
    }

    private static void requireExtended(@Nullable BaseType type) throws ValueUnavailableException {
        if (type != null && type.name().contains("128")) {
            throw new ValueUnavailableException("computed with " + type.name() + ", which is not supported");
        }
    }

    private TypedValue withExtended(ExtendedFloat value) throws ValueUnavailableException {
        requireExtended(type);
        return of(value.encode(), type);
    }

    /** The integer that it is. */
    private BigInteger integer() {
        if (wide == null) {
            BigInteger value = BigInteger.valueOf(bits);
            return isUnsigned() ? value.and(MASK_64) : value;
        }
        return !isUnsigned() && wide.testBit(127) ? wide.subtract(MASK_128).subtract(BigInteger.ONE) : wide;
    }

    /** DW_OP_convert: the same number in another type. */
    TypedValue convert(@Nullable BaseType to) throws ValueUnavailableException {
        TypedValue shape = of(0, to);
        if (isFloating(to) && isWide(to)) return shape.withExtended(extended());
        if (wide != null && isFloating()) {
            return isFloating(to)
                    ? shape.withFloating(extended().toDouble())
                    : of(extended().toInteger(), to);
        }
        if (isFloating()) {
            if (isFloating(to)) return shape.withFloating(floating());
            return isWide(to) ? of(extended().toInteger(), to) : of((long) floating(), to);
        }
        if (!isFloating(to)) return of(integer(), to);
        return shape.withFloating(integer().doubleValue());
    }

    /** DW_OP_reinterpret: the same bits. */
    TypedValue reinterpret(@Nullable BaseType as) throws ValueUnavailableException {
        return wide != null ? of(wide, as) : of(BigInteger.valueOf(bits).and(MASK_64), as);
    }

    TypedValue negate() throws ValueUnavailableException {
        if (wide != null) return isFloating() ? withExtended(extended().negate()) : of(wide.negate(), type);
        return isFloating() ? withFloating(-floating()) : of(-bits, type);
    }

    TypedValue abs() throws ValueUnavailableException {
        if (wide != null) {
            boolean negative = isFloating() ? wide.testBit(79) : integer().signum() < 0;
            return negative ? negate() : this;
        }
        return isFloating() ? withFloating(Math.abs(floating())) : of(Math.abs(bits), type);
    }

    TypedValue not() throws ValueUnavailableException {
        return wide != null ? of(wide.not(), type) : of(~bits, type);
    }

    /** A binary operation by its DW_OP code; {@code this} is the second entry, {@code right} the top of the stack. */
    TypedValue apply(int operation, TypedValue right) throws ValueUnavailableException {
        if (wide != null) return isFloating() ? applyExtended(operation, right) : applyWide(operation, right);
        if (isFloating()) return applyFloating(operation, right);
        long other = right.bits;
        long result = switch (operation) {
            case 0x1a -> bits & other;
            case 0x1b -> divide(other);
            case 0x1c -> bits - other;
            case 0x1d -> remainder(other);
            case 0x1e -> bits * other;
            case 0x21 -> bits | other;
            case 0x22 -> bits + other;
            case 0x24 -> Long.compareUnsigned(other, 64) < 0 ? bits << other : 0;
            case 0x25 -> Long.compareUnsigned(other, 64) < 0 ? unsignedBits() >>> other : 0;
            case 0x26 -> bits >> (Long.compareUnsigned(other, 64) < 0 ? other : 63);
            case 0x27 -> bits ^ other;
            default -> throw new IllegalArgumentException("operation " + operation);
        };
        return of(result, type);
    }

    private TypedValue applyWide(int operation, TypedValue right) throws ValueUnavailableException {
        BigInteger left = integer();
        BigInteger other = right.integer();
        int distance = other.signum() >= 0 && other.bitLength() < 8 ? other.intValue() : 255;
        return switch (operation) {
            case 0x1a -> of(left.and(other), type);
            case 0x1b, 0x1d -> {
                if (other.signum() == 0) throw divisionByZero();
                yield of(operation == 0x1b ? left.divide(other) : left.remainder(other), type);
            }
            case 0x1c -> of(left.subtract(other), type);
            case 0x1e -> of(left.multiply(other), type);
            case 0x21 -> of(left.or(other), type);
            case 0x22 -> of(left.add(other), type);
            case 0x24 -> of(left.shiftLeft(distance), type);
            case 0x25 -> of(left.and(MASK_128).shiftRight(distance), type);
            case 0x26 -> of(left.shiftRight(distance), type);
            case 0x27 -> of(left.xor(other), type);
            default -> throw new IllegalArgumentException("operation " + operation);
        };
    }

    private TypedValue applyExtended(int operation, TypedValue right) throws ValueUnavailableException {
        ExtendedFloat left = extended();
        ExtendedFloat other = right.extended();
        return switch (operation) {
            case 0x1b -> withExtended(left.over(other));
            case 0x1c -> withExtended(left.plus(other.negate()));
            case 0x1e -> withExtended(left.times(other));
            case 0x22 -> withExtended(left.plus(other));
            default -> throw integerOperation();
        };
    }

    private TypedValue applyFloating(int operation, TypedValue right) throws ValueUnavailableException {
        double other = right.floating();
        return switch (operation) {
            case 0x1b -> withFloating(floating() / other);
            case 0x1c -> withFloating(floating() - other);
            case 0x1e -> withFloating(floating() * other);
            case 0x22 -> withFloating(floating() + other);
            default -> throw integerOperation();
        };
    }

    private static ValueUnavailableException integerOperation() {
        return new ValueUnavailableException("broken debug information: integer operation on a float");
    }

    private static ValueUnavailableException divisionByZero() {
        return new ValueUnavailableException("broken debug information: division by zero");
    }

    private long divide(long other) throws ValueUnavailableException {
        if (other == 0) throw divisionByZero();
        return isUnsigned() ? Long.divideUnsigned(bits, other) : bits / other;
    }

    private long remainder(long other) throws ValueUnavailableException {
        if (other == 0) throw divisionByZero();
        return type == null || isUnsigned() ? Long.remainderUnsigned(bits, other) : bits % other;
    }

    /** A signed value without its sign extension, for a logical shift. */
    private long unsignedBits() {
        if (type == null || type.byteSize() >= 8) return bits;
        return bits & (1L << 8 * type.byteSize()) - 1;
    }

    /** Less than 0, 0 or more: DW_OP_eq to DW_OP_ne. */
    int compare(TypedValue right) throws ValueUnavailableException {
        if (wide != null)
            return isFloating()
                    ? extended().compare(right.extended())
                    : integer().compareTo(right.integer());
        if (isFloating()) return Double.compare(floating(), right.floating());
        return isUnsigned() ? Long.compareUnsigned(bits, right.bits) : Long.compare(bits, right.bits);
    }
}
