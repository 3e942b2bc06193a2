package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.Type;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/** Go's operators on numbers, strings and truth. The Go Programming Language Specification, "Operators". */
final class GoOperators {
    private static final int MAX_DEPTH = 32;
    private static final long MAX_ELEMENTS = 100_000;

    private final GoEvaluation evaluation;

    GoOperators(GoEvaluation evaluation) {
        this.evaluation = evaluation;
    }

    GoOperand unary(String operator, GoOperand operand, int column) {
        if (operator.equals("!")) return truth(!isTrue(operand, column));
        if (isFloating(operand)) {
            double number = evaluation.real(operand, column);
            return switch (operator) {
                case "-" -> real(operand, -number);
                case "+" -> operand;
                default -> throw Token.error(column, "\"" + operator + "\" needs an integer");
            };
        }
        BigInteger number = evaluation.integer(operand, column);
        return whole(
                operand,
                operand,
                switch (operator) {
                    case "-" -> number.negate();
                    case "^" -> number.not();
                    default -> number;
                });
    }

    GoOperand binary(GoNode.Binary node) {
        String operator = node.operator();
        int column = node.column();
        GoOperand left = evaluation.operand(node.left());
        if (operator.equals("&&") || operator.equals("||")) {
            boolean first = isTrue(left, column);
            boolean decided = first == operator.equals("||");
            return truth(decided ? first : isTrue(evaluation.operand(node.right()), column));
        }
        GoOperand right = evaluation.operand(node.right());
        return switch (operator) {
            case "==" -> truth(equal(left, right, column));
            case "!=" -> truth(!equal(left, right, column));
            case "<" -> truth(compared(left, right, column) < 0);
            case "<=" -> truth(compared(left, right, column) <= 0);
            case ">" -> truth(compared(left, right, column) > 0);
            case ">=" -> truth(compared(left, right, column) >= 0);
            default -> computed(operator, left, right, column);
        };
    }

    private static GoOperand truth(boolean truth) {
        return new GoOperand.Typed(Value.computed(GoEvaluation.BOOL, new byte[] {(byte) (truth ? 1 : 0)}));
    }

    private boolean isTrue(GoOperand operand, int column) {
        Value value = evaluation.valueOf(operand, column);
        if (!Scalars.isBoolean(value.type())) {
            throw Token.error(column, "a bool is needed, not \"" + value.type().name() + "\"");
        }
        return evaluation.integer(operand, column).signum() != 0;
    }

    private static boolean isFloating(GoOperand operand) {
        return operand instanceof GoOperand.Floating
                || (operand instanceof GoOperand.Typed t
                        && Scalars.isFloating(t.value().type()));
    }

    private GoOperand computed(String operator, GoOperand left, GoOperand right, int column) {
        byte[] text = evaluation.bytesOf(left);
        byte[] more = text == null ? null : evaluation.bytesOf(right);
        if (text != null && more != null && operator.equals("+")) {
            ByteArrayOutputStream both = new ByteArrayOutputStream();
            both.writeBytes(text);
            both.writeBytes(more);
            return new GoOperand.Text(both.toByteArray());
        }
        boolean shift = operator.equals("<<") || operator.equals(">>");
        if (!shift) checkSame(left, right, column);
        if (isFloating(left) || (isFloating(right) && !shift)) {
            double a = evaluation.real(left, column);
            double b = evaluation.real(right, column);
            double result = switch (operator) {
                case "+" -> a + b;
                case "-" -> a - b;
                case "*" -> a * b;
                case "/" -> a / b;
                default -> throw Token.error(column, "\"" + operator + "\" needs integers");
            };
            return real(left instanceof GoOperand.Typed ? left : right, result);
        }
        BigInteger a = evaluation.integer(left, column);
        BigInteger b = evaluation.integer(right, column);
        boolean division = operator.equals("/") || operator.equals("%");
        if (division && b.signum() == 0) throw Token.error(column, "division by zero");
        BigInteger result = switch (operator) {
            case "+" -> a.add(b);
            case "-" -> a.subtract(b);
            case "*" -> a.multiply(b);
            case "/" -> a.divide(b);
            case "%" -> a.remainder(b);
            case "&" -> a.and(b);
            case "|" -> a.or(b);
            case "^" -> a.xor(b);
            case "&^" -> a.andNot(b);
            default -> shifted(operator, a, b, column);
        };
        return shift ? whole(left, left, result) : whole(left, right, result);
    }

    private static BigInteger shifted(String operator, BigInteger number, BigInteger by, int column) {
        if (by.signum() < 0) throw Token.error(column, "a shift by " + by);
        int count = by.bitLength() > 10 ? 1024 : by.intValue();
        if (operator.equals(">>")) return number.shiftRight(count);
        if (operator.equals("<<")) return number.shiftLeft(count);
        throw Token.error(column, "\"" + operator + "\" is no operator on numbers");
    }

