package io.kmdebug.symbols;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers the questions of {@link Symbols} for a Go program without DWARF from {@link GoLineTable}. */
final class GoFunctions {
    /** {@code push %rbp; mov %rsp,%rbp} lies between two steps of the stack since Go 1.21. */
    private static final int FRAME_POINTER_BYTES = 8;

    /** For each byte of the table, and for small ones: functions may share tables, with paths that overlap. */
    private static final int MOST_VISITS = 2;

    private static final int FEWEST_VISITS = 200_000;

    private final GoLineTable table;
    private final @Nullable GoInlineTree inlines;
    private final Map<Long, SourceFile> files = new HashMap<>();
    private long pathBytes;

    /** What one question costs: the runs that are visited for it. */
    private final class Visits {
        private long left = MOST_VISITS * table.size() + FEWEST_VISITS;

        void add(long runs, int function) {
            left -= runs;
            if (left < 0) throw table.shared(function);
        }
    }

    GoFunctions(GoLineTable table, @Nullable GoInlineTree inlines) {
        this.table = table;
        this.inlines = inlines;
    }

    /** For the user. */
    String status() {
        return table.count() + " functions with lines from the run-time system of Go " + table.release();
    }

    List<FunctionScope> scopesAt(long pc) {
        int function = table.at(pc);
        if (function < 0) return List.of();
        List<FunctionScope> scopes = new ArrayList<>();
        if (inlines != null) {
            for (GoInlineTree.Inlined call : inlines.at(function, pc)) scopes.add(inlined(function, call));
        }
        scopes.add(function(function));
        return scopes;
    }

    private FunctionScope inlined(int function, GoInlineTree.Inlined call) {
        List<AddressRange> ranges = inlines == null ? List.of() : inlines.ranges(function, call.index());
        if (ranges.isEmpty()) ranges = List.of(new AddressRange(call.call(), call.call() + 1));
        SourceFile file = file(function, call.call());
        int line = table.value(GoLineTable.Table.LINE, function, call.call());
        return new GoFunction(call.name(), call.index(), ranges, null, 0, file, Math.max(0, line));
    }

    private FunctionScope function(int function) {
        long entry = table.entry(function);
        int line = table.value(GoLineTable.Table.LINE, function, entry);
        List<AddressRange> ranges = List.of(new AddressRange(entry, table.end(function)));
        return new GoFunction(table.name(function), -1, ranges, file(function, entry), Math.max(0, line), null, 0);
    }

    private @Nullable SourceFile file(int function, long pc) {
        return file(function, table.value(GoLineTable.Table.FILE, function, pc));
    }

    private @Nullable SourceFile file(int function, int number) {
        long at = table.path(function, number);
        if (at < 0) return null;
        synchronized (files) {
            SourceFile known = files.get(at);
            if (known != null) return known;
            String path = table.pathAt(at);
            pathBytes += path.length();
            if (pathBytes > MOST_VISITS * table.size()) throw table.shared(function);
            SourceFile file = new SourceFile(path, null);
            files.put(at, file);
            return file;
        }
    }

    List<FunctionScope> named(String name) {
        List<FunctionScope> found = new ArrayList<>();
        for (int function : table.named(name)) found.add(function(function));
        return found;
    }

    /** Behind the check of the stack's end and the frame's set-up. */
    long breakpointPc(long entry) {
        int function = table.at(entry);
        if (function < 0 || table.entry(function) != entry) return entry;
        long[] found = {0, 0};
        table.runs(GoLineTable.Table.STACK, function, (low, high, depth) -> {
            boolean frame = depth > 0 && (found[0] == 0 || depth > found[1]);
            if (found[0] != 0 && !frame) return false;
            if (frame) {
                found[0] = low;
                found[1] = depth;
            }
            return !frame || high - low <= FRAME_POINTER_BYTES;
        });
        return entry + found[0];
    }

    Optional<LineRow> lineAt(long pc) {
        int function = table.at(pc);
        if (function < 0) return Optional.empty();
        for (LineRow row : rows(function)) if (row.contains(pc)) return Optional.of(row);
        return Optional.empty();
    }

