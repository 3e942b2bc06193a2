package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.presentation.go.GoMap;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.GoType;
import io.kmdebug.symbols.Type;
import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Indexing, slicing and measuring of what holds elements in Go. */
final class GoElements {
    private static final long MAX_TEXT = 1 << 20;
    private static final long MAX_ENTRIES = 10_000_000;
    private static final long MAX_NANOS = 5_000_000_000L;

    private final GoEvaluation evaluation;

    GoElements(GoEvaluation evaluation) {
        this.evaluation = evaluation;
    }

    /** Something indexed: where its elements begin, and how many there are. */
    private record Run(Type element, long address, long length, long capacity) {}

    GoOperand index(GoOperand operand, GoOperand index, int column) {
        if (operand instanceof GoOperand.Text text) {
            int at = (int) within(evaluation.integer(index, column), text.bytes().length, column);
            return new GoOperand.Typed(Value.computed(GoEvaluation.byteType(), new byte[] {text.bytes()[at]}));
        }
        Value value = container(evaluation.valueOf(operand, column), column);
        GoType go = GoType.of(value.type());
        if (go != null && go.kind() == GoType.Kind.MAP) return new GoOperand.Typed(entry(value, index, column));
        long at;
        if (value.type().stripped() instanceof ArrayType array) {
            at = within(evaluation.integer(index, column), array.count(), column);
            return new GoOperand.Typed(
                    value.part(array.element(), at * array.element().byteSize() * 8, 0));
        }
        Run run = run(value, column);
        at = within(evaluation.integer(index, column), run.length(), column);
        return new GoOperand.Typed(
                Value.inMemory(run.element(), run.address() + at * run.element().byteSize()));
    }

    private static long within(BigInteger index, long length, int column) {
        if (index.signum() >= 0 && index.compareTo(BigInteger.valueOf(length)) < 0) return index.longValue();
        throw Token.error(column, "index " + index + " is out of range: there are " + length + " elements");
    }

    /** A pointer to an array stands for the array. */
    private Value container(Value value, int column) {
        GoType go = GoType.of(value.type());
        boolean pointer = go != null && go.kind() == GoType.Kind.POINTER;
        return pointer ? evaluation.pointed(value, column) : value;
    }

    private Run run(Value value, int column) {
        GoType go = GoType.of(value.type());
        Part part = new Part(value, evaluation.memory());
        if (go != null && go.kind() == GoType.Kind.STRING) {
            long length = part.at("len").number();
            return new Run(GoEvaluation.byteType(), part.at("str").address(), length, length);
        }
        Type element = go == null || go.kind() != GoType.Kind.SLICE ? null : go.element();
        if (element == null) throw Token.error(column, "\"" + value.type().name() + "\" cannot be indexed");
        return new Run(
                element,
                part.at("array").address(),
                part.at("len").number(),
                part.at("cap").number());
    }

    private Value entry(Value map, GoOperand key, int column) {
        GoMap table = GoMap.of(map, evaluation.memory());
        long count = table == null ? 0 : table.count();
        long deadline = System.nanoTime() + MAX_NANOS;
        for (long i = 0; table != null && i < Math.min(count, MAX_ENTRIES); i++) {
            Summary.Pair pair = table.at(i);
            if (evaluation.operators().equal(new GoOperand.Typed(pair.key()), key, column)) return pair.value();
            if (System.nanoTime() - deadline > 0) throw Token.error(column, "the map is too large to be searched");
        }
        if (count > MAX_ENTRIES) throw Token.error(column, "the map is too large to be searched");
        throw Token.error(column, "the map has no such key");
    }

    GoOperand slice(GoNode.Slice node) {
        int column = node.column();
        GoOperand operand = evaluation.operand(node.operand());
        if (operand instanceof GoOperand.Text text) {
            int length = text.bytes().length;
            int low = (int) bound(node.low(), 0, length, column);
            int high = (int) bound(node.high(), length, length, column);
            if (low > high) throw backwards(low, high, column);
            return new GoOperand.Text(Arrays.copyOfRange(text.bytes(), low, high));
        }
        Value value = container(evaluation.valueOf(operand, column), column);
        boolean array = value.type().stripped() instanceof ArrayType;
        Run run = array ? runOfArray(value, column) : run(value, column);
        long low = bound(node.low(), 0, run.capacity(), column);
        long high = bound(node.high(), run.length(), run.capacity(), column);
        if (low > high) throw backwards(low, high, column);
        long first = run.address() + low * run.element().byteSize();
        if (!array) return new GoOperand.Typed(header(value.type(), first, high - low, run.capacity() - low));
        Type type = evaluation.names().type("[]" + run.element().name()).orElse(null);
        if (type != null) return new GoOperand.Typed(header(type, first, high - low, run.capacity() - low));
        Type part = new ArrayType(run::element, high - low);
        return new GoOperand.Typed(Value.inMemory(part, first));
    }

