package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.symbols.UnitContext.LocationSource;
import org.jspecify.annotations.Nullable;

/**
 * The number of elements of an array whose bound is computed when the program runs: gcc writes an expression, clang
 * refers to a variable that the user does not see. DWARF 5 §5.13, §2.19.
 */
final class RunTimeCount {
    /** More than the address space of a process has room for. */
    private static final long TOO_MANY = 1L << 47;

    private final DieRef subrange;
    private final int attribute;
    /** What is to be added to the attribute's value. */
    private final long correction;

    private RunTimeCount(DieRef subrange, int attribute, long correction) {
        this.subrange = subrange;
        this.attribute = attribute;
        this.correction = correction;
    }

    /** Null where the count is constant, or not said at all. */
    static @Nullable RunTimeCount of(Die subrange) {
        DieRef ref = new DieRef(subrange.unit(), subrange.offset());
        if (isComputed(subrange, Attribute.COUNT)) return new RunTimeCount(ref, Attribute.COUNT, 0);
        if (!isComputed(subrange, Attribute.UPPER_BOUND)) return null;
        return new RunTimeCount(ref, Attribute.UPPER_BOUND, 1 - subrange.constant(Attribute.LOWER_BOUND, 0));
    }

    private static boolean isComputed(Die subrange, int attribute) {
        int index = subrange.indexOf(attribute);
        return index >= 0 && !subrange.isConstant(index);
    }

    /** In {@code frame}; -1 where it cannot be told. */
    long in(FrameContext frame, @Nullable LocationSource frameBase) {
        try {
            long count = value(subrange.die(), frame, frameBase) + correction;
            return count >= 0 && count < TOO_MANY ? count : -1;
        } catch (ValueUnavailableException | UnreadableMemoryException | CorruptFileException e) {
            // Optimised away, or the frame is not set up yet: an array without a known bound, as the caller says.
            return -1;
        }
    }

    private long value(Die die, FrameContext frame, @Nullable LocationSource frameBase)
            throws ValueUnavailableException, UnreadableMemoryException {
        int index = die.indexOf(attribute);
        if (die.isBlock(index) || die.isSectionOffset(index)) {
            LocationSource source = Locations.source(die, attribute);
            if (source == null) throw new ValueUnavailableException(LocationEvaluator.OPTIMIZED_OUT);
            return LocationEvaluator.value(LocationEvaluator.evaluate(source, die.unit(), frame, frameBase), frame);
        }
        DieRef variable = die.target(attribute);
        if (variable == null) throw new ValueUnavailableException("the bound is in another file");
        return content(variable.die(), frame, frameBase);
    }

    /** What is in a variable of up to 8 bytes. */
    private static long content(Die variable, FrameContext frame, @Nullable LocationSource frameBase)
            throws ValueUnavailableException, UnreadableMemoryException {
        Location location = LocationEvaluator.evaluate(Locations.of(variable, frameBase), frame, Effort.none());
        Type type = variable.unit().image().types().of(variable).stripped();
        int bytes = (int) Math.min(8, Math.max(1, type.byteSize()));
        long raw = location instanceof Location.InMemory memory
                ? frame.memory().readUnsigned(memory.address(), bytes)
                : LocationEvaluator.value(location, frame);
        int unused = 64 - 8 * bytes;
        boolean signed = type instanceof BaseType base && base.encoding() == BaseType.Encoding.SIGNED;
        return signed ? raw << unused >> unused : raw << unused >>> unused;
    }
}
