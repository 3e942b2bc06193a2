package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import java.util.List;

/** Fuzz target: .debug_names and .gdb_index of a file of {@link PackedSections}. */
final class IndexesFuzz {
    private static final List<String> NAMES = List.of(
            "main", "outer", "inner", "point", "point_t", "color", "RED", "origin", "box", "derived", "run", "");

    private IndexesFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzLimits.within(() -> {
            DebugFiles none = new DebugFiles(List.of());
            DwarfSymbols symbols = new DwarfSymbols(PackedSections.of(data, 0).elf(""), none);
            DwarfImage image = new DwarfImage(new DwarfSections(symbols.file(), none), none);
            List<Unit> units = image.units();
            DebugNames names = DebugNames.of(image, units);
            GdbIndex index = GdbIndex.of(image, units);
            PreparedNames prepared = PreparedNames.of(image, units);
            for (String name : NAMES) {
                if (names != null) allowed(() -> names.find(name, units));
                if (index != null) allowed(() -> index.units(name));
                if (prepared == null) continue;
                for (NameKind kind : NameKind.values()) prepared.find(kind, name);
            }
            for (String name : NAMES) {
                symbols.functionsNamed(name);
                symbols.globalsNamed(name);
                symbols.typeNamed(name);
            }
            symbols.status();
        });
    }

    private static void allowed(Runnable question) {
        try {
            question.run();
        } catch (CorruptFileException e) {
            if (String.valueOf(e.getMessage()).isEmpty()) throw new AssertionError("a refusal without a message", e);
        }
    }
}