    private static DebuggerException backwards(long low, long high, int column) {
        return Token.error(column, "the slice ends at " + high + ", before it starts at " + low);
    }

    private Run runOfArray(Value value, int column) {
        ArrayType array = (ArrayType) value.type().stripped();
        return new Run(array.element(), Conversions.addressOf(value, column), array.count(), array.count());
    }

    private long bound(@Nullable GoNode node, long otherwise, long most, int column) {
        if (node == null) return otherwise;
        BigInteger bound = evaluation.integer(evaluation.operand(node), column);
        if (bound.signum() >= 0 && bound.compareTo(BigInteger.valueOf(most)) <= 0) return bound.longValue();
        throw Token.error(column, "bound " + bound + " is out of range: it may be up to " + most);
    }

    /** A string has two words, a slice three. */
    private static Value header(Type type, long address, long length, long capacity) {
        byte[] raw = new byte[(int) type.byteSize()];
        long[] words = {address, length, capacity};
        for (int i = 0; i * 8 < raw.length; i++) {
            System.arraycopy(Scalars.bytes(BigInteger.valueOf(words[i]), 8), 0, raw, i * 8, 8);
        }
        return Value.computed(type, raw);
    }

    /** {@code len} and {@code cap}. */
    GoOperand measured(String what, GoOperand operand, int column) {
        if (operand instanceof GoOperand.Text text && what.equals("len")) return number(text.bytes().length);
        Value value = container(evaluation.valueOf(operand, column), column);
        if (value.type().stripped() instanceof ArrayType array) return number(array.count());
        GoType go = GoType.of(value.type());
        Part part = new Part(value, evaluation.memory());
        boolean length = what.equals("len");
        GoType.Kind kind = go == null ? GoType.Kind.INVALID : go.kind();
        return switch (kind) {
            case STRING -> {
                if (!length) throw Token.error(column, "a string has no cap");
                yield number(part.at("len").number());
            }
            case SLICE -> number(part.at(what).number());
            case CHAN -> {
                if (part.address() == 0) yield number(0);
                yield number(part.pointed().at(length ? "qcount" : "dataqsiz").number());
            }
            case MAP -> {
                if (!length) throw Token.error(column, "a map has no cap");
                GoMap table = GoMap.of(value, evaluation.memory());
                yield number(table == null ? 0 : table.count());
            }
            default -> throw Token.error(column, "\"" + value.type().name() + "\" has no " + what);
        };
    }

    private static GoOperand number(long number) {
        return new GoOperand.Typed(Value.computed(GoEvaluation.INT, Scalars.bytes(BigInteger.valueOf(number), 8)));
    }

    /** {@code string(x)} of a string, of bytes, or of a character. */
    GoOperand text(GoOperand source, int column) {
        byte[] already = evaluation.bytesOf(source);
        if (already != null) return source;
        Value value = evaluation.valueOf(source, column);
        GoType go = GoType.of(value.type());
        if (go != null && go.kind() == GoType.Kind.SLICE) {
            Run run = run(value, column);
            if (run.element().byteSize() == 1) return new GoOperand.Text(bytes(run.address(), run.length()));
        }
        int point = evaluation.integer(source, column).intValue();
        if (!Character.isValidCodePoint(point)) point = 0xfffd;
        return new GoOperand.Text(Character.toString(point).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    byte[] bytes(long address, long length) {
        if (length < 0 || length > MAX_TEXT) throw new DebuggerException("the string is too long to be looked at");
        byte[] raw = new byte[(int) length];
        if (evaluation.memory().read(address, raw, 0, raw.length) < raw.length) {
            throw new DebuggerException(String.format("cannot read memory at 0x%x", address));
        }
        return raw;
    }
}
