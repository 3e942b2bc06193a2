package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import io.kmdebug.machine.MemoryReader;
import java.util.List;
import java.util.Optional;

/**
 * An entry of the procedure linkage table: it jumps through a slot that a relocation names. SysV amd64 §5.2, gABI
 * "Relocation".
 */
final class LinkageStub {
    private static final int STUB_BYTES = 16;
    private static final int RELA_BYTES = 24;
    private static final int SYMBOL_BYTES = 24;

    private LinkageStub() {}

    /** Whether a run-time address lies in such a table. */
    static boolean isAt(LoadedImage image, long address) {
        long linked = address - image.bias();
        for (ElfSection section : image.symbols().file().sections()) {
            if (section.name().startsWith(".plt") && section.contains(linked)) return true;
        }
        return false;
    }

    /** The name of the function that the entry at a run-time address goes to. */
    static Optional<String> target(LoadedImage image, long address, MemoryReader memory) {
        byte[] code = new byte[STUB_BYTES];
        if (memory.read(address, code, 0, code.length) < code.length) return Optional.empty();
        // jmp *disp32(%rip), with endbr64 and a bnd prefix before it in some tables
        for (int i = 0; i + 6 <= code.length; i++) {
            if (code[i] != (byte) 0xff || code[i + 1] != 0x25) continue;
            int displacement =
                    (code[i + 2] & 0xff) | (code[i + 3] & 0xff) << 8 | (code[i + 4] & 0xff) << 16 | code[i + 5] << 24;
            return relocatedBy(image.symbols().file(), address - image.bias() + i + 6 + displacement);
        }
        return Optional.empty();
    }

    private static Optional<String> relocatedBy(ElfFile file, long slot) {
        try {
            for (String table : List.of(".rela.plt", ".rela.dyn")) {
                Optional<ElfSection> section = file.section(table);
                if (section.isEmpty()) continue;
                Bytes entries = file.content(section.get());
                for (long at = 0; at + RELA_BYTES <= entries.length(); at += RELA_BYTES) {
                    if (entries.u8(at) == slot)
                        return symbol(file, section.get().link(), entries.u8(at + 8) >>> 32);
                }
            }
        } catch (CorruptFileException e) {
            // Without its name the function is run through instead of being entered.
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static Optional<String> symbol(ElfFile file, int tableIndex, long index) {
        if (tableIndex <= 0 || tableIndex >= file.sections().size()) return Optional.empty();
        ElfSection table = file.sections().get(tableIndex);
        if (table.link() <= 0 || table.link() >= file.sections().size()) return Optional.empty();
        long name = file.content(table).u4(index * SYMBOL_BYTES);
        return Optional.of(file.content(file.sections().get(table.link())).string(name));
    }
}
