package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.Type;

/** Elements of arrays and behind pointers, one or several: {@code a[i]}, {@code a[2..5]}, {@code *p@n}. */
final class Elements {
    private static final long MAX_BYTES = 1L << 62;

    private final Evaluation evaluation;

    Elements(Evaluation evaluation) {
        this.evaluation = evaluation;
    }

    /** {@code array[index]}; either of them may be the integer. C17 §6.5.2.1. */
    Value at(Value array, Value index, int column) {
        boolean reversed = Scalars.isInteger(array.type()) && !Scalars.isInteger(index.type());
        Value base = reversed ? index : array;
        Value number = evaluation.readable(evaluation.scalar(reversed ? array : index, column));
        if (!Scalars.isInteger(number.type())) {
            throw Token.error(
                    column, "an index is an integer, not \"" + number.type().name() + "\"");
        }
        long at = evaluation.integer(number, column).longValue();
        if (base.type().stripped() instanceof ArrayType a) {
            boolean outside = at < 0 || (a.count() >= 0 && at >= a.count());
            if (outside && base.address().isEmpty()) throw Token.error(column, "index " + at + " is outside the array");
            return evaluation.dereferenced(
                    base.part(a.element(), at * a.element().byteSize() * 8, 0));
        }
        if (!Scalars.isPointer(base.type())) {
            throw Token.error(column, "\"" + base.type().name() + "\" cannot be indexed");
        }
        Value first = evaluation.pointed(base, column);
        return evaluation.dereferenced(
                first.part(first.type(), at * first.type().byteSize() * 8, 0));
    }

    Value slice(Node.Slice node) {
        int column = node.column();
        Value array = evaluation.value(node.array());
        Value low = evaluation.value(node.first());
        long from = evaluation.integer(evaluation.scalar(low, column), column).longValue();
        long to = evaluation
                .integer(evaluation.scalar(evaluation.value(node.last()), column), column)
                .longValue();
        if (to < from) throw Token.error(column, "the slice ends at " + to + ", before it starts");
        return several(at(array, low, column), to - from + 1, column);
    }

    Value repeat(Node.Repeat node) {
        int column = node.column();
        Value first = evaluation.value(node.first());
        long count = evaluation
                .integer(evaluation.scalar(evaluation.value(node.count()), column), column)
                .longValue();
        if (count <= 0) throw Token.error(column, "there cannot be " + count + " elements");
        if (!evaluation.isTypeOnly() && first.address().isEmpty())
            throw Token.error(column, Places.whyNoAddress(first));
        return several(first, count, column);
    }

    private static Value several(Value first, long count, int column) {
        Type element = first.type();
        boolean sized = first.bitSize() == 0 && element.byteSize() > 0;
        if (!sized) throw Token.error(column, "it cannot be the element of an array");
        if (count > MAX_BYTES / element.byteSize() || count < 0) throw Token.error(column, "the array is too large");
        return first.as(new ArrayType(() -> element, count));
    }
}
