package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.BaseType;

/** A bitset: its bits as {@code to_string} writes them, the highest first; its children from the lowest on. */
@SuppressWarnings("ArrayRecordComponent") // one reading, never compared
record BitPresentation(byte[] bytes, long count) implements Presentation {
    private static final int SHOWN = 128;
    private static final BaseType BOOL = new BaseType("bool", 1, BaseType.Encoding.BOOLEAN);

    private byte bit(long index) {
        return (byte) (bytes[(int) (index >> 3)] >> (index & 7) & 1);
    }

    @Override
    public void summarize(Summary out) {
        StringBuilder bits = new StringBuilder();
        long last = Math.max(0, count - SHOWN);
        for (long i = count - 1; i >= last; i--) bits.append((char) ('0' + bit(i)));
        if (last > 0) bits.append("...");
        if (out.outermost()) out.text("size=" + count + " ");
        out.text(bits.toString());
    }

    @Override
    public Children children() {
        return Children.values(count, i -> Value.computed(BOOL, new byte[] {bit(i)}));
    }
}
