package io.kmdebug.debugger.presentation.rust;

import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import java.util.Optional;

/**
 * What is seen through as if it were not there: references, boxes, {@code Rc}.
 *
 * @param inner what is seen
 */
record RustWrapper(Value inner) implements Presentation {
    @Override
    public void summarize(Summary out) {
        out.value(inner);
    }

    @Override
    public Optional<Value> standsFor() {
        return Optional.of(inner);
    }

    @Override
    public Optional<Value> target() {
        return Optional.of(inner);
    }
}
