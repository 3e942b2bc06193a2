package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import java.util.List;

/** {@code {1, "two", 3.0}}. */
record TuplePresentation(List<Value> elements) implements Presentation {
    @Override
    public void summarize(Summary out) {
        out.elements(elements.size(), i -> elements.get((int) i));
    }

    @Override
    public Children children() {
        return Children.values(elements.size(), i -> elements.get((int) i));
    }
}
