package io.kmdebug.debugger.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/**
 * A floating-point number outside any format: exact, so that it can be rounded once, when it goes into one. Decimal
 * digits hold every binary fraction exactly.
 *
 * @param magnitude of a finite number; not negative
 */
public record Real(Kind kind, boolean negative, BigDecimal magnitude) {
    /** IEEE 754 §3.4. */
    public enum Kind {
        FINITE,
        INFINITE,
        NAN
    }

    public static final Real NAN = new Real(Kind.NAN, false, BigDecimal.ZERO);
    public static final Real ZERO = new Real(Kind.FINITE, false, BigDecimal.ZERO);

    /** Enough that the second rounding, into a format of up to 113 bits, gives what one rounding would have given. */
    private static final MathContext QUOTIENT = new MathContext(200);

    static Real infinite(boolean negative) {
        return new Real(Kind.INFINITE, negative, BigDecimal.ZERO);
    }

    static Real finite(boolean negative, BigDecimal magnitude) {
        return new Real(Kind.FINITE, negative, magnitude);
    }

    public static Real of(BigDecimal value) {
        return finite(value.signum() < 0, value.abs());
    }

    public static Real of(BigInteger value) {
        return of(new BigDecimal(value));
    }

    public boolean isZero() {
        return kind == Kind.FINITE && magnitude.signum() == 0;
    }

    public boolean isNan() {
        return kind == Kind.NAN;
    }

    /** The number; only for finite ones. */
    private BigDecimal decimal() {
        return negative ? magnitude.negate() : magnitude;
    }

    public Real negate() {
        return new Real(kind, !negative, magnitude);
    }

    public Real plus(Real other) {
        if (isNan() || other.isNan()) return NAN;
        if (kind == Kind.INFINITE) return other.kind == Kind.INFINITE && negative != other.negative ? NAN : this;
        if (other.kind == Kind.INFINITE) return other;
        if (isZero() && other.isZero()) return finite(negative && other.negative, BigDecimal.ZERO);
        return of(decimal().add(other.decimal()));
    }

    public Real minus(Real other) {
        return plus(other.negate());
    }

    public Real times(Real other) {
        if (isNan() || other.isNan()) return NAN;
        boolean sign = negative != other.negative;
        if (kind == Kind.INFINITE || other.kind == Kind.INFINITE) {
            return isZero() || other.isZero() ? NAN : infinite(sign);
        }
        return finite(sign, magnitude.multiply(other.magnitude));
    }

    public Real dividedBy(Real other) {
        if (isNan() || other.isNan()) return NAN;
        boolean sign = negative != other.negative;
        if (kind == Kind.INFINITE) return other.kind == Kind.INFINITE ? NAN : infinite(sign);
        if (other.kind == Kind.INFINITE) return finite(sign, BigDecimal.ZERO);
        if (other.isZero()) return isZero() ? NAN : infinite(sign);
        return finite(sign, magnitude.divide(other.magnitude, QUOTIENT));
    }

    /** As {@link Comparable}; neither may be NaN. Zeros are equal whatever their sign. */
    public int compare(Real other) {
        if (kind == Kind.INFINITE || other.kind == Kind.INFINITE) return Integer.compare(rank(), other.rank());
        return decimal().compareTo(other.decimal());
    }

    private int rank() {
        if (kind != Kind.INFINITE) return 0;
        return negative ? -1 : 1;
    }

    /**
     * Towards zero, as a cast to an integer does; the most negative one of 64 bits where there is none, as amd64 does.
     */
    public BigInteger truncated() {
        if (kind != Kind.FINITE) return BigInteger.valueOf(Long.MIN_VALUE);
        return decimal().toBigInteger();
    }
}
