package io.kmdebug.debugger.value;

import io.kmdebug.symbols.Type;
import java.util.function.LongFunction;

/** The line that a {@link Presentation} writes. Values in it are shown by their own presentations. */
public interface Summary {
    Summary text(String text);

    /** A value as it is shown elsewhere. */
    Summary value(Value value);

    /** Characters in memory as a literal; a long one is cut. */
    Summary string(long address, long length, Type character);

    /** The characters of an array that is not in memory, or not known to be. */
    Summary string(Value array);

    /** {@code {a, b, c}}, cut where there are too many. */
    Summary elements(long count, LongFunction<Value> element);

    /** {@code {[1]="one", [2]="two"}}, cut where there are too many. */
    Summary pairs(long count, LongFunction<Pair> pair);

    /** Whether the value is shown for itself, and not within another one. */
    boolean outermost();

    /** Whether enough is written: more would not be shown. */
    boolean full();

    /** A key with what belongs to it. */
    record Pair(Value key, Value value) {}
}
