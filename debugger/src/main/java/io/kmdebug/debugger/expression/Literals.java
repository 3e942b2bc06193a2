package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.value.FloatFormat;
import io.kmdebug.debugger.value.Real;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.symbols.BaseType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers as C writes them. C17 §6.4.4.1 and §6.4.4.2; {@code 0b} and {@code 0o} too. */
final class Literals {
    private static final Pattern DECIMAL_FLOAT =
            Pattern.compile("([0-9]*\\.[0-9]+|[0-9]+\\.?)(?:e([+-]?[0-9]{1,9}))?(f|l|f128|q)?");
    private static final Pattern HEX_FLOAT =
            Pattern.compile("0x([0-9a-f]*)\\.?([0-9a-f]*)p([+-]?[0-9]{1,5})(f|l|f128|q)?");
    private static final Pattern INTEGER = Pattern.compile("(0x[0-9a-f]+|0b[01]+|0o?[0-7]*|[1-9][0-9]*)([ul]*)");

    private Literals() {}

    static Constant number(String word, int column) {
        String lower = word.toLowerCase(Locale.ROOT);
        Matcher integer = INTEGER.matcher(lower);
        if (integer.matches()) return integer(integer.group(1), integer.group(2), word, column);
        Matcher hex = HEX_FLOAT.matcher(lower);
        if (hex.matches() && !(hex.group(1) + hex.group(2)).isEmpty()) {
            BigInteger digits = new BigInteger(hex.group(1) + hex.group(2), 16);
            int exponent = Integer.parseInt(hex.group(3)) - 4 * hex.group(2).length();
            BigDecimal value = exponent >= 0
                    ? new BigDecimal(digits.shiftLeft(exponent))
                    : new BigDecimal(digits).divide(new BigDecimal(BigInteger.ONE.shiftLeft(-exponent)));
            return floating(value, hex.group(4));
        }
        Matcher decimal = DECIMAL_FLOAT.matcher(lower);
        if (decimal.matches() && !lower.matches("[0-9]+")) {
            String exponent = decimal.group(2);
            BigDecimal value = new BigDecimal(decimal.group(1));
            if (exponent != null) value = scaled(value, Integer.parseInt(exponent));
            return floating(value, decimal.group(3));
        }
        throw Token.error(column, "\"" + word + "\" is not a number");
    }

    /** {@code value * 10^exponent}; where that is out of any format's range, something that is so too. */
    private static BigDecimal scaled(BigDecimal value, int exponent) {
        if (value.signum() == 0) return BigDecimal.ZERO;
        return value.scaleByPowerOfTen(Math.max(-1_000_000, Math.min(1_000_000, exponent)));
    }

    private static Constant floating(BigDecimal value, @org.jspecify.annotations.Nullable String suffix) {
        BaseType type = suffix == null
                ? CTypes.DOUBLE
                : switch (suffix) {
                    case "f" -> CTypes.FLOAT;
                    case "l" -> CTypes.LONG_DOUBLE;
                    default -> CTypes.FLOAT128;
                };
        return new Constant(type, FloatFormat.of(type).encode(Real.of(value), (int) type.byteSize()));
    }

    private static Constant integer(String digits, String suffix, String word, int column) {
        if (!List.of("", "u", "l", "ul", "lu", "ll", "ull", "llu").contains(suffix)) throw notANumber(word, column);
        boolean decimal = digits.charAt(0) != '0';
        BigInteger value = parse(digits);
        BaseType type = integerType(value, decimal, suffix);
        if (type == null) throw Token.error(column, "\"" + word + "\" does not fit in 128 bits");
        return new Constant(type, Scalars.bytes(value, (int) type.byteSize()));
    }

    private static DebuggerException notANumber(String word, int column) {
        return Token.error(column, "\"" + word + "\" is not a number");
    }

    private static BigInteger parse(String digits) {
        if (digits.startsWith("0x")) return new BigInteger(digits.substring(2), 16);
        if (digits.startsWith("0b")) return new BigInteger(digits.substring(2), 2);
        if (digits.startsWith("0o"))
            return digits.length() == 2 ? BigInteger.ZERO : new BigInteger(digits.substring(2), 8);
        if (digits.charAt(0) == '0') return new BigInteger(digits, 8);
        return new BigInteger(digits);
    }

    /** The first type of the list in C17 §6.4.4.1 that holds the value; null for none. */
    private static @org.jspecify.annotations.Nullable BaseType integerType(
            BigInteger value, boolean decimal, String suffix) {
        boolean unsigned = suffix.contains("u");
        int longs = suffix.length() - (unsigned ? 1 : 0);
        int bits = value.bitLength();
        if (longs == 0 && !unsigned && bits <= 31) return CTypes.INT;
        if (longs == 0 && (unsigned || !decimal) && bits <= 32) return CTypes.UNSIGNED_INT;
        if (bits > 64) return bits > 128 ? null : unsigned || bits == 128 ? CTypes.UNSIGNED_INT128 : CTypes.INT128;
        boolean asUnsigned = unsigned || bits == 64;
        if (longs == 2) return asUnsigned ? CTypes.UNSIGNED_LONG_LONG : CTypes.LONG_LONG;
        return asUnsigned ? CTypes.UNSIGNED_LONG : CTypes.LONG;
    }
}
