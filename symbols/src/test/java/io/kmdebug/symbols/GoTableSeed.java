package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A few functions of the line table of a Go program, as a table of their own: a whole one is too large to fuzz. */
final class GoTableSeed {
    private static final int HEADER_BYTES = 72;
    private static final int TREE_DATA = 3;
    private static final int INDEX_DATA = 2;

    private final Bytes table;
    private final Bytes trees;
    private final GoLineTable lines;
    private final Area names = new Area();
    private final Area units = new Area();
    private final Area files = new Area();
    private final Area values = new Area();
    private final Area records = new Area();
    private final Area newTrees = new Area();

    private static final class Area extends ByteArrayOutputStream {
        int add(byte... content) {
            int at = size();
            writeBytes(content);
            return at;
        }

        int add4(long value) {
            return add(number(4).putInt((int) value).array());
        }
    }

    private static ByteBuffer number(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private GoTableSeed(ElfFile file) {
        table = file.content(file.section(".gopclntab").orElseThrow());
        lines = GoLineTable.of(table, 0);
        long address = new ElfSymbolTable(file, () -> file)
                .named("go.func.*").stream()
                        .findFirst()
                        .or(() -> new ElfSymbolTable(file, () -> file)
                                .named("go:func.*").stream().findFirst())
                        .orElseThrow()
                        .value();
        ElfSection holder = file.sections().stream()
                .filter(s -> s.contains(address))
                .findFirst()
                .orElseThrow();
        Bytes content = file.content(holder);
        trees = content.slice(address - holder.address(), content.length() - (address - holder.address()));
        values.add((byte) 0);
    }

    /** @param first among {@code count} functions, the first of them where as many follow it */
    static byte[] of(ElfFile file, String first, int count) {
        return new GoTableSeed(file).cut(first, count).packed();
    }

    private PackedSections cut(String first, int count) {
        int from = Math.min(lines.named(first)[0], lines.count() - count);
        int end = from + count;
        int[] at = new int[end - from];
        for (int f = from; f < end; f++) at[f - from] = record(f, lines.entry(from));
        ByteBuffer functions = number(8 * at.length + 4);
        for (int i = 0; i <= at.length; i++) {
            functions.putInt((int) (lines.entry(from + i) - lines.entry(from)));
            if (i < at.length) functions.putInt(functions.capacity() + at[i]);
        }
        ByteBuffer header = number(HEADER_BYTES);
        header.put(table.copy(0, 8)).putLong(at.length).putLong(0).putLong(PackedSections.CODE);
        long offset = HEADER_BYTES;
        for (Area area : new Area[] {names, units, files, values}) {
            header.putLong(offset);
            offset += area.size();
        }
        header.putLong(offset);
        Area all = new Area();
        all.add(header.array());
        for (Area area : new Area[] {names, units, files, values}) all.add(area.toByteArray());
        all.add(functions.array());
        all.add(records.toByteArray());
        return sections(all.toByteArray());
    }

    private PackedSections sections(byte[] all) {
        PackedSections sections = new PackedSections();
        sections.put(".gopclntab", all);
        sections.put(".rodata", newTrees.toByteArray());
        ByteBuffer symbols = number(48);
        symbols.putInt(24, 1).put(28, (byte) 1).putShort(30, (short) 1).putLong(32, PackedSections.READ_ONLY);
        sections.put(".symtab", symbols.array());
        sections.put(".strtab", "\0go.func.*\0".getBytes(StandardCharsets.US_ASCII));
        return sections;
    }

    private int name(long offset) {
        return names.add((lines.nameAt(offset) + "\0").getBytes(StandardCharsets.UTF_8));
    }

    private int record(int function, long first) {
        long record = table.u8(64) + table.u4(table.u8(64) + 8L * function + 4);
        int pcTables = (int) table.u4(record + 28);
        int fixed = lines.hasNewInlineTrees() ? 44 : 40;
        int dataTables = table.u1(record + fixed - 1);
        ByteBuffer out = number(fixed + 4 * (pcTables + dataTables));
        out.put(table.copy(record, fixed));
        out.putInt(0, (int) (lines.entry(function) - first)).putInt(4, name(table.i4(record + 4)));
        for (int i = 0; i < 3; i++) out.putInt(16 + 4 * i, values(table.u4(record + 16 + 4 * i)));
        out.putInt(32, unit(function));
        for (int i = 0; i < pcTables; i++) out.putInt(values(table.u4(record + fixed + 4 * i)));
        for (int i = 0; i < dataTables; i++) out.putInt(i == TREE_DATA ? tree(function) : -1);
        int at = records.add(out.array());
        while (records.size() % 4 != 0) records.add((byte) 0);
        return at;
    }

    /** Copies a table of runs. */
    private int values(long offset) {
        if (offset == 0) return 0;
        long start = table.u8(56) + offset;
        long at = start;
        while (at == start || table.u1(at) != 0) {
            for (int i = 0; i < 2; i++) while (table.u1(at++) >= 0x80) continue;
        }
        return values.add(table.copy(start, (int) (at + 1 - start)));
    }

    private int unit(int function) {
        int[] most = {-1};
        lines.runs(GoLineTable.Table.FILE, function, (low, high, number) -> {
            most[0] = Math.max(most[0], number);
            return true;
        });
        int unit = units.size() / 4;
        for (int i = 0; i <= Math.min(most[0], 40); i++) {
            long path = lines.path(function, i);
            units.add4(path < 0 ? -1 : files.add((lines.pathAt(path) + "\0").getBytes(StandardCharsets.UTF_8)));
        }
        return unit;
    }

    private int tree(int function) {
        long old = lines.functionData(TREE_DATA, function);
        if (old < 0) return -1;
        int[] most = {-1};
        lines.data(INDEX_DATA, function, (low, high, number) -> {
            most[0] = Math.max(most[0], number);
            return true;
        });
        int bytes = lines.hasNewInlineTrees() ? 16 : 20;
        int name = lines.hasNewInlineTrees() ? 4 : 12;
        int tree = newTrees.size();
        for (int i = 0; i <= most[0]; i++) {
            ByteBuffer entry = number(bytes).put(trees.copy(old + (long) i * bytes, bytes));
            newTrees.add(entry.putInt(name, name(entry.getInt(name))).array());
        }
        return tree;
    }
}
