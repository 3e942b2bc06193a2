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
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which functions Go's compiler inlined where, as the run-time system keeps it for its traces: {@code
 * PCDATA_InlTreeIndex} and {@code FUNCDATA_InlTree} of package runtime, since Go 1.18.
 */
final class GoInlineTree {
    private static final int INDEX_DATA = 2;
    private static final int TREE_DATA = 3;
    private static final int OLD_ENTRY_BYTES = 20;
    private static final int NEW_ENTRY_BYTES = 16;
    private static final int MAX_DEPTH = 100;

    private final GoLineTable lines;
    private final Bytes trees;

    /**
     * A call that was inlined.
     *
     * @param call link-time address whose line is that of the call
     */
    record Inlined(int index, String name, long call) {}

    private GoInlineTree(GoLineTable lines, Bytes trees) {
        this.lines = lines;
        this.trees = trees;
    }

    /** Null where the program does not say where its trees are. */
    static @Nullable GoInlineTree of(ElfFile file, ElfSymbolTable symbols, GoLineTable lines) {
        for (String name : new String[] {"go:func.*", "go.func.*"}) {
            for (var symbol : symbols.named(name)) {
                Optional<Bytes> trees = from(file, symbol.value());
                if (trees.isPresent()) return new GoInlineTree(lines, trees.get());
            }
        }
        OptionalLong at = GoModuleData.functionData(file, lines);
        if (at.isEmpty()) return null;
        return from(file, at.getAsLong())
                .map(trees -> new GoInlineTree(lines, trees))
                .orElse(null);
    }

    private static Optional<Bytes> from(ElfFile file, long address) {
        for (ElfSection section : file.sections()) {
            boolean there = section.contains(address)
                    && section.type() != ElfSection.SHT_NOBITS
                    && (section.flags() & ElfSection.SHF_ALLOC) != 0;
            if (!there) continue;
            Bytes content = file.content(section);
            long skip = address - section.address();
            return Optional.of(content.slice(skip, content.length() - skip));
        }
        return Optional.empty();
    }

    /** The calls whose code is at a link-time address, innermost first. */
    List<Inlined> at(int function, long pc) {
        List<Inlined> calls = new ArrayList<>();
        try {
            Runs runs = runsOf(function);
            int index = runs.at(pc);
            while (index >= 0 && calls.size() < MAX_DEPTH) {
                Inlined call = entry(function, index);
                if (call == null) break;
                calls.add(call);
                index = runs.at(call.call());
            }
        } catch (CorruptFileException e) {
            // a broken tree costs the inlined frames, which the function's own frame still stands for
            return List.of();
        }
        return calls;
    }

    /** Where the code of an inlined call is, and of what is inlined into it. */
    List<AddressRange> ranges(int function, int index) {
        List<AddressRange> ranges = new ArrayList<>();
        Runs runs = runsOf(function);
        Map<Integer, Boolean> within = new HashMap<>(Map.of(index, true, -1, false));
        for (int i = 0; i < runs.count; i++) {
            if (runs.values[i] < 0 || !isWithin(function, runs.values[i], runs, within)) continue;
            long low = runs.low(i);
            int last = ranges.size() - 1;
            boolean joins = last >= 0 && ranges.get(last).high() == low;
            long from = joins ? ranges.remove(last).low() : low;
            ranges.add(new AddressRange(from, runs.entry + runs.ends[i]));
        }
        return ranges;
    }

    /** @param known what is known of calls; what is found is added */
    private boolean isWithin(int function, int call, Runs runs, Map<Integer, Boolean> known) {
        List<Integer> path = new ArrayList<>();
        int at = call;
        while (!known.containsKey(at)) {
            path.add(at);
            at = path.size() == MAX_DEPTH ? -1 : around(function, at, runs);
        }
        boolean within = known.getOrDefault(at, false);
        for (int each : path) known.put(each, within);
        return within;
    }

    /** The call that another one is inlined into; -1 for none. */
    private int around(int function, int call, Runs runs) {
        try {
            long entry = entryAt(function, call);
            return entry < 0 ? -1 : Math.max(-1, runs.at(callAt(function, entry)));
        } catch (CorruptFileException e) {
            return -1;
        }
    }

    /** How many runs there are to look through for a function. */
    int runs(int function) {
        int[] count = {0};
        lines.data(INDEX_DATA, function, (low, high, value) -> {
            count[0]++;
            return true;
        });
        return count[0];
    }

    private Runs runsOf(int function) {
        Runs runs = new Runs(lines.entry(function), runs(function));
        lines.data(INDEX_DATA, function, runs);
        return runs;
    }

    /** The innermost call of each part of a function; -1 for its own code. */
    private static final class Runs implements GoLineTable.RunVisitor {
        private final long entry;
        private final long[] ends;
        private final int[] values;
        private int count;

        Runs(long entry, int most) {
            this.entry = entry;
            ends = new long[most];
            values = new int[most];
        }

        @Override
        public boolean visit(long low, long high, int value) {
            ends[count] = high;
            values[count++] = value;
            return true;
        }

        long low(int run) {
            return entry + (run == 0 ? 0 : ends[run - 1]);
        }

        int at(long pc) {
            int found = Arrays.binarySearch(ends, pc - entry);
            int run = found < 0 ? -found - 1 : found + 1;
            return run < count ? values[run] : -1;
        }
    }

    private @Nullable Inlined entry(int function, int index) {
        long at = entryAt(function, index);
        if (at < 0) return null;
        int name = trees.i4(at + (lines.hasNewInlineTrees() ? 4 : 12));
        return new Inlined(index, lines.nameAt(name), callAt(function, at));
    }

    private long entryAt(int function, int index) {
        long tree = lines.functionData(TREE_DATA, function);
        if (tree < 0) return -1;
        return tree + (long) index * (lines.hasNewInlineTrees() ? NEW_ENTRY_BYTES : OLD_ENTRY_BYTES);
    }

    private long callAt(int function, long entry) {
        return lines.entry(function) + trees.i4(entry + (lines.hasNewInlineTrees() ? 8 : 16));
    }
}
