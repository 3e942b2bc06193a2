package io.kmdebug.debugger.value;

import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.FunctionType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * A value as one line of text. Bounded: structures to {@link #DEPTH} levels, {@link #ELEMENTS} elements of an array,
 * {@link #CHARACTERS} of a string, {@link #LENGTH} characters and {@link #NANOS} in all; what is left out shows as
 * {@code ...}.
 */
public final class ValueFormatter {
    static final int DEPTH = 4;
    static final int ELEMENTS = 200;
    static final int CHARACTERS = 200;
    static final int LENGTH = 1000;
    static final long NANOS = 1_000_000_000;

    private static final String UNTOUCHED = " <not allocated yet in this thread>";

    /**
     * What {@link #text} found.
     *
     * @param available whether {@code text} is a value and not the reason why there is none
     */
    public record Text(String text, boolean available) {}

    private final MemoryReader memory;
    private final Presentations presentations;

    public ValueFormatter(Presentations presentations) {
        this.memory = presentations.program().memory();
        this.presentations = presentations;
    }

    /**
     * Presents nothing: every value is shown as the language has it.
     *
     * @param symbols names a run-time address: {@code main+4}, {@code counter}; empty when no symbol covers it
     */
    public ValueFormatter(MemoryReader memory, LongFunction<Optional<String>> symbols) {
        this(Presentations.none(new ProgramView() {
            @Override
            public MemoryReader memory() {
                return memory;
            }

            @Override
            public Optional<String> symbol(long address) {
                return symbols.apply(address);
            }

            @Override
            public Optional<Type> type(String name) {
                return Optional.empty();
            }
        }));
    }

    MemoryReader memory() {
        return memory;
    }

    ProgramView program() {
        return presentations.program();
    }

    Optional<String> symbol(long address) {
        return presentations.program().symbol(address);
    }

    /** How a value is shown to those who did not write its type; empty where that is as the language has it. */
    Optional<Presentation> presentation(Value value, Style style) {
        return style.raw() ? Optional.empty() : presentations.of(value);
    }

    /** One line; where there is no value, the reason in angle brackets. */
    public String format(Value value, boolean hex) {
        return text(value, Style.of(hex)).text();
    }

    /** As {@link #format}, and whether that is a value. */
    public Text text(Value value, Style style) {
        Optional<String> reason = reasonWhyNot(value);
        if (reason.isPresent()) return new Text("<" + reason.get() + ">", false);
        String line = new FormatRun(this, style).line(value);
        return new Text(value.storage() instanceof Storage.Untouched ? line + UNTOUCHED : line, true);
    }

    /** A line that stands for no single value. */
    String text(Presentation presentation, Style style) {
        return new FormatRun(this, style).line(presentation);
    }

    /** Why nothing of the value can be had; empty when some of it can. */
    private Optional<String> reasonWhyNot(Value value) {
        if (value.storage() instanceof Storage.Missing m) return Optional.of(m.reason());
        Type type = value.type().stripped();
        if (type instanceof FunctionType || value.storage() instanceof Storage.PointerTo) return Optional.empty();
        if (type.byteSize() == 0) return Optional.empty();
        if (!Scalars.isAggregate(type)) return reasonOf(value);
        if (value.storage() instanceof Storage.Memory m) {
            long first = m.address() + (value.bitOffset() >> 3);
            if (memory.read(first, new byte[1], 0, 1) < 1) {
                return Optional.of(String.format("cannot read memory at 0x%x", first));
            }
        }
        return Optional.empty();
    }

    private Optional<String> reasonOf(Value value) {
        Type type = value.type().stripped();
        boolean reference = type instanceof PointerType p && p.kind() != PointerType.Kind.POINTER;
        Value.Contents contents = value.read(memory);
        if (contents instanceof Value.Unavailable u && !reference) return Optional.of(u.reason());
        return Optional.empty();
    }
}
