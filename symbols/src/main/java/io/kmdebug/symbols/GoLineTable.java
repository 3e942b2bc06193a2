package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The functions, lines and stack depths that Go's run-time system carries with the program, whatever else is stripped:
 * section .gopclntab. Its layouts are those of Go 1.2, 1.16, 1.18 and 1.20 (package runtime, symtab.go; package
 * cmd/link, pcln.go). Functions are numbered in the order of their addresses.
 */
final class GoLineTable {
    private static final long MAGIC_1_2 = 0xffff_fffbL;
    private static final long MAGIC_1_16 = 0xffff_fffaL;
    private static final long MAGIC_1_18 = 0xffff_fff0L;
    private static final long MAGIC_1_20 = 0xffff_fff1L;

    private static final int MAX_NAME_BYTES = 1 << 16;
    private static final int MAX_PATH_BYTES = 1 << 12;

    /** The linker keeps each name once: all together are not longer than so many times the table. */
    private static final int MOST_READINGS = 4;

    private static final int NO_FILE = -1;

    /** A table that gives a number for each pc of a function. */
    enum Table {
        STACK,
        FILE,
        LINE
    }

    /** Receives a run of addresses with one number: {@code [low, high)} as distances from the function's entry. */
    interface RunVisitor {
        /** Returns whether to go on. */
        boolean visit(long low, long high, int value);
    }

    private final Bytes table;
    private final long magic;
    private final int count;
    private final long textStart;
    private final long names;
    private final long units;
    private final long files;
    private final long values;
    private final long functions;
    private final int quantum;
    private volatile @Nullable Names byName;

    /** The first function of each name, and of each function the next one of its name, -1 for none. */
    private record Names(Map<String, Integer> first, int[] next) {}

    private GoLineTable(Bytes table, long textSection) {
        this.table = table;
        this.magic = table.u4(0);
        this.quantum = table.u1(6);
        int pointer = table.u1(7);
        if (table.u2(4) != 0 || quantum < 1 || quantum > 4) {
            throw corrupt("header", 4, "0x" + Long.toHexString(table.u4(4)), "two zeros and an instruction size");
        }
        if (pointer != 8) throw corrupt("pointer size", 7, Integer.toString(pointer), "8");
        long number = table.u8(8);
        if (magic == MAGIC_1_2) {
            textStart = 0;
            names = values = units = 0;
            functions = 16;
            checkCount(number, 16);
            files = table.u4(functions + number * 16 + 8);
        } else if (magic == MAGIC_1_16) {
            textStart = 0;
            names = offset(24);
            units = offset(32);
            files = offset(40);
            values = offset(48);
            functions = offset(56);
            checkCount(number, 16);
        } else if (hasShortEntries()) {
            long start = table.u8(24);
            textStart = start == 0 ? textSection : start;
            names = offset(32);
            units = offset(40);
            files = offset(48);
            values = offset(56);
            functions = offset(64);
            checkCount(number, 8);
        } else {
            throw corrupt("magic number", 0, "0x" + Long.toHexString(magic), "that of Go 1.2, 1.16, 1.18 or 1.20");
        }
        count = (int) number;
    }

    /** An address follows the last function: where that ends. */
    private void checkCount(long number, int entryBytes) {
        if (number < 0 || number > (table.length() - functions) / entryBytes - 1) {
            throw corrupt("number of functions", 8, Long.toUnsignedString(number), "what the table has room for");
        }
    }

    private long offset(long at) {
        long offset = table.u8(at);
        if (offset < 0 || offset > table.length()) {
            throw corrupt("offset", at, "0x" + Long.toHexString(offset), "one within the table");
        }
        return offset;
    }

    private CorruptFileException corrupt(String what, long at, String found, String expected) {
        return new CorruptFileException(table.name(), what, at, found, expected);
    }

    /** The table of {@code file}; null when it was not linked by Go. */
    static @Nullable GoLineTable of(ElfFile file) {
        ElfSection found = null;
        long text = 0;
        for (ElfSection section : file.sections()) {
            // position-independent programs have it among what is read-only after relocation
            if (section.name().endsWith(".gopclntab")) found = section;
            if (section.name().equals(".text")) text = section.address();
        }
        if (found == null || found.type() == ElfSection.SHT_NOBITS) return null;
        return of(file.content(found), text);
    }

