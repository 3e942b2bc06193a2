package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.Cursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The name index that a compiler or linker left in .debug_names: for each name the entries that have it. DWARF 5 §6.1.1.
 * It is a hint: whoever asks looks at the entries, and at the units that it does not cover.
 */
final class DebugNames {
    private static final int DW_IDX_COMPILE_UNIT = 1;
    private static final int DW_IDX_TYPE_UNIT = 2;
    private static final int DW_IDX_DIE_OFFSET = 3;
    /** Under one name, and read for one question: names may share their entries. */
    private static final int MAX_ENTRIES = 1 << 16;

    /** An entry as the index has it. */
    record Found(int tag, DieRef ref) {}

    private record Shape(int tag, int[] attributes, int[] forms) {}

    /** One unit of the section: GNU ld leaves one for each compilation unit, LLD one for all. */
    private record Table(
            int[] compileUnits,
            int[] typeUnits,
            long buckets,
            long bucketCount,
            long hashes,
            long nameCount,
            long strings,
            long entries,
            int offsetSize,
            Map<Long, Shape> shapes,
            long pool,
            long end) {}

    private final DwarfImage image;
    private final Bytes section;
    private final List<Table> tables = new ArrayList<>();
    private final BitSet covered = new BitSet();
    private int read;

    private DebugNames(DwarfImage image, Bytes section) {
        this.image = image;
        this.section = section;
    }

    /**
     * Null when there is none, or it does not fit the units of the image.
     *
     * @param units of {@code image}, which names them by number
     */
    static @Nullable DebugNames of(DwarfImage image, List<Unit> units) {
        Bytes section;
        try {
            section = image.sections().section(".debug_names");
        } catch (CorruptFileException e) {
            image.note(".debug_names", e);
            return null;
        }
        if (section.length() == 0) return null;
        Map<Long, Integer> byOffset = new HashMap<>();
        for (int i = 0; i < units.size(); i++) {
            if (units.get(i).image() == image
                    && units.get(i).data().name().equals(image.sections().info().name())) {
                byOffset.put(units.get(i).offset(), i);
            }
        }
        DebugNames names = new DebugNames(image, section);
        try {
            Cursor in = new Cursor(section);
            while (in.remaining() >= 4) {
                UnitHeader.Extent extent = UnitHeader.Extent.read(in);
                names.readTable(new Cursor(section, in.position()).limit(extent.end()), extent, byOffset);
                in.seek(extent.end());
            }
        } catch (CorruptFileException e) {
            image.note(".debug_names", e);
            return null;
        }
        return names.covered.isEmpty() ? null : names;
    }

    private void readTable(Cursor in, UnitHeader.Extent extent, Map<Long, Integer> byOffset) {
        int version = in.u2("name index version");
        if (version != 5) throw in.corrupt("name index version", version, "5");
        in.skip(2);
        long compileUnits = in.u4("comp_unit_count");
        long typeUnits = in.u4("local_type_unit_count");
        long foreign = in.u4("foreign_type_unit_count");
        long bucketCount = in.u4("bucket_count");
        long nameCount = in.u4("name_count");
        long abbreviations = in.u4("abbrev_table_size");
        long augmentation = in.u4("augmentation_string_size");
        in.skip(augmentation + 3 & ~3L);
        int size = extent.offsetSize();
        int[] compile = units(in, compileUnits, size, byOffset);
        int[] types = units(in, typeUnits, size, byOffset);
        long buckets = in.position() + 8 * foreign;
        long hashes = buckets + 4 * bucketCount;
        long strings = hashes + (bucketCount == 0 ? 0 : 4 * nameCount);
        long entries = strings + size * nameCount;
        long shapes = entries + size * nameCount;
        long pool = shapes + abbreviations;
        if (pool > extent.end()) throw in.corrupt("name index", "0x" + Long.toHexString(pool), "tables in the unit");
        tables.add(new Table(
                compile,
                types,
                buckets,
                bucketCount,
                hashes,
                nameCount,
                strings,
                entries,
                size,
                shapes(new Cursor(section, shapes).limit(pool)),
                pool,
                extent.end()));
        // a table that also refers to units of other files covers less than it says
        if (foreign == 0) for (int unit : compile) covered.set(unit);
        if (foreign == 0) for (int unit : types) covered.set(unit);
    }

    /** Fails when the table is of other units: it is stale then. */
    private static int[] units(Cursor in, long count, int size, Map<Long, Integer> byOffset) {
        if (count > in.remaining() / size) throw in.corrupt("count of units", count, "what fits the table");
        int[] units = new int[(int) count];
        for (int i = 0; i < units.length; i++) {
            long offset = in.unsigned(size, "unit offset");
            Integer unit = byOffset.get(offset);
            if (unit == null) throw in.corrupt("unit offset", "0x" + Long.toHexString(offset), "the offset of a unit");
            units[i] = unit;
        }
        return units;
    }

