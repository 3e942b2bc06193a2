package io.kmdebug.symbols;

import java.util.List;

/** Fuzz target: a line number program (its section, or with its strings as {@link PackedSections}) of a sound unit. */
final class LinesFuzz {
    /** One unit of DWARF 5 or 4 with nothing but DW_AT_stmt_list 0, DW_AT_low_pc and DW_AT_high_pc. */
    private static final byte[] ABBREV = {1, 0x11, 0, 0x10, 0x17, 0x11, 1, 0x12, 6, 0, 0, 0};

    private static final byte[] INFO_5 = {
        0x19, 0, 0, 0, 5, 0, 1, 8, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x10, 0x40, 0, 0, 0, 0, 0, 0, 0x20, 0, 0
    };
    private static final byte[] INFO_4 = {
        0x18, 0, 0, 0, 4, 0, 0, 0, 0, 0, 8, 1, 0, 0, 0, 0, 0, 0x10, 0x40, 0, 0, 0, 0, 0, 0, 0x20, 0, 0
    };

    private LinesFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) return;
        PackedSections sections = PackedSections.of(data, 1);
        sections.put(".debug_abbrev", ABBREV);
        sections.put(".debug_info", data[0] == 4 ? INFO_4 : INFO_5);
        FuzzLimits.within(() -> {
            DwarfSymbols symbols = new DwarfSymbols(sections.elf(""), new DebugFiles(List.of()));
            for (long pc = PackedSections.CODE; pc < PackedSections.CODE + 0x100; pc += 13) symbols.lineAt(pc);
            symbols.rowsIn(new AddressRange(PackedSections.CODE, PackedSections.CODE + PackedSections.CODE_BYTES));
            int asked = 0;
            for (SourceFile file : symbols.sourceFiles()) {
                if (asked++ == 20) break;
                symbols.breakpointRows(file.path(), 1);
                symbols.breakpointRows(file.name(), 12);
            }
            symbols.status();
        });
    }
}
