package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions by name from the indexes that compilers, linkers and gdb-add-index leave in a program. Every entry is
 * looked at before it is believed, units that an index does not have are read, and where nothing is found, or an index
 * turns out to be broken or of another program, the caller is to read all units. Not thread-safe.
 */
final class PreparedNames {
    /** More units to read than this part of all, and an index spares nothing. */
    private static final int WORTHWHILE_PART = 4;

    private final DwarfImage image;
    private final List<Unit> units;
    private final @Nullable DebugNames debugNames;
    private final @Nullable GdbIndex gdbIndex;
    /** Units that the index leaves out. */
    private final BitSet others = new BitSet();

    private final Map<Integer, NameScan> scanned = new HashMap<>();
    private final Map<Unit, Integer> numbers = new IdentityHashMap<>();
    private boolean broken;

    private PreparedNames(
            DwarfImage image, List<Unit> units, @Nullable DebugNames debugNames, @Nullable GdbIndex gdbIndex) {
        this.image = image;
        this.units = units;
        this.debugNames = debugNames;
        this.gdbIndex = gdbIndex;
        others.set(0, units.size());
        for (int i = 0; i < units.size(); i++) numbers.put(units.get(i), i);
        if (debugNames != null) others.andNot(debugNames.covered());
        else if (gdbIndex != null) others.andNot(gdbIndex.units());
    }

    /** Null when the program brings no index that is of use. */
    static @Nullable PreparedNames of(DwarfImage image, List<Unit> units) {
        for (Unit unit : units) if (unit.image() != image) return null;
        DebugNames debugNames = DebugNames.of(image, units);
        GdbIndex gdbIndex = debugNames == null ? GdbIndex.of(image, units) : null;
        if (debugNames == null && gdbIndex == null) return null;
        PreparedNames names = new PreparedNames(image, units, debugNames, gdbIndex);
        return names.others.cardinality() * WORTHWHILE_PART > units.size() ? null : names;
    }

    /** Entries that may be what is asked for, in the order of units; null when all units are to be read. */
    @Nullable
    List<DieRef> find(NameKind kind, String last) {
        if (broken || !DebugNames.canFind(last)) return null;
        try {
            Set<DieRef> found = new LinkedHashSet<>();
            if (debugNames != null) find(debugNames, kind, last, found);
            else if (gdbIndex != null) find(gdbIndex, kind, last, found);
            if (found.isEmpty()) return null;
            addFromUnits(others, kind, last, found);
            List<DieRef> sorted = new ArrayList<>(found);
            sorted.sort(Comparator.comparingInt((DieRef ref) -> numbers.getOrDefault(ref.unit(), -1))
                    .thenComparingLong(DieRef::offset));
            return sorted;
        } catch (CorruptFileException e) {
            image.note("index of names", e);
            broken = true;
            return null;
        }
    }

    /** An index with an entry that does not fit is of another build. */
    private void find(DebugNames index, NameKind kind, String last, Set<DieRef> out) {
        if (kind == NameKind.ENUMERATOR) return; // DWARF 5 §6.1.1.1 leaves them out
        for (DebugNames.Found found : index.find(last, units)) {
            DieRef ref = found.ref();
            Die die = ref.die();
            if (die.tag() != found.tag()) {
                throw new CorruptFileException(
                        ref.unit().data().name(),
                        "index of names",
                        ref.offset(),
                        "tag 0x" + Integer.toHexString(die.tag()),
                        "tag 0x" + Integer.toHexString(found.tag()));
            }
            if (kind == NameKind.ABSTRACT_FUNCTION && die.tag() == Tag.INLINED_SUBROUTINE) {
                DieRef origin = die.target(Attribute.ABSTRACT_ORIGIN);
                if (origin != null && isOutside(origin.die())) out.add(origin);
            } else if (kind == kindOf(die) && isOutside(die)) {
                out.add(ref);
            }
        }
    }

    private static @Nullable NameKind kindOf(Die die) {
        return switch (die.tag()) {
            case Tag.SUBPROGRAM ->
                die.has(Attribute.LOW_PC) || die.has(Attribute.RANGES)
                        ? NameKind.FUNCTION
                        : die.has(Attribute.INLINE) ? NameKind.ABSTRACT_FUNCTION : null;
            case Tag.VARIABLE -> NameScan.isVariable(die) ? NameKind.VARIABLE : null;
            case Tag.BASE_TYPE,
                    Tag.TYPEDEF,
                    Tag.STRUCTURE_TYPE,
                    Tag.UNION_TYPE,
                    Tag.CLASS_TYPE,
                    Tag.INTERFACE_TYPE,
                    Tag.ENUMERATION_TYPE -> die.flag(Attribute.DECLARATION) ? null : NameKind.TYPE;
            default -> null;
        };
    }

    /** Whether the entry is not within a function: what is, a question by name is not about. */
    private static boolean isOutside(Die die) {
        for (Die ancestor : Ancestors.of(die)) {
            switch (ancestor.tag()) {
                case Tag.SUBPROGRAM, Tag.LEXICAL_BLOCK, Tag.INLINED_SUBROUTINE -> {
                    return false;
                }
                default -> {}
            }
        }
        return true;
    }

    private void find(GdbIndex index, NameKind kind, String last, Set<DieRef> out) {
        // of several static variables or functions of one name gdb's index has the first alone
        if (kind != NameKind.TYPE) return;
        addFromUnits(index.units(last), kind, last, out);
    }

    private void addFromUnits(BitSet numbers, NameKind kind, String last, Set<DieRef> out) {
        int hash = StringPlace.hash(last.getBytes(StandardCharsets.UTF_8));
        for (int i = numbers.nextSetBit(0); i >= 0; i = numbers.nextSetBit(i + 1)) {
            NameScan scan = scan(i);
            Unit unit = units.get(i);
            for (int n = 0; n < scan.count(); n++) {
                if (scan.hash(n) != hash || NameTable.kind(scan.row(n)) != kind.ordinal()) continue;
                out.add(new DieRef(unit, unit.offset() + NameTable.offsetInUnit(scan.row(n))));
            }
        }
    }

    private NameScan scan(int number) {
        NameScan known = scanned.get(number);
        if (known != null) return known;
        NameScan scan = new NameScan(number);
        try {
            scan.read(new EntryScan(units.get(number)), target -> {
                // dwz took part: what is in its file only the reading of all units finds
                if (target != null && target.unit().image() != image) broken = true;
            });
        } catch (CorruptFileException e) {
            image.note(units.get(number).describe(), e);
        }
        scanned.put(number, scan);
        return scan;
    }
}
