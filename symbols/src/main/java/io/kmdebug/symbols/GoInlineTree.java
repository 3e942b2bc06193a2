package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which functions Go's compiler inlined where, as the run-time system keeps it for its traces: {@code PCDATA_InlTreeIndex}
 * and {@code FUNCDATA_InlTree} of package runtime, since Go 1.18.
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
            int index = index(function, pc);
            while (index >= 0 && calls.size() < MAX_DEPTH) {
                Inlined call = entry(function, index);
                if (call == null) break;
                calls.add(call);
                index = index(function, call.call());
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
        long entry = lines.entry(function);
        lines.data(INDEX_DATA, function, (low, high, value) -> {
            if (value < 0) return true;
            for (Inlined call : at(function, entry + low)) {
                if (call.index() != index) continue;
                int last = ranges.size() - 1;
                boolean joins = last >= 0 && ranges.get(last).high() == entry + low;
                long from = joins ? ranges.remove(last).low() : entry + low;
                ranges.add(new AddressRange(from, entry + high));
            }
            return true;
        });
        return ranges;
    }

    private int index(int function, long pc) {
        int[] found = {-1};
        long wanted = pc - lines.entry(function);
        lines.data(INDEX_DATA, function, (low, high, value) -> {
            if (wanted < high) found[0] = value;
            return wanted >= high;
        });
        return found[0];
    }

    private @Nullable Inlined entry(int function, int index) {
        long tree = lines.functionData(TREE_DATA, function);
        if (tree < 0) return null;
        boolean recent = lines.hasNewInlineTrees();
        long at = tree + (long) index * (recent ? NEW_ENTRY_BYTES : OLD_ENTRY_BYTES);
        int name = trees.i4(at + (recent ? 4 : 12));
        int call = trees.i4(at + (recent ? 8 : 16));
        return new Inlined(index, lines.nameAt(name), lines.entry(function) + call);
    }
}
