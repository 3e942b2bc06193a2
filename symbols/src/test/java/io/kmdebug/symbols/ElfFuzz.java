package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import io.kmdebug.machine.ElfSegment;
import java.nio.file.Path;
import java.util.List;

/** Fuzz target: whole ELF files, with everything that is asked of one before and besides its DWARF. */
final class ElfFuzz {
    private ElfFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzLimits.within(() -> {
            ElfFile file;
            try {
                file = ElfFile.of(Path.of("fuzzed"), Bytes.of("fuzzed", data));
            } catch (CorruptFileException e) {
                return;
            }
            allowed(file::sections);
            allowed(file::symbols);
            allowed(file::buildId);
            allowed(file::interpreter);
            for (ElfSegment segment : file.segments()) allowed(() -> file.content(segment));
            allowed(() -> {
                for (ElfSection section : file.sections()) allowed(() -> file.content(section));
            });
            allowed(() -> DebugFiles.hasDwarf(file));
            allowed(() -> {
                DwarfSymbols symbols = new DwarfSymbols(file, new DebugFiles(List.of()));
                symbols.status();
                for (long pc : new long[] {file.entry(), 0, -1, 0x1000}) {
                    symbols.symbolAt(pc);
                    symbols.scopesAt(pc);
                }
                symbols.symbolsNamed("main");
                symbols.functionsNamed("main");
            });
        });
    }

    /** The one exception that a broken file may be answered with. */
    private static void allowed(Runnable question) {
        try {
            question.run();
        } catch (CorruptFileException e) {
            if (String.valueOf(e.getMessage()).isEmpty()) throw new AssertionError("a refusal without a message", e);
        }
    }
}
