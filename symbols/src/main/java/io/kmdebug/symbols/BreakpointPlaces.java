package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides at which addresses breakpoints on functions and lines go. */
final class BreakpointPlaces {
    private final DwarfSymbols symbols;
    private final DwarfImage image;

    BreakpointPlaces(DwarfSymbols symbols, DwarfImage image) {
        this.symbols = symbols;
        this.image = image;
    }

    /** See {@link Symbols#breakpointPc}. */
    long behindPrologue(FunctionScope function) {
        long entry = function.entryPc();
        if (function.inlined()) return behindPrologueOfHolder(entry);
        AddressRange range = rangeAround(function, entry);
        if (range == null) return entry;
        for (Unit unit : image.unitsAt(entry)) {
            try {
                long pc = behindPrologue(unit, entry, range);
                return range.contains(pc) ? pc : entry;
            } catch (CorruptFileException e) {
                image.note(unit.describe(), e);
            }
        }
        return entry;
    }

    private long behindPrologueOfHolder(long pc) {
        List<FunctionScope> scopes = symbols.scopesAt(pc);
        if (scopes.isEmpty() || scopes.get(scopes.size() - 1).inlined()) return pc;
        FunctionScope holder = scopes.get(scopes.size() - 1);
        long entry = holder.entryPc();
        long behind = behindPrologue(holder);
        return Long.compareUnsigned(pc - entry, behind - entry) < 0 ? behind : pc;
    }

    private static @Nullable AddressRange rangeAround(FunctionScope function, long entry) {
        for (AddressRange range : function.ranges()) if (range.contains(entry)) return range;
        return null;
    }

    private long behindPrologue(Unit unit, long entry, AddressRange range) {
        if (unit.isGo()) return behindStackCheck(unit, entry, range);
        if (Producer.isLlvm(unit.producer())) return markedOrSecondRow(unit, entry, range);
        // gcc's location lists are right from the first instruction on, so there is nothing to wait for
        if (unit.abbreviations().anyLocationList(unit.version())) return entry;
        Bytes code = code(entry, range);
        if (code.length() == 0) return markedOrSecondRow(unit, entry, range);
        long behindFrame = entry + Prologue.frameSetupBytes(code);
        if (behindFrame == entry) return entry;
        return unit.lines()
                .at(behindFrame)
                .filter(row -> row.address() != behindFrame)
                .map(LineRow::end)
                .orElse(behindFrame);
    }

    /** Where the stack grows, a function of Go begins once more: only behind that check it is met once a call. */
    private static long behindStackCheck(Unit unit, long entry, AddressRange range) {
        for (LineRow row : unit.lines().in(new AddressRange(entry, range.high()))) {
            if (row.prologueEnd()) return row.address();
        }
        return entry;
    }

    /** The row that says the prologue ends there; else the second one of the function. */
    private static long markedOrSecondRow(Unit unit, long entry, AddressRange range) {
        List<LineRow> rows = unit.lines().in(new AddressRange(entry, range.high()));
        for (LineRow row : rows) if (row.prologueEnd()) return row.address();
        return rows.isEmpty() ? entry : rows.get(0).end();
    }

    private Bytes code(long address, AddressRange range) {
        ElfFile file = image.sections().file();
        for (ElfSection section : file.sections()) {
            if (!section.contains(address) || section.type() == ElfSection.SHT_NOBITS) continue;
            long from = address - section.address();
            Bytes content = file.content(section);
            return content.slice(from, Math.min(range.high() - address, content.length() - from));
        }
        return Bytes.of("", new byte[0]);
    }

    /** See {@link Symbols#breakpointRows}. */
    List<LineRow> rowsOf(SourcePath path, int line) {
        Candidates candidates = new Candidates(line);
        Set<LineHeader> seen = new HashSet<>();
        for (Unit unit : image.units()) {
            try {
                LineHeader header = unit.lineHeader();
                if (header == null || !seen.add(header)) continue;
                List<Integer> files = header.filesMatching(path);
                if (!files.isEmpty()) candidates.add(unit.lines(), files);
            } catch (CorruptFileException e) {
                image.note(unit.describe(), e);
            }
        }
        return onePerScope(candidates.rows);
    }

    /** The rows of the line that is asked for or, as long as it has none, of the nearest line behind it. */
    private static final class Candidates {
        private final int wanted;
        private final List<LineRow> rows = new ArrayList<>();
        private int best = Integer.MAX_VALUE;

        Candidates(int wanted) {
            this.wanted = wanted;
        }

        void add(LineTable table, List<Integer> files) {
            table.forEach((row, file, line, flags) -> {
                if ((flags & LineTable.STATEMENT) == 0 || line < wanted || line > best) return;
                if (!files.contains(file)) return;
                if (line < best) rows.clear();
                best = line;
                rows.add(table.row(row));
            });
        }
    }

    private List<LineRow> onePerScope(List<LineRow> rows) {
        Map<Object, LineRow> lowest = new LinkedHashMap<>();
        for (LineRow row : rows) {
            List<FunctionScope> scopes = symbols.scopesAt(row.address());
            Object scope = scopes.isEmpty() ? row.address() : scopes.get(0);
            LineRow moved = behindPrologue(row, scopes);
            lowest.merge(scope, moved, (a, b) -> Long.compareUnsigned(a.address(), b.address()) <= 0 ? a : b);
        }
        Map<Long, LineRow> byAddress = new LinkedHashMap<>();
        for (LineRow row : lowest.values()) byAddress.putIfAbsent(row.address(), row);
        return byAddress.values().stream()
                .sorted((a, b) -> Long.compareUnsigned(a.address(), b.address()))
                .toList();
    }

    /** Moves a row of a function's prologue behind it: before that, arguments are not in place. */
    private LineRow behindPrologue(LineRow row, List<FunctionScope> scopes) {
        if (scopes.isEmpty()) return row;
        FunctionScope function = scopes.get(scopes.size() - 1);
        long entry = function.entryPc();
        long behind = behindPrologue(function);
        boolean within = Long.compareUnsigned(row.address() - entry, behind - entry) < 0;
        if (!within) return row;
        Optional<LineRow> there = symbols.lineAt(behind);
        if (there.isEmpty()) return row;
        LineRow target = there.get();
        return new LineRow(
                behind,
                target.end(),
                target.file(),
                target.line(),
                target.column(),
                target.statement(),
                target.prologueEnd());
    }
}
