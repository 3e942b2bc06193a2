package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import java.util.List;

/** Fuzz target: .debug_macro and .debug_macinfo of a file of {@link PackedSections}. */
final class MacrosFuzz {
    private static final List<String> NAMES = List.of("A", "LIMIT", "square", "both", "__LINE__", "__FILE__", "x");

    private MacrosFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzLimits.within(() -> {
            DebugFiles none = new DebugFiles(List.of());
            DwarfSymbols symbols = new DwarfSymbols(PackedSections.of(data, 0).elf(""), none);
            DwarfImage image = new DwarfImage(new DwarfSections(symbols.file(), none), none);
            for (Unit unit : image.unitsWithEntries()) macros(unit);
            for (long pc = PackedSections.CODE; pc < PackedSections.CODE + 0x80; pc += 0x20) {
                for (String name : NAMES) symbols.macro(name, pc, null);
                for (FunctionScope scope : symbols.scopesAt(pc)) symbols.macro("LIMIT", pc, scope);
            }
            symbols.status();
        });
    }

    private static void macros(Unit unit) {
        MacroTable table = unit.macros();
        for (String name : NAMES) {
            table.find(name, null, 1);
            table.find(name, file(unit), 7);
        }
    }

    private static @org.jspecify.annotations.Nullable SourceFile file(Unit unit) {
        try {
            return unit.file(1);
        } catch (CorruptFileException e) {
            return null;
        }
    }
}
