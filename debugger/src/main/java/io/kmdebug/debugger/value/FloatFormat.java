package io.kmdebug.debugger.value;

import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.BaseType.Encoding;
import io.kmdebug.symbols.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A binary floating-point format. IEEE 754 §3.4; the x87 one, Intel SDM volume 1 §4.2.2, which spells out the integer
 * bit.
 *
 * @param bytes of the encoding, without padding
 * @param exponentBits width of the exponent
 * @param fractionBits width of the fraction, with the integer bit where it is spelt out
 * @param explicitInteger whether the integer bit is spelt out
 * @param digits decimal digits that tell any two numbers apart
 */
public record FloatFormat(int bytes, int exponentBits, int fractionBits, boolean explicitInteger, int digits) {
    public static final FloatFormat BFLOAT16 = new FloatFormat(2, 8, 7, false, 4);
    public static final FloatFormat HALF = new FloatFormat(2, 5, 10, false, 5);
    public static final FloatFormat SINGLE = new FloatFormat(4, 8, 23, false, 9);
    public static final FloatFormat DOUBLE = new FloatFormat(8, 11, 52, false, 17);
    public static final FloatFormat X87 = new FloatFormat(10, 15, 64, true, 21);
    public static final FloatFormat QUAD = new FloatFormat(16, 15, 112, false, 36);

    /** The format of a type whose encoding is FLOAT, or of a half of a complex one. */
    public static FloatFormat of(Type type) {
        BaseType base = (BaseType) type.stripped();
        long size = base.encoding() == Encoding.COMPLEX_FLOAT ? base.byteSize() / 2 : base.byteSize();
        String name = base.name().toLowerCase(Locale.ROOT);
        if (size == 2) return name.contains("bf") ? BFLOAT16 : HALF;
        if (size == 4) return SINGLE;
        if (size == 8) return DOUBLE;
        return size == 16 && name.contains("128") ? QUAD : X87;
    }

