package io.kmdebug.debugger.presentation;

import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.debugger.value.VariableTree;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One value in another: an optional, an atomic, a variant's alternative.
 *
 * @param before the value: {@code index=1 }; may be empty
 * @param value null for none: then {@code before} is all
 * @param name of the child
 * @param dereferences whether {@code *} gives the value
 */
public record Wrapping(String before, @Nullable Value value, String name, boolean dereferences)
        implements Presentation {
    @Override
    public void summarize(Summary out) {
        out.text(before);
        if (value != null) out.value(value);
    }

    @Override
    public Children children() {
        Value inner = value;
        if (inner == null) return Children.NONE;
        return Children.named(new VariableTree.Variable(name, () -> inner, null));
    }

    @Override
    public Optional<Value> target() {
        return dereferences ? Optional.ofNullable(value) : Optional.empty();
    }
}