    /** @param textSection link-time address of .text, for linkers that leave it to the table's reader */
    static GoLineTable of(Bytes table, long textSection) {
        return new GoLineTable(table, textSection);
    }

    /** The releases of Go that write this layout. */
    String release() {
        if (magic == MAGIC_1_2) return "1.2 to 1.15";
        if (magic == MAGIC_1_16) return "1.16 and 1.17";
        return magic == MAGIC_1_18 ? "1.18 and 1.19" : "1.20 and later";
    }

    int count() {
        return count;
    }

    private boolean hasShortEntries() {
        return magic == MAGIC_1_18 || magic == MAGIC_1_20;
    }

    /** Link-time address of a function; of {@code count} the end of the last one. */
    long entry(int function) {
        if (hasShortEntries()) return textStart + table.u4(functions + function * 8L);
        return table.u8(functions + function * 16L);
    }

    long end(int function) {
        return entry(function + 1);
    }

    /** The function with code at a link-time address; -1 for none. */
    int at(long pc) {
        int from = 0;
        int to = count;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (Long.compareUnsigned(entry(middle), pc) <= 0) from = middle + 1;
            else to = middle;
        }
        int found = from - 1;
        return found >= 0 && Long.compareUnsigned(pc, end(found)) < 0 ? found : -1;
    }

    /** Where the function's own record begins. */
    private long record(int function) {
        if (hasShortEntries()) return functions + table.u4(functions + function * 8L + 4);
        long offset = table.u8(functions + function * 16L + 8);
        if (offset < 0 || offset > table.length()) {
            throw corrupt("function", functions + function * 16L, "0x" + Long.toHexString(offset), "an offset");
        }
        return magic == MAGIC_1_2 ? offset : functions + offset;
    }

    /** Where the fields behind the entry begin: the entry has eight bytes before Go 1.18, then four. */
    private long fields(int function) {
        return record(function) + (hasShortEntries() ? 4 : 8);
    }

    String name(int function) {
        return nameAt(table.i4(fields(function)));
    }

    String nameAt(long offset) {
        return text(names + offset, MAX_NAME_BYTES);
    }

    private String text(long at, int most) {
        for (long end = at; end <= at + most; end++) {
            if (end == table.length() || table.u1(end) == 0) return table.string(at);
        }
        throw corrupt("name", at, "more than " + most + " bytes", "at most that many");
    }

    /** Bytes of the whole table. */
    long size() {
        return table.length();
    }

    /** Whether a function has no caller: the first one of a goroutine, of a thread, of the process. */
    static boolean isOutermost(String function) {
        return switch (function) {
            case "runtime.goexit", "runtime.mstart", "runtime.rt0_go", "runtime.mcall", "runtime.morestack" -> true;
            default -> false;
        };
    }

    /** The functions of this name: more than one with generics only. */
    int[] named(String name) {
        Names known = byName;
        if (known == null) byName = known = readNames();
        int[] found = new int[4];
        int number = 0;
        for (int i = known.first.getOrDefault(name, -1); i >= 0; i = known.next[i]) {
            if (number == found.length) found = Arrays.copyOf(found, number * 2);
            found[number++] = i;
        }
        return Arrays.copyOf(found, number);
    }

    private Names readNames() {
        Names all = new Names(new HashMap<>(count * 2), new int[count]);
        long left = MOST_READINGS * table.length();
        for (int i = count - 1; i >= 0; i--) {
            String name = name(i);
            left -= name.length();
            if (left < 0) throw corrupt("name", fields(i), "names that overlap", "each name once");
            Integer next = all.first.put(name, i);
            all.next[i] = next == null ? -1 : next;
        }
        return all;
    }

    /** The number that {@code kind} has for a pc; -1 for none. */
    int value(Table kind, int function, long pc) {
        long wanted = pc - entry(function);
        int[] found = {-1};
        runs(kind, function, (low, high, value) -> {
            if (wanted >= high) return true;
            found[0] = value;
            return false;
        });
        return found[0];
    }

    /** Visits all runs of a function in address order. */
    void runs(Table kind, int function, RunVisitor visitor) {
        long field = fields(function) + 12 + 4L * kind.ordinal();
        runs(table.u4(field), end(function) - entry(function), visitor);
    }

    /** Pairs of a signed step of the number and a step of the pc, each a LEB128; a step of 0 ends the table. */
    private void runs(long offset, long size, RunVisitor visitor) {
        if (offset == 0) return;
        long at = values + offset;
        long low = 0;
        int value = -1;
        while (low < size) {
            long step = leb(at);
            at += lebBytes(at);
            if (step == 0 && low > 0) return;
            value += (int) (step >>> 1) ^ -(int) (step & 1);
            long high = low + leb(at) * quantum;
            at += lebBytes(at);
            if (high <= low) throw corrupt("pc table", at, "a step of " + (high - low), "a step up");
            if (!visitor.visit(low, high, value)) return;
            low = high;
        }
    }

    private long leb(long at) {
        long value = 0;
        for (int i = 0; i < 5; i++) {
            int b = table.u1(at + i);
            value |= (long) (b & 0x7f) << 7 * i;
            if (b < 0x80) return value & 0xffff_ffffL;
        }
        throw corrupt("pc table", at, "a LEB128 of more than 5 bytes", "at most 5 bytes");
    }

    private int lebBytes(long at) {
        int bytes = 1;
        while (table.u1(at + bytes - 1) >= 0x80) bytes++;
        return bytes;
    }

    /** Where the path of a file is, by the number that {@link Table#FILE} has; -1 for none. */
    long path(int function, int number) {
        if (number < 0) return -1;
        if (magic == MAGIC_1_2) return table.u4(files + 4L * number);
        // behind four offsets and the number of further tables
        long unit = table.u4(fields(function) + 28);
        int offset = table.i4(units + 4 * (unit + number));
        return offset == NO_FILE ? -1 : files + Integer.toUnsignedLong(offset);
    }

    /** What is at {@link #path}. */
    String pathAt(long path) {
        return text(path, MAX_PATH_BYTES);
    }

    /** For tables that functions share more than a linker lets them. */
    CorruptFileException shared(int function) {
        return corrupt("function", fields(function), "functions that share their tables", "tables of their own");
    }

    /** Runs of one file and one line, in address order: of each its end, as a distance from the entry, file and line. */
    long[][] rows(int function) {
        List<long[]> fileRuns = new ArrayList<>();
        runs(Table.FILE, function, (low, high, file) -> fileRuns.add(new long[] {high, file}));
        List<long[]> rows = new ArrayList<>();
        int[] at = {0};
        runs(Table.LINE, function, (low, high, line) -> {
            long from = low;
            while (from < high) {
                while (at[0] < fileRuns.size() && fileRuns.get(at[0])[0] <= from) at[0]++;
                boolean known = at[0] < fileRuns.size();
                from = known ? Math.min(high, fileRuns.get(at[0])[0]) : high;
                rows.add(new long[] {from, known ? fileRuns.get(at[0])[1] : -1, line});
            }
            return true;
        });
        return rows.toArray(long[][]::new);
    }

    /** Visits what a function has of a further table: {@code PCDATA_*} of package runtime. */
    void data(int number, int function, RunVisitor visitor) {
        long field = fields(function);
        if (number >= table.u4(field + 24)) return;
        runs(table.u4(data(field) + 4L * number), end(function) - entry(function), visitor);
    }

    private long data(long field) {
        if (magic == MAGIC_1_2) return field + 32;
        return field + (magic == MAGIC_1_20 ? 40 : 36);
    }

    /** Distance of {@code FUNCDATA_*} from the run-time system's {@code go:func.*}, since Go 1.18; -1 for none. */
    long functionData(int number, int function) {
        long field = fields(function);
        long data = data(field);
        if (!hasShortEntries() || number >= table.u1(data - 1)) return -1;
        int offset = table.i4(data + 4 * (table.u4(field + 24) + number));
        return offset == -1 ? -1 : Integer.toUnsignedLong(offset);
    }

    /** Whether entries of inline trees are those of Go 1.20 and later. */
    boolean hasNewInlineTrees() {
        return magic == MAGIC_1_20;
    }
}