    // what a record has by itself is made at run time, at the cost of a start
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FloatFormat that
                && bytes == that.bytes
                && exponentBits == that.exponentBits
                && fractionBits == that.fractionBits
                && explicitInteger == that.explicitInteger
                && digits == that.digits;
    }

    @Override
    public int hashCode() {
        return bytes * 31 + exponentBits;
    }

    private int bias() {
        return (1 << (exponentBits - 1)) - 1;
    }

    /** Bits of a significand, the integer bit included. */
    private int precision() {
        return explicitInteger ? fractionBits : fractionBits + 1;
    }

    /** Reads a number from its first {@link #bytes()} bytes, little-endian. */
    public Real decode(byte[] raw) {
        BigInteger bits = Scalars.integer(Arrays.copyOf(raw, bytes), false);
        boolean negative = bits.testBit(fractionBits + exponentBits);
        int exponent = bits.shiftRight(fractionBits).intValue() & ((1 << exponentBits) - 1);
        BigInteger fraction = bits.and(BigInteger.ONE.shiftLeft(fractionBits).subtract(BigInteger.ONE));
        if (exponent == (1 << exponentBits) - 1) {
            BigInteger payload = explicitInteger ? fraction.clearBit(fractionBits - 1) : fraction;
            return payload.signum() == 0 ? Real.infinite(negative) : new Real(Real.Kind.NAN, negative, BigDecimal.ZERO);
        }
        if (!explicitInteger && exponent != 0) fraction = fraction.setBit(fractionBits);
        int scale = Math.max(exponent, 1) - bias() - (precision() - 1);
        return Real.finite(negative, scaled(fraction, scale));
    }

    /** {@code significand * 2^exponent}, exactly. */
    private static BigDecimal scaled(BigInteger significand, int exponent) {
        if (significand.signum() == 0) return BigDecimal.ZERO;
        if (exponent >= 0) return new BigDecimal(significand.shiftLeft(exponent));
        int zeros = Math.min(significand.getLowestSetBit(), -exponent);
        int places = -exponent - zeros;
        return new BigDecimal(
                significand.shiftRight(zeros).multiply(BigInteger.valueOf(5).pow(places)), places);
    }

    /** The nearest number of this format, ties to even, as {@code size} bytes with zeros behind it. */
    public byte[] encode(Real value, int size) {
        int top = (1 << exponentBits) - 1;
        BigInteger integerBit = explicitInteger ? BigInteger.ONE.shiftLeft(fractionBits - 1) : BigInteger.ZERO;
        BigInteger fraction = integerBit;
        int exponent = top;
        if (value.isNan()) {
            fraction = integerBit.setBit(precision() - 2);
        } else if (value.kind() == Real.Kind.FINITE) {
            Rounded rounded = round(value.magnitude());
            if (rounded.exponent < top) {
                exponent = rounded.exponent;
                fraction = explicitInteger ? rounded.significand : rounded.significand.clearBit(fractionBits);
            }
        }
        BigInteger bits = fraction.or(BigInteger.valueOf(exponent).shiftLeft(fractionBits));
        if (value.negative()) bits = bits.setBit(fractionBits + exponentBits);
        return Arrays.copyOf(Scalars.bytes(bits, bytes), size);
    }

    /** A significand of at most {@link #precision()} bits and the biased exponent; the top exponent for too large. */
    private record Rounded(BigInteger significand, int exponent) {}

    private Rounded round(BigDecimal magnitude) {
        int top = (1 << exponentBits) - 1;
        if (magnitude.signum() == 0) return new Rounded(BigInteger.ZERO, 0);
        long decimalExponent = (long) magnitude.precision() - magnitude.scale();
        if (decimalExponent > 5000) return new Rounded(BigInteger.ZERO, top);
        if (decimalExponent < -5100) return new Rounded(BigInteger.ZERO, 0);
        BigInteger numerator = magnitude.unscaledValue();
        BigInteger denominator = BigInteger.ONE;
        if (magnitude.scale() >= 0) denominator = BigInteger.TEN.pow(magnitude.scale());
        else numerator = numerator.multiply(BigInteger.TEN.pow(-magnitude.scale()));

        int lowest = 1 - bias() - (precision() - 1);
        int shift = Math.max(numerator.bitLength() - denominator.bitLength() - precision(), lowest);
        BigInteger significand = quotient(numerator, denominator, shift);
        if (significand.bitLength() > precision()) significand = quotient(numerator, denominator, ++shift);
        if (significand.bitLength() > precision()) {
            significand = significand.shiftRight(1);
            shift++;
        }
        boolean normal = significand.testBit(precision() - 1);
        int exponent = normal ? shift - lowest + 1 : 0;
        return new Rounded(significand, Math.min(exponent, top));
    }

    /** {@code numerator / (denominator * 2^shift)} to the nearest integer, ties to even. */
    private static BigInteger quotient(BigInteger numerator, BigInteger denominator, int shift) {
        BigInteger above = shift < 0 ? numerator.shiftLeft(-shift) : numerator;
        BigInteger below = shift > 0 ? denominator.shiftLeft(shift) : denominator;
        BigInteger[] parts = above.divideAndRemainder(below);
        int half = parts[1].shiftLeft(1).compareTo(below);
        boolean up = half > 0 || (half == 0 && parts[0].testBit(0));
        return up ? parts[0].add(BigInteger.ONE) : parts[0];
    }

    /** {@code value} rounded to this format. */
    public Real rounded(Real value) {
        return decode(encode(value, bytes));
    }

    /** The shortest digits that read back as this number, in C's notation: {@code 0.1}, {@code 6}, {@code 1e+100}. */
    public String text(Real value) {
        String sign = value.negative() ? "-" : "";
        if (value.isNan()) return sign + "nan";
        if (value.kind() == Real.Kind.INFINITE) return sign + "inf";
        if (value.isZero()) return sign + "0";
        return sign + notation(shortest(value.magnitude()));
    }

    private BigDecimal shortest(BigDecimal magnitude) {
        Rounded wanted = round(magnitude);
        for (int count = 1; count < digits; count++) {
            BigDecimal candidate = magnitude.round(new MathContext(count, RoundingMode.HALF_EVEN));
            if (round(candidate).equals(wanted)) return candidate;
        }
        return magnitude.round(new MathContext(digits, RoundingMode.HALF_EVEN));
    }

    private String notation(BigDecimal number) {
        BigDecimal bare = number.stripTrailingZeros();
        int exponent = bare.precision() - bare.scale() - 1;
        if (exponent >= -4 && exponent < digits) return bare.toPlainString();
        String all = bare.unscaledValue().toString();
        String mantissa = all.length() == 1 ? all : all.charAt(0) + "." + all.substring(1);
        return mantissa + String.format("e%+03d", exponent);
    }
}
