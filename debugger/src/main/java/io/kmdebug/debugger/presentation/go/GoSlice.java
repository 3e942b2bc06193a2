package io.kmdebug.debugger.presentation.go;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.GoType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;

/** A slice: {@code len=2 cap=4 {10, 20}}. */
record GoSlice(Type element, long address, long length, long capacity) implements Presentation {
    private static final long MAX_LENGTH = 1L << 40;

    static GoSlice of(GoType type, Part slice) {
        Part array = slice.at("array");
        Type element = type.element();
        if (element == null) element = ((PointerType) array.type()).target();
        long length = slice.at("len").number();
        long capacity = slice.at("cap").number();
        if (length < 0 || capacity < length || length > MAX_LENGTH) {
            throw new NotInitialised("it would have " + length + " of " + capacity + " elements");
        }
        return new GoSlice(element, array.address(), length, capacity);
    }

    @Override
    public void summarize(Summary out) {
        if (address == 0 && capacity == 0) {
            out.text("nil");
            return;
        }
        if (out.outermost()) out.text("len=" + length + " cap=" + capacity + " ");
        out.elements(length, this::at);
    }

    private Value at(long index) {
        return Value.inMemory(element, address + index * element.byteSize());
    }

    @Override
    public Children children() {
        return Children.values(length, this::at);
    }
}
