package io.kmdebug.debugger.presentation.rust;

import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A line of its own making with children.
 *
 * @param behind what {@code *} gives; null for nothing
 */
record RustLine(
        Consumer<Summary> line, Children children, @Nullable Value behind) implements Presentation {
    static RustLine of(Consumer<Summary> line) {
        return new RustLine(line, Children.NONE, null);
    }

    @Override
    public void summarize(Summary out) {
        line.accept(out);
    }

    @Override
    public Optional<Value> target() {
        return Optional.ofNullable(behind);
    }
}
