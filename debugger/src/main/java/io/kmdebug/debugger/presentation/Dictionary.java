package io.kmdebug.debugger.presentation;

import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import java.util.function.LongFunction;

/** Values by key: {@code size=2 {["a"]=1, ["b"]=2}}. */
public record Dictionary(long count, LongFunction<Summary.Pair> pair) implements Presentation {
    public Dictionary {
        Sequence.checkCount(count);
    }

    @Override
    public void summarize(Summary out) {
        if (out.outermost()) out.text("size=" + count + " ");
        out.pairs(count, pair);
    }

    @Override
    public Children children() {
        return Children.pairs(count, pair);
    }
}
