package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.value.FloatFormat;
import io.kmdebug.debugger.value.Real;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.FunctionType;
import io.kmdebug.symbols.Language;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.math.BigInteger;
import java.util.Arrays;

/** The operators on numbers and addresses. C17 §6.5.3.3 to §6.5.12. Integers wrap at their width. */
final class Arithmetic {
    private final MemoryReader memory;
    private final Language language;
    private boolean unevaluated;

    /** @param language says what a comparison gives */
    Arithmetic(MemoryReader memory, Language language) {
        this.memory = memory;
        this.language = language;
    }

    /** While set, what has no result (a division by zero) gives some value of the right type. */
    void setUnevaluated(boolean unevaluated) {
        this.unevaluated = unevaluated;
    }

    /** {@code + - ~}. */
    Value unary(String operator, Value operand, int column) {
        Type type = operand.type().stripped();
        if (Scalars.isInteger(type)) {
            Type promoted = language == Language.RUST ? type : Conversions.promoted(operand);
            BigInteger number = Conversions.integer(operand, memory);
            return integer(
                    promoted,
                    switch (operator) {
                        case "-" -> number.negate();
                        case "~" -> number.not();
                        default -> number;
                    });
        }
        if (operator.equals("~")) throw wrong(operator, operand, column);
        if (Scalars.isFloating(type)) {
            Real number = Conversions.real(operand, memory);
            return real(type, operator.equals("-") ? number.negate() : number);
        }
        if (Scalars.isComplex(type)) {
            Real[] number = complex(operand);
            return operator.equals("-") ? complex(type, number[0].negate(), number[1].negate()) : operand;
        }
        throw wrong(operator, operand, column);
    }

    private static DebuggerException wrong(String operator, Value operand, int column) {
        return Token.error(
                column,
                "\"" + operator + "\" does not work on \"" + operand.type().name() + "\"");
    }

    private static DebuggerException wrong(String operator, Value left, Value right, int column) {
        return Token.error(
                column,
                "\"" + operator + "\" does not work on \"" + left.type().name() + "\" and \""
                        + right.type().name() + "\"");
    }

    Value binary(String operator, Value left, Value right, int column) {
        boolean leftPointer = Scalars.isPointer(left.type());
        boolean rightPointer = Scalars.isPointer(right.type());
        if (leftPointer || rightPointer) return pointers(operator, left, right, column);
        if (Scalars.isComplex(left.type()) || Scalars.isComplex(right.type())) {
            return complex(operator, left, right, column);
        }
        if (operator.equals("<<") || operator.equals(">>")) return shift(operator, left, right, column);
        boolean numbers = isReal(left.type()) && isReal(right.type());
        if (!numbers) throw wrong(operator, left, right, column);
        Type common = language == Language.RUST
                ? RustTypes.common(left.type(), right.type())
                : Conversions.common(left, right);
        if (Scalars.isFloating(common)) return floating(operator, common, left, right, column);
        BigInteger a = Conversions.integer(Conversions.to(common, left, memory, column), memory);
        BigInteger b = Conversions.integer(Conversions.to(common, right, memory, column), memory);
        if (isComparison(operator)) return truth(compares(operator, a.compareTo(b)));
        if ((operator.equals("/") || operator.equals("%")) && b.signum() == 0) {
            if (!unevaluated) throw Token.error(column, "division by zero");
            b = BigInteger.ONE;
        }
        return integer(
                common,
                switch (operator) {
                    case "+" -> a.add(b);
                    case "-" -> a.subtract(b);
                    case "*" -> a.multiply(b);
                    case "/" -> a.divide(b);
                    case "%" -> a.remainder(b);
                    case "&" -> a.and(b);
                    case "|" -> a.or(b);
                    case "^" -> a.xor(b);
                    default -> throw wrong(operator, left, right, column);
                });
    }

    private static boolean isReal(Type type) {
        return Scalars.isInteger(type) || Scalars.isFloating(type);
    }

    private static boolean isComparison(String operator) {
        return switch (operator) {
            case "==", "!=", "<", ">", "<=", ">=" -> true;
            default -> false;
        };
    }

    private static boolean compares(String operator, int order) {
        return switch (operator) {
            case "==" -> order == 0;
            case "!=" -> order != 0;
            case "<" -> order < 0;
            case ">" -> order > 0;
            case "<=" -> order <= 0;
            default -> order >= 0;
        };
    }

    private Value truth(boolean truth) {
        return CTypes.truth(truth, language);
    }

    private static Value integer(Type type, BigInteger value) {
        return Value.computed(type, Scalars.bytes(value, (int) type.byteSize()));
    }

    private static Value real(Type type, Real value) {
        return Value.computed(type, FloatFormat.of(type).encode(value, (int) type.byteSize()));
    }

    /** C17 §6.5.7: the type is that of the left operand. A count that C does not define shifts everything out. */
    private Value shift(String operator, Value left, Value right, int column) {
        if (!Scalars.isInteger(left.type()) || !Scalars.isInteger(right.type())) {
            throw wrong(operator, left, right, column);
        }
        Type type = language == Language.RUST ? left.type().stripped() : Conversions.promoted(left);
        BigInteger number = Conversions.integer(Conversions.to(type, left, memory, column), memory);
        BigInteger count = Conversions.integer(right, memory);
        if (count.signum() < 0) {
            if (unevaluated) return integer(type, number);
            throw Token.error(column, "a shift by " + count);
        }
        int bits = count.min(BigInteger.valueOf(type.byteSize() * 8)).intValue();
        return integer(type, operator.equals("<<") ? number.shiftLeft(bits) : number.shiftRight(bits));
    }

