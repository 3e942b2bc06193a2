package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.Type;

/** A short string that is held in registers, or known to the debug information alone. */
record LocalText(Value array, long length) implements Presentation {
    private Type character() {
        return ((ArrayType) array.type().stripped()).element();
    }

    @Override
    public void summarize(Summary out) {
        Type character = character();
        out.string(array.as(new ArrayType(() -> character, length)));
    }

    @Override
    public Children children() {
        Type character = character();
        return Children.values(length, i -> array.part(character, i * character.byteSize() * 8, 0));
    }
}
