package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.debugger.value.VariableTree;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.Type;
import java.util.Optional;

/** Objects of libraries that behave as pointers or arrays: {@code *unique}, {@code vector[2]}, {@code map["key"]}. */
final class Pointing {
    /** Keys are compared one by one. */
    private static final int MAX_KEYS = 100_000;

    private static final long NANOS = 2_000_000_000L;

    private final EvaluationScope scope;
    private final MemoryReader memory;

    Pointing(EvaluationScope scope) {
        this.scope = scope;
        this.memory = scope.memory();
    }

    /** What {@code *} gives for an object that is no pointer; empty where it does not behave as one. */
    Optional<Value> target(Value object) {
        if (!(object.type().stripped() instanceof CompositeType)) return Optional.empty();
        return scope.presentation(object).flatMap(Presentation::target);
    }

    /** What stands under {@code index} in an object that is no array; empty where it has no elements. */
    Optional<Value> element(Value object, Value index, int column) {
        if (!(object.type().stripped() instanceof CompositeType)) return Optional.empty();
        Presentation presentation = scope.presentation(object).orElse(null);
        if (presentation == null) return Optional.empty();
        Children children = presentation.children();
        int count = children.indexed();
        Value behind = count == 0 ? presentation.target().orElse(null) : null;
        if (behind != null && behind.type().stripped() instanceof CompositeType) return element(behind, index, column);
        if (count > 0 && children.at(0) instanceof VariableTree.Keyed)
            return Optional.of(keyed(children, index, column));
        if (!Scalars.isInteger(index.type())) return Optional.empty();
        if (count == 0 && presentation.target().isPresent()) return Optional.empty();
        long at = Conversions.integer(index, memory).longValue();
        if (at < 0 || at >= count) {
            throw Token.error(column, "index " + at + " is outside: there are " + count + " elements");
        }
        return Optional.of(value(children.at((int) at), column));
    }

    /** How many elements an object has that is no array; empty where it has none. */
    Optional<Long> count(Value object) {
        if (!(object.type().stripped() instanceof CompositeType)) return Optional.empty();
        return scope.presentation(object).map(p -> (long) p.children().indexed());
    }

    private static Value value(VariableTree.Entry entry, int column) {
        if (entry instanceof VariableTree.Variable v) return v.value().get();
        if (entry instanceof VariableTree.Keyed k) return k.pair().get().value();
        if (entry instanceof VariableTree.Raw r) return r.value();
        throw Token.error(column, entry.name() + " stands for no single value");
    }

    private Value keyed(Children children, Value index, int column) {
        long deadline = System.nanoTime() + NANOS;
        for (int i = 0; i < Math.min(children.indexed(), MAX_KEYS); i++) {
            if (!(children.at(i) instanceof VariableTree.Keyed keyed)) continue;
            Summary.Pair pair = keyed.pair().get();
            if (isSame(pair.key(), index)) return pair.value();
            if (System.nanoTime() - deadline > 0) throw Token.error(column, "too many keys to look at");
        }
        throw Token.error(column, "there is no such key among " + children.indexed());
    }

    private boolean isSame(Value key, Value wanted) {
        Type type = key.type();
        if (Scalars.isInteger(type) || Scalars.isPointer(type)) {
            boolean number = Scalars.isInteger(wanted.type()) || Scalars.isPointer(wanted.type());
            if (number) return Conversions.integer(key, memory).equals(Conversions.integer(wanted, memory));
        }
        if (Scalars.isFloating(type) && (Scalars.isFloating(wanted.type()) || Scalars.isInteger(wanted.type()))) {
            return Conversions.real(key, memory).compare(Conversions.real(wanted, memory)) == 0;
        }
        return TextComparison.of("==", key, wanted, scope)
                .map(same -> Conversions.truth(same, memory))
                .orElse(false);
    }
}
