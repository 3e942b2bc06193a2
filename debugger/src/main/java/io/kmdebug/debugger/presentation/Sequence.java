package io.kmdebug.debugger.presentation;

import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.Type;
import java.util.function.LongFunction;

/** Elements one after another: {@code size=3 {1, 2, 3}}. */
public record Sequence(long count, LongFunction<Value> element) implements Presentation {
    /** No program holds more elements; a larger count is what happened to lie there. */
    private static final long MAX_COUNT = 1L << 40;

    public Sequence {
        checkCount(count);
    }

    /** @throws NotInitialised when nothing can have so many elements */
    public static long checkCount(long count) {
        if (count < 0 || count > MAX_COUNT) {
            throw new NotInitialised("it would have " + Long.toUnsignedString(count) + " elements");
        }
        return count;
    }

    /**
     * {@code count} elements from {@code address} on, which may be garbage.
     *
     * @throws NotInitialised when the first or the last of them is not in memory
     */
    public static Sequence at(MemoryReader memory, Type element, long address, long count) {
        long size = Math.max(1, element.byteSize());
        checkCount(count);
        if (count > 0) {
            checkReadable(memory, address);
            checkReadable(memory, address + count * size - 1);
        }
        return new Sequence(count, i -> Value.inMemory(element, address + i * size));
    }

    private static void checkReadable(MemoryReader memory, long address) {
        if (memory.read(address, new byte[1], 0, 1) < 1) {
            throw new NotInitialised(String.format("cannot read memory at 0x%x", address));
        }
    }

    /**
     * Elements from {@code start} to {@code end}, with room up to {@code limit}; any of these may be garbage.
     *
     * @throws NotInitialised when they are not in this order, or not whole elements apart
     */
    public static Sequence between(MemoryReader memory, Type element, long start, long end, long limit) {
        long size = Math.max(1, element.byteSize());
        if (Long.compareUnsigned(end, start) < 0) {
            throw new NotInitialised(String.format("its end 0x%x is before its start 0x%x", end, start));
        }
        if (Long.compareUnsigned(limit, end) < 0) {
            throw new NotInitialised(String.format("its end 0x%x is behind its room's end 0x%x", end, limit));
        }
        if ((end - start) % size != 0) {
            throw new NotInitialised(String.format("0x%x to 0x%x are no whole elements", start, end));
        }
        return at(memory, element, start, (end - start) / size);
    }

    @Override
    public void summarize(Summary out) {
        if (out.outermost()) out.text("size=" + count + " ");
        out.elements(count, element);
    }

    @Override
    public Children children() {
        return Children.values(count, element);
    }
}
