package io.kmdebug.debugger.presentation.rust;

import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import java.util.function.LongFunction;

/** Lists as {@code {:?}} writes them. */
final class RustText {
    private static final int MOST = 200;

    private RustText() {}

    /** {@code [1, 2, 3]}. */
    static void list(Summary out, String open, String close, long count, LongFunction<Value> element) {
        out.text(open);
        for (long i = 0; i < count; i++) {
            if (i > 0) out.text(", ");
            if (i >= MOST || out.full()) {
                out.text("...");
                break;
            }
            out.value(element.apply(i));
        }
        out.text(close);
    }

    /** {@code {"one": 1, "two": 2}}. */
    static void map(Summary out, long count, LongFunction<Summary.Pair> entry) {
        out.text("{");
        for (long i = 0; i < count; i++) {
            if (i > 0) out.text(", ");
            if (i >= MOST || out.full()) {
                out.text("...");
                break;
            }
            Summary.Pair pair = entry.apply(i);
            out.value(pair.key()).text(": ").value(pair.value());
        }
        out.text("}");
    }
}
