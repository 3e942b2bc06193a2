package io.kmdebug.debugger.presentation;

import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.Type;

/** Counted characters in memory: {@code "text"}; its children are the characters. */
public record Text(Type character, long address, long length) implements Presentation {
    /**
     * Characters at a place which may be garbage.
     *
     * @throws io.kmdebug.debugger.value.NotInitialised when the first or the last is not in memory
     */
    public static Text at(MemoryReader memory, Type character, long address, long length) {
        Sequence.at(memory, character, address, length);
        return new Text(character, address, length);
    }

    @Override
    public void summarize(Summary out) {
        out.string(address, length, character);
    }

    @Override
    public Children children() {
        long width = Math.max(1, character.byteSize());
        return Children.values(length, i -> Value.inMemory(character, address + i * width));
    }
}