    private Value floating(String operator, Type type, Value left, Value right, int column) {
        FloatFormat format = FloatFormat.of(type);
        Real a = format.rounded(Conversions.real(left, memory));
        Real b = format.rounded(Conversions.real(right, memory));
        if (isComparison(operator)) {
            if (a.isNan() || b.isNan()) return truth(operator.equals("!="));
            return truth(compares(operator, a.compare(b)));
        }
        return real(
                type,
                switch (operator) {
                    case "+" -> a.plus(b);
                    case "-" -> a.minus(b);
                    case "*" -> a.times(b);
                    case "/" -> a.dividedBy(b);
                    default -> throw wrong(operator, left, right, column);
                });
    }

    // pointers

    private Value pointers(String operator, Value left, Value right, int column) {
        boolean both = Scalars.isPointer(left.type()) && Scalars.isPointer(right.type());
        boolean other = Scalars.isInteger(Scalars.isPointer(left.type()) ? right.type() : left.type());
        if (!both && !other) throw wrong(operator, left, right, column);
        if (isComparison(operator)) {
            return truth(compares(operator, address(left).compareTo(address(right))));
        }
        if (both && operator.equals("-")) return difference(left, right, column);
        if (operator.equals("+") && !both) {
            return Scalars.isPointer(left.type()) ? moved(left, right, 1) : moved(right, left, 1);
        }
        if (operator.equals("-") && Scalars.isPointer(left.type())) return moved(left, right, -1);
        throw wrong(operator, left, right, column);
    }

    private BigInteger address(Value value) {
        BigInteger number = Conversions.integer(value, memory);
        return BigInteger.valueOf(number.longValue())
                .and(BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE));
    }

    /** Of {@code void} and functions, 1, as GNU C has it. */
    private static long step(Type pointer) {
        Type target = ((PointerType) pointer.stripped()).target();
        return target.stripped() instanceof FunctionType ? 1 : Math.max(1, target.byteSize());
    }

    private Value moved(Value pointer, Value count, int sign) {
        BigInteger distance =
                Conversions.integer(count, memory).multiply(BigInteger.valueOf(sign * step(pointer.type())));
        return integer(pointer.type(), Conversions.integer(pointer, memory).add(distance));
    }

    private Value difference(Value left, Value right, int column) {
        long step = step(left.type());
        if (step != step(right.type())) throw wrong("-", left, right, column);
        BigInteger bytes = Conversions.integer(left, memory).subtract(Conversions.integer(right, memory));
        return integer(CTypes.LONG, BigInteger.valueOf(bytes.longValue()).divide(BigInteger.valueOf(step)));
    }

    // complex numbers

    private Value complex(String operator, Value left, Value right, int column) {
        boolean leftOk = isReal(left.type()) || Scalars.isComplex(left.type());
        boolean rightOk = isReal(right.type()) || Scalars.isComplex(right.type());
        if (!leftOk || !rightOk) throw wrong(operator, left, right, column);
        Type type = widerComplex(left.type().stripped(), right.type().stripped());
        Real[] a = complex(left);
        Real[] b = complex(right);
        return switch (operator) {
            case "+" -> complex(type, a[0].plus(b[0]), a[1].plus(b[1]));
            case "-" -> complex(type, a[0].minus(b[0]), a[1].minus(b[1]));
            case "*" ->
                complex(
                        type,
                        a[0].times(b[0]).minus(a[1].times(b[1])),
                        a[0].times(b[1]).plus(a[1].times(b[0])));
            case "/" -> {
                Real norm = b[0].times(b[0]).plus(b[1].times(b[1]));
                yield complex(
                        type,
                        a[0].times(b[0]).plus(a[1].times(b[1])).dividedBy(norm),
                        a[1].times(b[0]).minus(a[0].times(b[1])).dividedBy(norm));
            }
            case "==", "!=" -> {
                boolean comparable = !a[0].isNan() && !a[1].isNan() && !b[0].isNan() && !b[1].isNan();
                boolean equal = comparable && a[0].compare(b[0]) == 0 && a[1].compare(b[1]) == 0;
                yield truth(equal == operator.equals("=="));
            }
            default -> throw wrong(operator, left, right, column);
        };
    }

    private static Type widerComplex(Type left, Type right) {
        if (!Scalars.isComplex(left)) return right;
        if (!Scalars.isComplex(right)) return left;
        return right.byteSize() > left.byteSize() ? right : left;
    }

    private Real[] complex(Value value) {
        if (!Scalars.isComplex(value.type())) return new Real[] {Conversions.real(value, memory), Real.ZERO};
        return new Real[] {
            Conversions.real(Conversions.half(value, false, memory), memory),
            Conversions.real(Conversions.half(value, true, memory), memory)
        };
    }

    private static Value complex(Type type, Real real, Real imaginary) {
        int size = (int) (type.byteSize() / 2);
        FloatFormat format = FloatFormat.of((BaseType) type.stripped());
        byte[] out = Arrays.copyOf(format.encode(real, size), 2 * size);
        System.arraycopy(format.encode(imaginary, size), 0, out, size, size);
        return Value.computed(type, out);
    }
}
