package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.symbols.UnitContext.DieLocation;
import io.kmdebug.symbols.UnitContext.LocationSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Evaluates location descriptions. DWARF 5 §2.5, §2.6. */
final class LocationEvaluator {
    static final String OPTIMIZED_OUT = "optimized out";

    private LocationEvaluator() {}

    /**
     * Where the object lives in {@code frame}. Location lists are looked up at {@link FrameContext#linkPc()}. Never an
     * exception: broken expressions and unreadable memory give {@link Location.Missing} with a reason.
     *
     * @param frameBase DW_AT_frame_base of the enclosing function, for DW_OP_fbreg; null for globals
     */
    static Location evaluate(
            LocationSource source, UnitContext unit, FrameContext frame, @Nullable LocationSource frameBase) {
        return evaluate(new DieLocation(unit, source, null, frameBase), frame, Effort.none());
    }

    /** As above, for a question that has cost {@code effort}. */
    static Location evaluate(DieLocation die, FrameContext frame, Effort effort) {
        LocationSource source = die.source();
        if (source == null) {
            Location constant = die.constant();
            return constant != null ? constant : new Location.Missing(OPTIMIZED_OUT);
        }
        try {
            Optional<Bytes> expression = expression(source, die.unit(), frame);
            if (expression.isEmpty()) return new Location.Missing(OPTIMIZED_OUT);
            return new StackMachine(frame, die.unit(), die.frameBase(), effort).locate(expression.get());
        } catch (ValueUnavailableException e) {
            return new Location.Missing(e.reason());
        } catch (CorruptFileException e) {
            return new Location.Missing("broken debug information: " + e.getMessage());
        }
    }

    static Optional<Bytes> expression(LocationSource source, UnitContext unit, FrameContext frame) {
        if (source instanceof LocationSource.Expression single) return Optional.of(single.bytes());
        return LocationLists.find(unit, ((LocationSource.ListAt) source).sectionOffset(), frame.linkPc());
    }

    /** A location taken as the value it denotes: an address for what is in memory, a register's content. */
    static long value(Location location, FrameContext frame) throws ValueUnavailableException {
        if (location instanceof Location.InMemory memory) return memory.address();
        if (location instanceof Location.Computed computed) return computed.value();
        if (location instanceof Location.InRegister in) return frame.registers().get(in.register());
        if (location instanceof Location.Implicit implicit) {
            long value = 0;
            for (int i = Math.min(implicit.bytes().length, 8) - 1; i >= 0; i--)
                value = value << 8 | implicit.bytes()[i] & 0xff;
            return value;
        }
        if (location instanceof Location.Missing missing) throw new ValueUnavailableException(missing.reason());
        throw new ValueUnavailableException(OPTIMIZED_OUT);
    }
}
