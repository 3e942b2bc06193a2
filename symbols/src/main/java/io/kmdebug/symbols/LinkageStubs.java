package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.symbols.demangle.Demangler;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Entries of the procedure linkage tables by the functions that they lead to: {@code puts@plt}. Linkers write no symbols
 * for them; an entry jumps through a slot that a relocation fills. SysV amd64 §5.2, gABI "Relocation". Told by their
 * code are the entries of {@code .plt} (lazy), {@code .plt.got} (bound at start) and {@code .plt.sec} (for IBT; the lazy
 * part is then in {@code .plt} and pushes the number of its relocation).
 */
final class LinkageStubs {
    private static final int SHORTEST_ENTRY_BYTES = 8;
    private static final int ENTRY_BYTES = 16;
    private static final int RELA_BYTES = 24;
    private static final int SYMBOL_BYTES = 24;
    private static final int GLOB_DAT = 6;
    private static final int JUMP_SLOT = 7;
    private static final int IRELATIVE = 37;
    private static final int PUSH_IMMEDIATE = 0x68;

    private final ElfFile file;
    private volatile @Nullable Map<Long, String> slots;

    LinkageStubs(ElfFile file) {
        this.file = file;
    }

    /** The entry that holds {@code pc}, as a symbol; empty where there is none, or it leads to nothing with a name. */
    Optional<ElfSymbol> at(long pc) {
        for (ElfSection section : file.sections()) {
            if (!section.name().startsWith(".plt") && !section.name().equals(".iplt")) continue;
            if (section.type() == ElfSection.SHT_NOBITS || !section.contains(pc)) continue;
            try {
                return entry(section, pc);
            } catch (CorruptFileException e) {
                return Optional.empty(); // without a name the entry is shown by its address
            }
        }
        return Optional.empty();
    }

    private Optional<ElfSymbol> entry(ElfSection section, long pc) {
        boolean compact = section.entrySize() == SHORTEST_ENTRY_BYTES;
        int bytes = compact ? SHORTEST_ENTRY_BYTES : ENTRY_BYTES;
        long start = section.address() + (pc - section.address()) / bytes * bytes;
        Bytes content = file.content(section);
        long at = start - section.address();
        byte[] code = content.copy(at, (int) Math.min(bytes, content.length() - at));
        String name = target(code, start);
        if (name == null) return Optional.empty();
        return Optional.of(
                new ElfSymbol(name + "@plt", start, bytes, ElfSymbol.STT_FUNC, ElfSymbol.STB_LOCAL, section.index()));
    }

    private @Nullable String target(byte[] code, long start) {
        Amd64Instruction instruction = new Amd64Instruction();
        int at = startsWithEndbr64(code) ? 4 : 0;
        if (!instruction.decode(code, at, code.length)) return null;
        if (instruction.map == 0 && instruction.opcode == PUSH_IMMEDIATE) return lazy(instruction.immediate);
        boolean slot = instruction.isIndirectJump() && instruction.mod == 0 && instruction.base < 0;
        return slot ? slots().get(start + at + instruction.length + instruction.displacement) : null;
    }

    private static boolean startsWithEndbr64(byte[] code) {
        return code.length >= 4
                && code[0] == (byte) 0xf3
                && code[1] == 0x0f
                && code[2] == 0x1e
                && code[3] == (byte) 0xfa;
    }

    private @Nullable String lazy(long number) {
        ElfSection table = file.section(".rela.plt").orElse(null);
        if (table == null || number < 0 || number >= table.size() / RELA_BYTES) return null;
        return relocated(file.content(table), number * RELA_BYTES, table.link());
    }

    /** Names by the addresses of the slots that lead to them. */
    private Map<Long, String> slots() {
        Map<Long, String> known = slots;
        if (known == null) {
            known = new HashMap<>();
            for (ElfSection section : file.sections()) {
                boolean relocations = section.name().equals(".rela.plt")
                        || section.name().equals(".rela.dyn")
                        || section.name().equals(".rela.iplt");
                if (relocations) add(section, known);
            }
            slots = known;
        }
        return known;
    }

    private void add(ElfSection section, Map<Long, String> out) {
        Bytes table = file.content(section);
        for (long at = 0; at + RELA_BYTES <= table.length(); at += RELA_BYTES) {
            String name = relocated(table, at, section.link());
            if (name != null) out.put(table.u8(at), name);
        }
    }

    private @Nullable String relocated(Bytes table, long at, int symbols) {
        int type = (int) table.u8(at + 8);
        if (type == IRELATIVE) return String.format("*ABS*+0x%x", table.u8(at + 16));
        if (type != JUMP_SLOT && type != GLOB_DAT) return null;
        return symbol(symbols, table.u8(at + 8) >>> 32);
    }

    private @Nullable String symbol(int tableIndex, long index) {
        if (tableIndex <= 0 || tableIndex >= file.sections().size()) return null;
        ElfSection table = file.sections().get(tableIndex);
        if (table.link() <= 0 || table.link() >= file.sections().size()) return null;
        if (index <= 0 || index >= table.size() / SYMBOL_BYTES) return null;
        long name = file.content(table).u4(index * SYMBOL_BYTES);
        return Demangler.readable(
                file.content(file.sections().get(table.link())).string(name));
    }
}
