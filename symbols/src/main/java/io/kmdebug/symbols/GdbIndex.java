package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The index of .gdb_index, which gdb-add-index and some linkers write: for each qualified name the units that have it.
 * GDB manual "Index Section Format", versions 7 to 9. It is a hint: the units are looked at.
 */
final class GdbIndex {
    private static final int MAX_UNITS = 1 << 24;

    /** Names and lists of units may overlap: no question reads more than so many times the whole index. */
    private static final int MOST_READINGS = 4;

    private final Bytes section;
    private final int[] units;
    private final long symbols;
    private final long slots;
    private final long pool;

    private GdbIndex(Bytes section, int[] units, long symbols, long slots, long pool) {
        this.section = section;
        this.units = units;
        this.symbols = symbols;
        this.slots = slots;
        this.pool = pool;
    }

    /** Null when there is none, or it does not fit the units of the image. */
    static @Nullable GdbIndex of(DwarfImage image, List<Unit> units) {
        try {
            ElfFile file = image.sections().debugFile();
            ElfSection section = file.section(".gdb_index").orElse(null);
            return section == null ? null : read(file.content(section), image, units);
        } catch (CorruptFileException e) {
            image.note(".gdb_index", e);
            return null;
        }
    }

    private static @Nullable GdbIndex read(Bytes section, DwarfImage image, List<Unit> units) {
        if (section.length() < 24) throw corrupt(section, "length", 0, section.length());
        int version = section.i4(0);
        if (version < 7 || version > 9) return null;
        long compile = section.u4(4);
        long types = section.u4(8);
        long addresses = section.u4(12);
        long symbols = section.u4(16);
        long pool = section.u4(version >= 9 ? 24 : 20);
        long symbolsEnd = version >= 9 ? section.u4(20) : pool;
        boolean ordered = compile >= 24 && compile <= types && types <= addresses && addresses <= symbols;
        if (!ordered || symbols > symbolsEnd || symbolsEnd > pool || pool > section.length()) {
            throw corrupt(section, "offsets", 4, symbols);
        }
        Map<Long, Integer> info = new HashMap<>();
        Map<Long, Integer> typeUnits = new HashMap<>();
        String infoName = image.sections().info().name();
        for (int i = 0; i < units.size(); i++) {
            Unit unit = units.get(i);
            if (unit.image() != image) return null;
            (unit.data().name().equals(infoName) ? info : typeUnits).put(unit.offset(), i);
        }
        int compileCount = (int) Math.min((types - compile) / 16, MAX_UNITS);
        int typeCount = (int) Math.min((addresses - types) / 24, MAX_UNITS);
        int[] numbers = new int[compileCount + typeCount];
        for (int i = 0; i < numbers.length; i++) {
            boolean type = i >= compileCount;
            long at = type ? types + 24L * (i - compileCount) : compile + 16L * i;
            Integer number = info.get(section.u8(at));
            if (type && number == null) number = typeUnits.get(section.u8(at));
            // the index was made before something else changed the units
            if (number == null) throw corrupt(section, "unit offset", at, section.u8(at));
            Unit unit = units.get(number);
            if (!type && section.u8(at + 8) != unit.end() - unit.offset()) {
                throw corrupt(section, "unit length", at + 8, section.u8(at + 8));
            }
            numbers[i] = number;
        }
        return new GdbIndex(section, numbers, symbols, (symbolsEnd - symbols) / 8, pool);
    }

    /** Numbers of the units that it has. */
    BitSet units() {
        BitSet all = new BitSet();
        for (int unit : units) all.set(unit);
        return all;
    }

    /**
     * Numbers of the units that have {@code name}, which is not qualified, in any namespace or class.
     *
     * @throws CorruptFileException when the index is broken
     */
    BitSet units(String name) {
        BitSet found = new BitSet();
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        long left = MOST_READINGS * section.length();
        for (long slot = 0; slot < slots; slot++) {
            long text = section.u4(symbols + 8 * slot);
            long vector = section.u4(symbols + 8 * slot + 4);
            if (text == 0 && vector == 0) continue;
            long[] last = lastPart(pool + text);
            left -= last[1] - (pool + text);
            if (isNamed(last, utf8)) left -= addUnits(pool + vector, found);
            if (left < 0) throw corrupt(section, "names that overlap", symbols + 8 * slot, text);
        }
        return found;
    }

    /** Where the last part of the qualified name at {@code at}, parameters aside, begins and ends. */
    private long[] lastPart(long at) {
        long end = at;
        long start = at;
        int templates = 0;
        for (int b = section.u1(end); b != 0; b = section.u1(++end)) {
            if (b == '<') templates++;
            else if (b == '>') templates--;
            else if (templates == 0 && b == '(' && end > start) break;
            else if (templates == 0 && b == ':') start = end + 1;
        }
        return new long[] {start, end};
    }

    private boolean isNamed(long[] part, byte[] name) {
        if (part[1] - part[0] != name.length) return false;
        for (int i = 0; i < name.length; i++) if (section.u1(part[0] + i) != (name[i] & 0xff)) return false;
        return true;
    }

    /** @return how many bytes were read */
    private long addUnits(long vector, BitSet out) {
        long count = section.u4(vector);
        if (count > (section.length() - vector - 4) / 4) throw corrupt(section, "count of units", vector, count);
        for (long i = 0; i < count; i++) {
            int unit = section.i4(vector + 4 + 4 * i) & ((1 << 24) - 1);
            if (unit >= units.length) throw corrupt(section, "unit number", vector + 4 + 4 * i, unit);
            out.set(units[unit]);
        }
        return 4 + 4 * count;
    }

    private static CorruptFileException corrupt(Bytes section, String where, long offset, long found) {
        return new CorruptFileException(
                section.name(), where, offset, "0x" + Long.toHexString(found), "an index of this program's units");
    }
}