    /** Two types do not mix, as in Go; constants take the type of the other side. */
    private static void checkSame(GoOperand left, GoOperand right, int column) {
        if (!(left instanceof GoOperand.Typed a) || !(right instanceof GoOperand.Typed b)) return;
        String one = a.value().type().name();
        String other = b.value().type().name();
        if (one.equals(other)) return;
        throw Token.error(column, "\"" + one + "\" and \"" + other + "\" do not mix: convert one of them");
    }

    private static GoOperand whole(GoOperand left, GoOperand right, BigInteger number) {
        Type type = left instanceof GoOperand.Typed a
                ? a.value().type()
                : right instanceof GoOperand.Typed b ? b.value().type() : null;
        if (type == null) return new GoOperand.Integer(number);
        return new GoOperand.Typed(Value.computed(type, Scalars.bytes(number, (int) type.byteSize())));
    }

    private static GoOperand real(GoOperand like, double number) {
        if (!(like instanceof GoOperand.Typed typed)) return new GoOperand.Floating(number);
        return new GoOperand.Typed(GoEvaluation.floating(typed.value().type(), number));
    }

    private int compared(GoOperand left, GoOperand right, int column) {
        byte[] a = evaluation.bytesOf(left);
        byte[] b = a == null ? null : evaluation.bytesOf(right);
        if (a != null && b != null) return Arrays.compareUnsigned(a, b);
        checkSame(left, right, column);
        if (isFloating(left) || isFloating(right)) {
            return Double.compare(evaluation.real(left, column), evaluation.real(right, column));
        }
        return evaluation.integer(left, column).compareTo(evaluation.integer(right, column));
    }

    boolean equal(GoOperand left, GoOperand right, int column) {
        return equal(left, right, column, 0);
    }

    private boolean equal(GoOperand left, GoOperand right, int column, int depth) {
        if (depth > MAX_DEPTH) throw Token.error(column, "the values are nested too deeply to be compared");
        if (left instanceof GoOperand.Nil && right instanceof GoOperand.Nil) return true;
        if (left instanceof GoOperand.Nil) return isNil(right, column);
        if (right instanceof GoOperand.Nil) return isNil(left, column);
        byte[] a = evaluation.bytesOf(left);
        byte[] b = a == null ? null : evaluation.bytesOf(right);
        if (a != null && b != null) return Arrays.equals(a, b);
        if (left instanceof GoOperand.Typed x && right instanceof GoOperand.Typed y) {
            return same(x.value(), y.value(), column, depth);
        }
        Optional<Value> held = left instanceof GoOperand.Typed x ? evaluation.held(x.value()) : Optional.empty();
        if (held.isPresent() && !held.get().equals(((GoOperand.Typed) left).value())) {
            return equal(new GoOperand.Typed(held.get()), right, column, depth + 1);
        }
        if (isFloating(left) || isFloating(right)) {
            return evaluation.real(left, column) == evaluation.real(right, column);
        }
        return evaluation.integer(left, column).equals(evaluation.integer(right, column));
    }

    /** A slice is nil when its array is, everything else when its first word is 0. */
    private boolean isNil(GoOperand operand, int column) {
        Value value = evaluation.valueOf(operand, column);
        if (value.type().byteSize() < 8) {
            throw Token.error(column, "\"" + value.type().name() + "\" is never nil");
        }
        byte[] raw = value.bytes(evaluation.memory());
        for (int i = 0; i < 8; i++) if (raw[i] != 0) return false;
        return true;
    }

    private boolean same(Value left, Value right, int column, int depth) {
        Value a = evaluation.held(left).orElse(left);
        Value b = evaluation.held(right).orElse(right);
        Type type = a.type().stripped();
        if (!a.type().name().equals(b.type().name())) {
            boolean interfaces = a != left || b != right;
            if (interfaces) return false;
            checkSame(new GoOperand.Typed(a), new GoOperand.Typed(b), column);
        }
        if (GoEvaluation.isString(a.type())) {
            return equal(new GoOperand.Typed(a), new GoOperand.Typed(b), column, depth + 1);
        }
        if (type instanceof CompositeType structure) {
            for (CompositeType.Member member : structure.members()) {
                GoOperand x = new GoOperand.Typed(a.part(member.type(), member.bitOffset(), member.bitSize()));
                GoOperand y = new GoOperand.Typed(b.part(member.type(), member.bitOffset(), member.bitSize()));
                if (!equal(x, y, column, depth + 1)) return false;
            }
            return true;
        }
        if (type instanceof ArrayType array) {
            if (array.count() > MAX_ELEMENTS) throw Token.error(column, "the arrays are too long to be compared");
            for (long i = 0; i < array.count(); i++) {
                long bits = i * array.element().byteSize() * 8;
                GoOperand x = new GoOperand.Typed(a.part(array.element(), bits, 0));
                GoOperand y = new GoOperand.Typed(b.part(array.element(), bits, 0));
                if (!equal(x, y, column, depth + 1)) return false;
            }
            return true;
        }
        if (Scalars.isFloating(type)) {
            return evaluation.real(new GoOperand.Typed(a), column) == evaluation.real(new GoOperand.Typed(b), column);
        }
        return Arrays.equals(a.bytes(evaluation.memory()), b.bytes(evaluation.memory()));
    }
}