    private List<LineRow> rows(int function) {
        List<LineRow> rows = new ArrayList<>();
        long entry = table.entry(function);
        long low = entry;
        for (long[] row : table.rows(function)) {
            SourceFile file = file(function, (int) row[1]);
            long high = Math.min(entry + row[0], table.end(function));
            if (file != null && row[2] > 0 && high > low) {
                rows.add(new LineRow(low, high, file, (int) row[2], 0, true, false));
            }
            low = high;
        }
        return rows;
    }

    List<LineRow> rowsIn(AddressRange range) {
        List<LineRow> found = new ArrayList<>();
        Visits visits = new Visits();
        int function = Math.max(0, table.at(range.low()));
        for (; function < table.count() && Long.compareUnsigned(table.entry(function), range.high()) < 0; function++) {
            List<LineRow> rows = rows(function);
            visits.add(rows.size(), function);
            for (LineRow row : rows) {
                boolean before = Long.compareUnsigned(row.end(), range.low()) <= 0;
                boolean behind = Long.compareUnsigned(row.address(), range.high()) >= 0;
                if (!before && !behind) found.add(row);
            }
        }
        return found;
    }

    /** See {@link Symbols#breakpointRows}. */
    List<LineRow> breakpointRows(SourcePath path, int line) {
        Map<String, Boolean> matches = new HashMap<>();
        List<LineRow> best = new ArrayList<>();
        Visits visits = new Visits();
        for (int function = 0; function < table.count(); function++) {
            if (!mayMatch(function, path, matches, visits)) continue;
            List<LineRow> rows = rows(function);
            visits.add(rows.size(), function);
            for (LineRow row : rows) {
                int nearest = best.isEmpty() ? Integer.MAX_VALUE : best.get(0).line();
                boolean good = row.line() >= line && row.line() <= nearest;
                if (!good || !matches.computeIfAbsent(row.file().path(), path::matches)) continue;
                if (row.line() < nearest) best.clear();
                best.add(row);
            }
        }
        Map<Object, LineRow> firsts = new LinkedHashMap<>();
        for (LineRow row : best) {
            int function = table.at(row.address());
            if (function < 0) continue;
            FunctionScope scope = innermost(function, row.address(), visits);
            LineRow moved = scope.inlined() ? row : behindPrologue(row, scope);
            firsts.putIfAbsent(scope.entryPc() + (scope.inlined() ? ":" + scope.name() : ""), moved);
        }
        return firsts.values().stream()
                .sorted((a, b) -> Long.compareUnsigned(a.address(), b.address()))
                .toList();
    }

    private LineRow behindPrologue(LineRow row, FunctionScope function) {
        long behind = breakpointPc(function.entryPc());
        if (Long.compareUnsigned(row.address(), behind) >= 0) return row;
        LineRow there = lineAt(behind).orElse(row);
        return new LineRow(behind, there.end(), there.file(), there.line(), 0, true, false);
    }

    private FunctionScope innermost(int function, long pc, Visits visits) {
        if (inlines == null) return function(function);
        visits.add(inlines.runs(function), function);
        List<GoInlineTree.Inlined> calls = inlines.at(function, pc);
        return calls.isEmpty() ? function(function) : inlined(function, calls.get(0));
    }

    private boolean mayMatch(int function, SourcePath path, Map<String, Boolean> matches, Visits visits) {
        boolean[] found = {false};
        table.runs(GoLineTable.Table.FILE, function, (low, high, number) -> {
            visits.add(1, function);
            SourceFile file = file(function, number);
            found[0] = file != null && matches.computeIfAbsent(file.path(), path::matches);
            return !found[0];
        });
        return found[0];
    }

    List<SourceFile> sourceFiles() {
        Set<SourceFile> all = new LinkedHashSet<>();
        Visits visits = new Visits();
        for (int function = 0; function < table.count(); function++) {
            int at = function;
            table.runs(GoLineTable.Table.FILE, function, (low, high, number) -> {
                visits.add(1, at);
                SourceFile file = file(at, number);
                if (file != null) all.add(file);
                return true;
            });
        }
        return List.copyOf(all);
    }
}
