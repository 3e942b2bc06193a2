package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The named entries of one unit that a question by name may be about, as rows of a {@link NameTable}: what stands in the
 * unit, in its namespaces, and (where names are qualified) in its types. What is within functions is left out.
 */
final class NameScan {
    private static final int MAX_DEPTH = 64;

    private final int unit;
    private int[] hashes = new int[64];
    private long[] rows = new long[64];
    private int count;

    /** Receives what units import from the file that dwz made. */
    interface Imports {
        void add(@Nullable DieRef target);
    }

    /** @param unit its number in the index */
    NameScan(int unit) {
        this.unit = unit;
    }

    int count() {
        return count;
    }

    int hash(int index) {
        return hashes[index];
    }

    long row(int index) {
        return rows[index];
    }

    /**
     * Reads the whole unit.
     *
     * @throws CorruptFileException where it is broken; what was found before that remains
     */
    void read(EntryScan entries, Imports imports) {
        boolean qualifies = entries.unit().qualifiesNames();
        if (!entries.seek(entries.unit().rootOffset()) || !entries.hasChildren()) return;
        int depth = 1;
        while (depth > 0 && !entries.atEnd()) {
            if (!entries.next()) {
                depth--;
                continue;
            }
            boolean within = false;
            switch (entries.tag()) {
                case Tag.SUBPROGRAM -> {
                    if (entries.hasCode()) add(entries, NameKind.FUNCTION, qualifies);
                    else if (entries.has(Attribute.INLINE)) add(entries, NameKind.ABSTRACT_FUNCTION, qualifies);
                }
                case Tag.VARIABLE -> {
                    if (!entries.isDeclaration() || entries.has(Attribute.CONST_VALUE)) {
                        add(entries, NameKind.VARIABLE, qualifies);
                    }
                }
                // before DWARF 5 a constant of a class; it need not be defined anywhere
                case Tag.MEMBER -> {
                    if (entries.has(Attribute.CONST_VALUE)) add(entries, NameKind.VARIABLE, qualifies);
                }
                case Tag.BASE_TYPE,
                        Tag.TYPEDEF,
                        Tag.STRUCTURE_TYPE,
                        Tag.UNION_TYPE,
                        Tag.CLASS_TYPE,
                        Tag.INTERFACE_TYPE,
                        Tag.ENUMERATION_TYPE -> {
                    if (!entries.isDeclaration()) add(entries, NameKind.TYPE, false);
                    // C++ nests types in types; Rust nests functions too
                    within = qualifies || entries.tag() == Tag.ENUMERATION_TYPE;
                }
                case Tag.ENUMERATOR -> add(entries, NameKind.ENUMERATOR, false);
                case Tag.NAMESPACE, Tag.MODULE -> within = true;
                case Tag.IMPORTED_UNIT -> imports.add(entries.die().target(Attribute.IMPORT));
                default -> {}
            }
            if (!entries.hasChildren()) continue;
            if (within && depth < MAX_DEPTH) depth++;
            else entries.skipChildren();
        }
    }

    /** Whether a DW_TAG_variable has a row: what is declared only has none, but for constants of classes. */
    static boolean isVariable(Die die) {
        return !die.flag(Attribute.DECLARATION) || die.has(Attribute.CONST_VALUE);
    }

    private void add(EntryScan entries, NameKind kind, boolean linkage) {
        int name = 0;
        boolean named = entries.has(Attribute.NAME);
        if (named) {
            name = entries.nameHash();
            put(kind, name, entries.offsetInUnit());
        } else if (entries.hasOrigin()) {
            StringPlace place = heldString(entries.die(), Attribute.NAME);
            if (place != null) {
                named = true;
                name = place.hash();
                put(kind, name, entries.offsetInUnit());
            }
        }
        if (!linkage) return;
        int mangled = linkageHash(entries);
        if (mangled != 0 && !(named && mangled == name)) put(kind, mangled, entries.offsetInUnit());
    }

    private static int linkageHash(EntryScan entries) {
        int own = entries.linkageNameHash();
        if (own != 0 || !entries.hasOrigin()) return own;
        StringPlace place = heldString(entries.die(), Attribute.LINKAGE_NAME);
        if (place == null) place = heldString(entries.die(), Attribute.MIPS_LINKAGE_NAME);
        return place == null ? 0 : place.hash();
    }

    private static @Nullable StringPlace heldString(Die die, int attribute) {
        Die holder = die.holder(attribute);
        return holder == null ? null : holder.stringPlace(holder.indexOf(attribute));
    }

    private void put(NameKind kind, int hash, long offset) {
        if (count == rows.length) {
            hashes = Arrays.copyOf(hashes, count * 2);
            rows = Arrays.copyOf(rows, count * 2);
        }
        hashes[count] = hash;
        rows[count++] = NameTable.row(kind, unit, offset);
    }
}
