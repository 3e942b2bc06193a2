package io.kmdebug.debugger.value;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is below a line of the tree, made one by one when it is asked for: elements first, then what has a name. */
public interface Children {
    Children NONE = listed(List::of);

    int count();

    /** How many of them are elements; these come first. */
    int indexed();

    VariableTree.Entry at(int index);

    Optional<VariableTree.Entry> named(String name);

    /** A list that is made once, when it is first needed. */
    static Children listed(Supplier<List<VariableTree.Entry>> supplier) {
        return new Listed(supplier);
    }

    /** Elements named {@code [0]}, {@code [1]}, … */
    static Children elements(long count, IntFunction<VariableTree.Entry> element) {
        return new Elements((int) Math.min(count, Integer.MAX_VALUE), element);
    }

    /** Elements that no expression is known for. */
    static Children values(long count, LongFunction<Value> element) {
        return elements(count, i -> new VariableTree.Variable("[" + i + "]", () -> element.apply(i), null));
    }

    /** Values under their keys: {@code [key]}. */
    static Children pairs(long count, LongFunction<Summary.Pair> pair) {
        return elements(count, i -> new VariableTree.Keyed("[" + i + "]", () -> pair.apply(i)));
    }

    /** Values with names. */
    static Children named(VariableTree.Entry... entries) {
        List<VariableTree.Entry> list = List.of(entries);
        return listed(() -> list);
    }

    /** These, and behind them one more. */
    default Children and(VariableTree.Entry last) {
        return new Extended(this, last);
    }

    /** See {@link #listed}. */
    final class Listed implements Children {
        private final Supplier<List<VariableTree.Entry>> supplier;
        private @Nullable List<VariableTree.Entry> known;

        private Listed(Supplier<List<VariableTree.Entry>> supplier) {
            this.supplier = supplier;
        }

        private List<VariableTree.Entry> list() {
            List<VariableTree.Entry> list = known;
            if (list == null) known = list = supplier.get();
            return list;
        }

        @Override
        public int count() {
            return list().size();
        }

        @Override
        public int indexed() {
            return 0;
        }

        @Override
        public VariableTree.Entry at(int index) {
            return list().get(index);
        }

        @Override
        public Optional<VariableTree.Entry> named(String name) {
            return list().stream().filter(e -> e.name().equals(name)).findFirst();
        }
    }

    /** See {@link #elements}. */
    record Elements(int count, IntFunction<VariableTree.Entry> element) implements Children {
        @Override
        public int indexed() {
            return count;
        }

        @Override
        public VariableTree.Entry at(int index) {
            return element.apply(index);
        }

        @Override
        public Optional<VariableTree.Entry> named(String name) {
            if (!name.matches("\\[[0-9]{1,9}]")) return Optional.empty();
            int index = Integer.parseInt(name.substring(1, name.length() - 1));
            return index < count ? Optional.of(at(index)) : Optional.empty();
        }
    }

    /** See {@link #and}. */
    record Extended(Children first, VariableTree.Entry last) implements Children {
        @Override
        public int count() {
            return (int) Math.min(first.count() + 1L, Integer.MAX_VALUE);
        }

        @Override
        public int indexed() {
            return first.indexed();
        }

        @Override
        public VariableTree.Entry at(int index) {
            return index < first.count() ? first.at(index) : last;
        }

        @Override
        public Optional<VariableTree.Entry> named(String name) {
            return name.equals(last.name()) ? Optional.of(last) : first.named(name);
        }
    }
}
