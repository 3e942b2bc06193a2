package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.AddressRange;
import io.kmdebug.symbols.FunctionScope;
import io.kmdebug.symbols.LineRow;
import io.kmdebug.symbols.Unwinder;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Where a thread stands, in the terms of stepping. Addresses are run-time but for those in rows and scopes. What it
 * says of callers has to be asked before the payload goes on.
 */
final class Position {
    private static final int CALLERS = 4;

    private final Payload payload;
    private final Registers registers;
    private final OptionalLong cfa;
    private final @Nullable LoadedImage image;
    private final @Nullable LineRow row;
    private final List<FunctionScope> scopes;
    private @Nullable List<Unwinder.Frame> frames;

    private Position(Payload payload, Registers registers, @Nullable LoadedImage image) {
        this.payload = payload;
        this.registers = registers;
        this.cfa = payload.frameAddress(registers);
        this.image = image;
        long linked = image == null ? 0 : registers.pc() - image.bias();
        this.row = image == null ? null : image.symbols().lineAt(linked).orElse(null);
        this.scopes = image == null ? List.of() : image.symbols().scopesAt(linked);
    }

    static Position of(Payload payload, long tid) {
        Registers registers = payload.target().generalRegisters(tid);
        return new Position(
                payload, registers, payload.images().at(registers.pc()).orElse(null));
    }

    /** Of the image that holds the pc, or null. */
    @Nullable
    LoadedImage image() {
        return image;
    }

    /** Of the line table at the pc, or null where there is no line. */
    @Nullable
    LineRow row() {
        return row;
    }

    /** Functions at the pc, innermost inlined one first. */
    List<FunctionScope> scopes() {
        return scopes;
    }

    /** The running activation and a few of its callers. */
    List<Unwinder.Frame> frames() {
        List<Unwinder.Frame> known = frames;
        if (known == null) frames = known = payload.walk(registers, 1 + CALLERS);
        return known;
    }

    long pc() {
        return registers.pc();
    }

    long bias() {
        return image == null ? 0 : image.bias();
    }

    OptionalLong cfa() {
        return cfa;
    }

    Unwinder.@Nullable Frame caller() {
        return frames().size() > 1 ? frames().get(1) : null;
    }

    boolean hasLine() {
        return row != null && row.line() > 0;
    }

    /** Whether the pc is the first instruction of a row where a stop makes sense. */
    boolean atStatement() {
        return row != null && row.statement() && row.line() > 0 && row.address() == pc() - bias();
    }

    boolean sameLine(LineRow other) {
        return row != null
                && row.line() == other.line()
                && row.file().path().equals(other.file().path());
    }

    /** For a thread that has just returned here: the row of the call, or null. */
    @Nullable
    LineRow rowOfCall() {
        return image == null ? null : image.symbols().lineAt(pc() - bias() - 1).orElse(null);
    }

    /** The out-of-line function, or null. */
    @Nullable
    FunctionScope function() {
        return scopes.isEmpty() ? null : scopes.get(scopes.size() - 1);
    }

    /** Run-time address that tells one function from another: its entry, by debug information or symbol table. */
    long functionEntry() {
        FunctionScope function = function();
        if (function != null) return function.entryPc() + bias();
        if (image == null) return 0;
        return image.symbols()
                .symbolAt(pc() - bias())
                .map(s -> s.value() + bias())
                .orElse(0L);
    }

    /** How many inlined functions are open at the pc. */
    int inlineDepth() {
        return Math.max(0, scopes.size() - 1);
    }

    /** Whether this is inside of everything that {@code other} is inside of, and in more. */
    boolean isInlinedDeeperThan(List<FunctionScope> other) {
        return scopes.size() > other.size() && sharesOutermost(other, other.size());
    }

    /** Whether the {@code count} outermost functions are the same. */
    boolean sharesOutermost(List<FunctionScope> other, int count) {
        if (scopes.size() < count || other.size() < count) return false;
        for (int i = 1; i <= count; i++) {
            if (!same(scopes.get(scopes.size() - i), other.get(other.size() - i))) return false;
        }
        return true;
    }

    private static boolean same(FunctionScope a, FunctionScope b) {
        return a.entryPc() == b.entryPc()
                && a.inlined() == b.inlined()
                && a.name().equals(b.name())
                && a.ranges().equals(b.ranges());
    }

    /** The run-time range of {@code scope} that holds the pc. */
    AddressRange rangeOf(FunctionScope scope) {
        long linked = pc() - bias();
        for (AddressRange range : scope.ranges()) {
            if (range.contains(linked)) return new AddressRange(range.low() + bias(), range.high() + bias());
        }
        return new AddressRange(pc(), pc() + 1);
    }

    /** The run-time range around the pc whose rows are all of the pc's line. */
    AddressRange rangeOfLine() {
        LineRow here = row;
        if (here == null || image == null) return new AddressRange(pc(), pc() + 1);
        long low = here.address();
        long high = here.end();
        FunctionScope function = function();
        if (function != null && here.line() > 0) {
            for (AddressRange range : function.ranges()) {
                if (!range.contains(pc() - bias())) continue;
                boolean reached = false;
                for (LineRow next : image.symbols().rowsIn(new AddressRange(here.end(), range.high()))) {
                    if (next.address() != high || !sameLine(next)) break;
                    high = next.end();
                    reached = true;
                }
                if (reached && Long.compareUnsigned(high, range.high()) > 0) high = range.high();
            }
        }
        return new AddressRange(low + bias(), high + bias());
    }
}
