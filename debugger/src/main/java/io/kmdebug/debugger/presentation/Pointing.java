package io.kmdebug.debugger.presentation;

import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.debugger.value.VariableTree;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What behaves as a pointer: {@code @0x55e0: {x=1, y=2}}, {@code nullptr}.
 *
 * @param pointed null where the type of what it points to has no values
 * @param notes behind the value: {@code  (use=2)}; may be empty
 */
public record Pointing(
        long address, String nothing, @Nullable Value pointed, String notes) implements Presentation {
    @Override
    public void summarize(Summary out) {
        if (address == 0) {
            out.text(nothing).text(notes);
            return;
        }
        out.text("@0x" + Long.toHexString(address));
        if (pointed != null) out.text(": ").value(pointed);
        out.text(notes);
    }

    @Override
    public Children children() {
        Value value = pointed;
        if (address == 0 || value == null) return Children.NONE;
        return Children.named(new VariableTree.Variable("*", () -> value, null));
    }

    @Override
    public Optional<Value> target() {
        return address == 0 ? Optional.empty() : Optional.ofNullable(pointed);
    }
}
