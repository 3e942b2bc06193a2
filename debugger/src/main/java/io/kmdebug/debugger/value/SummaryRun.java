package io.kmdebug.debugger.value;

import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.Type;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/** The part of a line that one presentation writes. */
final class SummaryRun implements Summary {
    private final FormatRun run;
    private final int depth;

    SummaryRun(FormatRun run, int depth) {
        this.run = run;
        this.depth = depth;
    }

    @Override
    public Summary text(String text) {
        run.out().append(text);
        return this;
    }

    @Override
    public Summary value(Value value) {
        if (depth >= ValueFormatter.DEPTH * 2) return text("{...}");
        run.append(value, depth + 1);
        return this;
    }

    @Override
    public Summary string(long address, long length, Type character) {
        run.texts().appendCounted(address, character, length);
        return this;
    }

    @Override
    public Summary string(Value array) {
        run.texts().append(array, element(array), length(array));
        return this;
    }

    private static Type element(Value array) {
        return ((ArrayType) array.type().stripped()).element();
    }

    private static long length(Value array) {
        return ((ArrayType) array.type().stripped()).count();
    }

    @Override
    public Summary elements(long count, LongFunction<Value> element) {
        return list(count, i -> run.append(element.apply(i), depth + 1));
    }

    @Override
    public Summary pairs(long count, LongFunction<Pair> pair) {
        return list(count, i -> {
            Pair both = pair.apply(i);
            run.out().append('[');
            run.append(both.key(), depth + 1);
            run.out().append("]=");
            run.append(both.value(), depth + 1);
        });
    }

    private Summary list(long count, LongConsumer item) {
        if (count > 0 && depth >= ValueFormatter.DEPTH) return text("{...}");
        run.out().append('{');
        for (long i = 0; i < count; i++) {
            if (i > 0) run.out().append(", ");
            if (i >= ValueFormatter.ELEMENTS || full()) {
                run.out().append("...");
                break;
            }
            try {
                item.accept(i);
            } catch (NotInitialised e) {
                // what came before is true all the same
                if (i == 0) throw e;
                run.out().append('<').append(e.getMessage()).append('>');
                break;
            }
        }
        run.out().append('}');
        return this;
    }

    @Override
    public boolean outermost() {
        return depth == 0;
    }

    @Override
    public boolean full() {
        return run.exhausted();
    }
}