    private static Map<Long, Shape> shapes(Cursor in) {
        Map<Long, Shape> shapes = new HashMap<>();
        while (!in.atEnd()) {
            long code = in.uleb("abbreviation code");
            if (code == 0) break;
            int tag = (int) in.uleb("tag");
            int[] attributes = new int[16];
            int[] forms = new int[16];
            int count = 0;
            while (true) {
                int attribute = (int) in.uleb("index attribute");
                int form = (int) in.uleb("form");
                if (attribute == 0 && form == 0) break;
                if (count == attributes.length) throw in.corrupt("index attributes", count + 1, "at most 16");
                attributes[count] = attribute;
                forms[count++] = form;
            }
            shapes.put(code, new Shape(tag, Arrays.copyOf(attributes, count), Arrays.copyOf(forms, count)));
        }
        return shapes;
    }

    /** Numbers of the units whose names are all in the index. */
    BitSet covered() {
        return covered;
    }

    /** Whether names of this spelling can be looked up: case is folded, which is simple for ASCII only. */
    static boolean canFind(String name) {
        for (int i = 0; i < name.length(); i++) if (name.charAt(i) >= 0x80) return false;
        return true;
    }

    /**
     * The entries under {@code name}, which is not qualified.
     *
     * @throws CorruptFileException when the index is broken
     */
    List<Found> find(String name, List<Unit> units) {
        List<Found> found = new ArrayList<>();
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        int hash = hash(utf8);
        read = 0;
        for (Table table : tables) find(table, utf8, hash, units, found);
        return found;
    }

    private void find(Table table, byte[] name, int hash, List<Unit> units, List<Found> out) {
        long unsigned = hash & 0xffff_ffffL;
        if (table.bucketCount == 0) {
            for (long i = 0; i < table.nameCount; i++) addIfNamed(table, i, name, units, out);
            return;
        }
        long bucket = unsigned % table.bucketCount;
        for (long i = section.u4(table.buckets + 4 * bucket) - 1; i >= 0 && i < table.nameCount; i++) {
            long its = section.u4(table.hashes + 4 * i);
            if (its % table.bucketCount != bucket) break;
            if (its == unsigned) addIfNamed(table, i, name, units, out);
        }
    }

    private void addIfNamed(Table table, long index, byte[] name, List<Unit> units, List<Found> out) {
        Bytes strings = image.sections().str();
        long string = offset(table, table.strings, index);
        if (string < 0 || string > strings.length() - name.length - 1 || strings.u1(string + name.length) != 0) return;
        for (int i = 0; i < name.length; i++) if (strings.u1(string + i) != (name[i] & 0xff)) return;
        long at = table.pool + offset(table, table.entries, index);
        Cursor in = new Cursor(section, Math.min(at, table.end)).limit(table.end);
        while (true) {
            long code = in.uleb("abbreviation code");
            if (code == 0) return;
            if (++read > MAX_ENTRIES) throw in.corrupt("entries of a name", read, "at most " + MAX_ENTRIES);
            Shape shape = table.shapes.get(code);
            if (shape == null) throw in.corrupt("abbreviation code", code, "a code of the index's table");
            add(table, shape, in, units, out);
        }
    }

    private long offset(Table table, long from, long index) {
        return table.offsetSize == 8 ? section.u8(from + 8 * index) : section.u4(from + 4 * index);
    }

    private static void add(Table table, Shape shape, Cursor in, List<Unit> units, List<Found> out) {
        long unit = table.compileUnits.length == 1 ? 0 : -1;
        long typeUnit = -1;
        long die = -1;
        for (int i = 0; i < shape.attributes.length; i++) {
            long value = value(in, shape.forms[i]);
            switch (shape.attributes[i]) {
                case DW_IDX_COMPILE_UNIT -> unit = value;
                case DW_IDX_TYPE_UNIT -> typeUnit = value;
                case DW_IDX_DIE_OFFSET -> die = value;
                default -> {}
            }
        }
        int[] numbers = typeUnit >= 0 ? table.typeUnits : table.compileUnits;
        long number = typeUnit >= 0 ? typeUnit : unit;
        // of a type unit in another file
        if (typeUnit >= numbers.length) return;
        if (number < 0 || number >= numbers.length) throw in.corrupt("unit of an entry", number, "a unit of the table");
        Unit of = units.get(numbers[(int) number]);
        if (die < 0 || die >= of.end() - of.offset()) throw in.corrupt("DIE offset", die, "an offset in the unit");
        out.add(new Found(shape.tag, new DieRef(of, of.offset() + die)));
    }

    private static long value(Cursor in, int form) {
        return switch (form) {
            case Form.FLAG_PRESENT -> 1;
            case Form.DATA1, Form.REF1, Form.FLAG -> in.u1("index value");
            case Form.DATA2, Form.REF2 -> in.u2("index value");
            case Form.DATA4, Form.REF4 -> in.u4("index value");
            case Form.DATA8, Form.REF8, Form.REF_SIG8 -> in.u8("index value");
            case Form.UDATA, Form.REF_UDATA -> in.uleb("index value");
            default -> throw Form.unknown(in, form);
        };
    }

    /** DWARF 5 §7.33: Bernstein's, of the name in lower case. */
    private static int hash(byte[] ascii) {
        int hash = 5381;
        for (byte b : ascii) hash = hash * 33 + (b >= 'A' && b <= 'Z' ? b + 32 : b);
        return hash;
    }
}
