package io.kmdebug.symbols;

import java.util.List;

/** Fuzz target: Go's line table and trees of inlined calls, in a file of {@link PackedSections} without DWARF. */
final class GoTableFuzz {
    private GoTableFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzLimits.within(() -> {
            DwarfSymbols symbols = new DwarfSymbols(PackedSections.of(data, 0).elf(""), new DebugFiles(List.of()));
            symbols.status();
            for (long pc = PackedSections.CODE; pc < PackedSections.CODE + 0x400; pc += 0x2b) {
                symbols.lineAt(pc);
                for (FunctionScope scope : symbols.scopesAt(pc)) symbols.breakpointPc(scope);
            }
            for (String name : List.of("main.main", "main.small", "fmt.Println")) symbols.functionsNamed(name);
            symbols.rowsIn(new AddressRange(PackedSections.CODE, PackedSections.CODE + PackedSections.CODE_BYTES));
            int asked = 0;
            for (SourceFile file : symbols.sourceFiles()) {
                if (asked++ == 8) break;
                symbols.breakpointRows(file.path(), 1);
                symbols.breakpointRows(file.name(), 7);
            }
            symbols.status();
        });
    }
}
