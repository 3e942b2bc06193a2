package io.kmdebug.symbols;

import java.math.BigInteger;

/**
 * A finite number of the x87 format, which {@code long double} is: {@code mantissa * 2^exponent}, with a mantissa of up
 * to 64 bits once it is stored. Results are rounded to nearest, ties to even, as the processor does. Intel SDM volume 1
 * §4.2.2, §4.8.4.
 */
record ExtendedFloat(BigInteger mantissa, int exponent) {
    private static final int BIAS = 16383 + 63;
    private static final int PRECISION = 64;
    private static final int HIGHEST = 0x7fff;
    private static final BigInteger LOW_64 = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    /** @param bits sign, exponent and mantissa in the low 80 bits */
    static ExtendedFloat decode(BigInteger bits) throws ValueUnavailableException {
        int biased = bits.shiftRight(64).intValue() & HIGHEST;
        if (biased == HIGHEST) throw new ValueUnavailableException("computed with infinity or a NaN of 80 bits");
        BigInteger mantissa = bits.and(LOW_64);
        return new ExtendedFloat(bits.testBit(79) ? mantissa.negate() : mantissa, Math.max(biased, 1) - BIAS);
    }

    static ExtendedFloat of(BigInteger integer) {
        return new ExtendedFloat(integer, 0);
    }

    static ExtendedFloat of(double value) throws ValueUnavailableException {
        if (!Double.isFinite(value)) throw new ValueUnavailableException("computed with infinity or a NaN");
        long bits = Double.doubleToLongBits(value);
        int biased = (int) (bits >>> 52) & 0x7ff;
        long fraction = bits & (1L << 52) - 1 | (biased == 0 ? 0 : 1L << 52);
        return new ExtendedFloat(BigInteger.valueOf(value < 0 ? -fraction : fraction), Math.max(biased, 1) - 1075);
    }

    /** The 80 bits. */
    BigInteger encode() throws ValueUnavailableException {
        BigInteger sign = mantissa.signum() < 0 ? BigInteger.ONE.shiftLeft(79) : BigInteger.ZERO;
        if (mantissa.signum() == 0) return sign;
        BigInteger magnitude = mantissa.abs();
        // the least exponent is that of denormal numbers
        int shift = Math.max(magnitude.bitLength() - PRECISION, 1 - BIAS - exponent);
        BigInteger rounded = shift > 0 ? round(magnitude, shift) : magnitude.shiftLeft(-shift);
        int scale = exponent + shift;
        if (rounded.bitLength() > PRECISION) {
            rounded = rounded.shiftRight(1);
            scale++;
        }
        int biased = rounded.bitLength() < PRECISION ? 0 : scale + BIAS;
        if (biased >= HIGHEST) throw new ValueUnavailableException("computed with infinity or a NaN of 80 bits");
        return sign.or(BigInteger.valueOf(biased).shiftLeft(64)).or(rounded);
    }

    private static BigInteger round(BigInteger magnitude, int shift) {
        BigInteger kept = magnitude.shiftRight(shift);
        boolean half = magnitude.testBit(shift - 1);
        boolean more = half && magnitude.getLowestSetBit() < shift - 1;
        return half && (more || kept.testBit(0)) ? kept.add(BigInteger.ONE) : kept;
    }

    double toDouble() {
        return new java.math.BigDecimal(mantissa)
                .multiply(
                        exponent >= 0
                                ? new java.math.BigDecimal(BigInteger.ONE.shiftLeft(exponent))
                                : java.math.BigDecimal.ONE)
                .divide(new java.math.BigDecimal(BigInteger.ONE.shiftLeft(Math.max(0, -exponent))))
                .doubleValue();
    }

    /** Towards zero. */
    BigInteger toInteger() {
        BigInteger magnitude = exponent >= 0
                ? mantissa.abs().shiftLeft(exponent)
                : mantissa.abs().shiftRight(-exponent);
        return mantissa.signum() < 0 ? magnitude.negate() : magnitude;
    }

    ExtendedFloat negate() {
        return new ExtendedFloat(mantissa.negate(), exponent);
    }

    ExtendedFloat plus(ExtendedFloat other) {
        int common = Math.min(exponent, other.exponent);
        return new ExtendedFloat(
                mantissa.shiftLeft(exponent - common).add(other.mantissa.shiftLeft(other.exponent - common)), common);
    }

    ExtendedFloat times(ExtendedFloat other) {
        return new ExtendedFloat(mantissa.multiply(other.mantissa), exponent + other.exponent);
    }

    ExtendedFloat over(ExtendedFloat other) throws ValueUnavailableException {
        if (other.mantissa.signum() == 0) {
            throw new ValueUnavailableException("broken debug information: division by zero");
        }
        int more = 2 * PRECISION + 2 + other.mantissa.bitLength();
        BigInteger[] parts = mantissa.shiftLeft(more).divideAndRemainder(other.mantissa);
        // what is left decides how a tie is rounded: one bit below all others stands for it
        BigInteger quotient = parts[0].shiftLeft(1);
        if (parts[1].signum() != 0)
            quotient = quotient.add(BigInteger.valueOf(mantissa.signum() * other.mantissa.signum()));
        return new ExtendedFloat(quotient, exponent - other.exponent - more - 1);
    }

    int compare(ExtendedFloat other) {
        return plus(other.negate()).mantissa.signum();
    }
}
