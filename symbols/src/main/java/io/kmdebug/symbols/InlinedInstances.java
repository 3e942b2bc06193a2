package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds where functions were inlined. DWARF 5 §3.3.8.2. Reads whole units, so only for a question about one name. */
final class InlinedInstances {
    private final DwarfSymbols symbols;
    private final DwarfImage image;

    InlinedInstances(DwarfSymbols symbols, DwarfImage image) {
        this.symbols = symbols;
        this.image = image;
    }

    List<FunctionScope> of(String name) {
        if (!anyInlined()) return List.of();
        Set<DieRef> abstracts = image.names().abstractFunctions(name).collect(Collectors.toSet());
        if (abstracts.isEmpty()) return List.of();
        Set<Unit> home = abstracts.stream().map(DieRef::unit).collect(Collectors.toSet());
        List<FunctionScope> found = new ArrayList<>();
        for (Unit each : image.units()) {
            Unit unit = each.contents();
            try {
                if (!unit.abbreviations().anyOf(Tag.INLINED_SUBROUTINE)) continue;
                if (home.contains(unit) || unit.abbreviations().inlinesFromOtherUnits()) {
                    search(unit, abstracts, found);
                }
            } catch (CorruptFileException e) {
                image.note(unit.describe(), e);
            }
        }
        return List.copyOf(found);
    }

    /** Without optimisation there are none, which the units' abbreviations tell without a look at their entries. */
    private boolean anyInlined() {
        for (Unit each : image.units()) {
            Unit unit = each.contents();
            try {
                if (unit.abbreviations().anyOf(Tag.INLINED_SUBROUTINE)) return true;
            } catch (CorruptFileException e) {
                image.note(unit.describe(), e);
            }
        }
        return false;
    }

    private void search(Unit unit, Set<DieRef> abstracts, List<FunctionScope> out) {
        Die die = unit.rootDie();
        for (long at = die.offset(); at < unit.end(); at = die.next()) {
            if (!die.seek(at) || die.tag() != Tag.INLINED_SUBROUTINE) continue;
            DieRef origin = die.target(Attribute.ABSTRACT_ORIGIN);
            if (origin == null || !abstracts.contains(origin)) continue;
            List<AddressRange> ranges = RangeLists.of(die);
            if (ranges.isEmpty()) continue;
            List<Long> holders = unit.functions().at(ranges.get(0).low());
            if (holders.isEmpty()) continue;
            out.add(new DwarfFunction(symbols, new DieRef(unit, at), new DieRef(unit, holders.get(0))));
        }
    }
}
