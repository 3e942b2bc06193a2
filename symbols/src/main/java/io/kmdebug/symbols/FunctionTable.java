package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The out-of-line functions of one unit by address; the numbers are the offsets of their entries. Functions within
 * functions, and those that C++ could keep in a class but no compiler does, are looked for only where no other covers an
 * address: that spares the look into every body.
 */
final class FunctionTable {
    private static final int MAX_DEPTH = 200;

    private final Unit unit;
    private final RangeMap outer;
    private volatile @Nullable RangeMap all;

    private FunctionTable(Unit unit, RangeMap outer) {
        this.unit = unit;
        this.outer = outer;
    }

    static FunctionTable of(Unit unit) {
        return new FunctionTable(unit, collect(unit, false));
    }

    /** Functions seldom share code: more ranges than there are bytes to say so are the same ones again and again. */
    private static long mostRanges(Unit unit) {
        DwarfSections sections = unit.sections();
        return unit.data().length()
                + sections.ranges().length()
                + sections.rnglists().length();
    }

    /** Offsets of the functions with code at {@code pc}, the innermost first. */
    List<Long> at(long pc) {
        List<Long> found = outer.at(pc);
        if (!found.isEmpty()) return found;
        RangeMap known = all;
        if (known == null) all = known = collect(unit, true);
        return known.at(pc);
    }

    /** Functions stand in the unit, in namespaces and modules, and (gcc's nested ones) in functions and their blocks. */
    private static RangeMap collect(Unit unit, boolean nested) {
        RangeMap.Builder out = new RangeMap.Builder();
        EntryScan entries = new EntryScan(unit);
        if (!entries.seek(unit.rootOffset()) || !entries.hasChildren()) return out.build();
        // Rust and some Ada producers keep the code of methods within the type
        boolean inTypes = unit.qualifiesNames() && (nested || !unit.isCpp());
        int depth = 1;
        while (depth > 0 && !entries.atEnd()) {
            if (!entries.next()) {
                depth--;
                continue;
            }
            boolean within = switch (entries.tag()) {
                case Tag.SUBPROGRAM -> entries.hasCode() && add(entries, out) && nested;
                case Tag.NAMESPACE, Tag.MODULE -> true;
                case Tag.LEXICAL_BLOCK -> nested;
                case Tag.STRUCTURE_TYPE, Tag.CLASS_TYPE -> inTypes;
                default -> false;
            };
            if (!entries.hasChildren()) continue;
            if (within && depth < MAX_DEPTH) depth++;
            else entries.skipChildren();
        }
        return out.build();
    }

    private static boolean add(EntryScan entries, RangeMap.Builder out) {
        Die die = entries.die();
        List<AddressRange> ranges = RangeLists.of(die);
        if (out.size() + ranges.size() > mostRanges(die.unit())) {
            throw new CorruptFileException(
                    die.unit().data().name(),
                    "ranges",
                    die.offset(),
                    "lists shared by functions",
                    "lists of their own");
        }
        for (AddressRange range : ranges) out.add(range, entries.offset());
        return !ranges.isEmpty();
    }
}
