package io.kmdebug.debugger.presentation.rust;

import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import java.util.function.LongFunction;

/** {@code {"one": 1}}. */
record RustMap(long count, LongFunction<Summary.Pair> entry) implements Presentation {
    @Override
    public void summarize(Summary out) {
        RustText.map(out, count, entry);
    }

    @Override
    public Children children() {
        return Children.pairs(count, entry);
    }
}
