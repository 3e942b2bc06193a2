package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.Type;
import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalLong;

/** Rust's {@code a[1..3]} of arrays, slices, vectors and text. */
final class Ranges {
    private final Evaluation evaluation;
    private final Pointing pointing;
    private final EvaluationScope scope;

    Ranges(Evaluation evaluation, Pointing pointing, EvaluationScope scope) {
        this.evaluation = evaluation;
        this.pointing = pointing;
        this.scope = scope;
    }

    Value range(Node.Range node) {
        int column = node.column();
        Value array = evaluation.seen(evaluation.value(node.array()), column);
        array = scope.presentation(array).flatMap(TextOf::of).orElse(array);
        long count = count(array, column);
        long from = number(node.first(), column);
        long to = node.last() == null ? count : number(node.last(), column) + (node.inclusive() ? 1 : 0);
        if (from < 0 || from > to || to > count) {
            throw Token.error(column, from + ".." + to + " is outside: there are " + count + " elements");
        }
        if (array.type().stripped() instanceof ArrayType a) {
            Type element = a.element();
            return array.part(several(element, to - from), from * element.byteSize() * 8, 0);
        }
        if (from == to) return Value.computed(several(RustTypes.U8, 0), new byte[0]);
        Value first = element(array, from, column);
        OptionalLong start = first.address();
        OptionalLong end = element(array, to - 1, column).address();
        long distance = (to - 1 - from) * first.type().byteSize();
        boolean together = start.isPresent() && end.isPresent() && end.getAsLong() - start.getAsLong() == distance;
        if (!together) throw Token.error(column, "these elements do not lie one after another");
        return first.as(several(first.type(), to - from));
    }

    /** {@code len()}, {@code is_some()} and their like. */
    Value answer(Node.Question node) {
        int column = node.column();
        Value object = evaluation.seen(evaluation.value(node.object()), column);
        boolean counts = node.name().equals("len") || node.name().equals("is_empty");
        if (!counts) {
            String form = node.name().substring("is_".length());
            Optional<String> present = object.type().stripped() instanceof CompositeType type
                    ? Forms.name(object, type, scope.memory())
                    : Optional.empty();
            String found = present.orElseThrow(
                    () -> Token.error(column, "\"" + object.type().name() + "\" has no forms"));
            return CTypes.truth(found.equalsIgnoreCase(form), scope.language());
        }
        Value array = scope.presentation(object).flatMap(TextOf::of).orElse(object);
        long count = count(array, column);
        if (node.name().equals("is_empty")) return CTypes.truth(count == 0, scope.language());
        return Value.computed(RustTypes.USIZE, Scalars.bytes(BigInteger.valueOf(count), 8));
    }

    private static Type several(Type element, long count) {
        return Scalars.isCharacter(element) ? new ArrayType(() -> element, count) : ArrayType.ofRust(element, count);
    }

    private long number(Node node, int column) {
        Value value = evaluation.value(node);
        return evaluation.integer(evaluation.scalar(value, column), column).longValue();
    }

    private long count(Value array, int column) {
        if (array.type().stripped() instanceof ArrayType a) return a.count();
        return pointing.count(array)
                .orElseThrow(() -> Token.error(column, "\"" + array.type().name() + "\" cannot be indexed"));
    }

    private Value element(Value array, long index, int column) {
        Value number = Value.computed(CTypes.LONG, Scalars.bytes(BigInteger.valueOf(index), 8));
        return pointing.element(array, number, column)
                .orElseThrow(() -> Token.error(column, "it has no element " + index));
    }
}
