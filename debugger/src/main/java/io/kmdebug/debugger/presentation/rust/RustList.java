package io.kmdebug.debugger.presentation.rust;

import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.Type;
import java.util.function.LongFunction;

/**
 * {@code [1, 2, 3]}, or {@code {1, 2, 3}} for a set.
 *
 * @param hidesMembers whether the object has members of its own besides these elements
 */
record RustList(long count, LongFunction<Value> element, boolean set, boolean hidesMembers) implements Presentation {
    private static final long MAX_COUNT = 1L << 40;

    RustList {
        if (count < 0 || count > MAX_COUNT) throw new NotInitialised("it would hold " + Long.toUnsignedString(count));
    }

    /** Elements one after another in memory. */
    static RustList at(Type element, long address, long count) {
        long size = element.byteSize();
        return new RustList(count, i -> Value.inMemory(element, address + i * size), false, true);
    }

    @Override
    public void summarize(Summary out) {
        RustText.list(out, set ? "{" : "[", set ? "}" : "]", count, element);
    }

    @Override
    public Children children() {
        return Children.values(count, element);
    }
}
