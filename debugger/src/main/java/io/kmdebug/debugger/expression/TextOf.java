package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.Type;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The characters of an object that stands for text, such as a string of a language's library. */
final class TextOf implements Summary {
    private static final long MAX_CHARACTERS = 1 << 20;

    private @Nullable Value characters;
    private boolean other;

    private TextOf() {}

    /** An array of its characters; empty for what is no text, or not only text. */
    static Optional<Value> of(Presentation presentation) {
        TextOf line = new TextOf();
        presentation.summarize(line);
        return line.other ? Optional.empty() : Optional.ofNullable(line.characters);
    }

    private Summary take(Value array) {
        other |= characters != null;
        characters = array;
        return this;
    }

    private Summary refuse() {
        other = true;
        return this;
    }

    @Override
    public Summary text(String text) {
        return text.isEmpty() ? this : refuse();
    }

    @Override
    public Summary value(Value value) {
        return refuse();
    }

    @Override
    public Summary string(long address, long length, Type character) {
        if (length < 0 || length > MAX_CHARACTERS) return refuse();
        return take(Value.inMemory(new ArrayType(() -> character, length), address));
    }

    @Override
    public Summary string(Value array) {
        return take(array);
    }

    @Override
    public Summary elements(long count, LongFunction<Value> element) {
        return refuse();
    }

    @Override
    public Summary pairs(long count, LongFunction<Pair> pair) {
        return refuse();
    }

    @Override
    public boolean outermost() {
        return false;
    }

    @Override
    public boolean full() {
        return other;
    }
}
