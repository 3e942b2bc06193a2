package io.kmdebug.debugger.target;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSection;
import io.kmdebug.machine.ElfSymbol;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The objects of libraries that the executable has a copy of, which takes the original's place for everyone:
 * R_X86_64_COPY, SysV amd64 §4.4.1. The library's debug information speaks of the original, which nobody uses.
 */
public final class CopiedObjects {
    private static final int SHT_RELA = 4;
    private static final int ENTRY_BYTES = 24;
    private static final int SYMBOL_BYTES = 24;
    private static final int COPY = 5;
    private static final int MAX_COPIES = 100_000;

    private final ImageList images;
    private @Nullable Map<String, Long> copies;

    public CopiedObjects(ImageList images) {
        this.images = images;
    }

    /** Where the object at a run-time address of {@code library} is: there, or in the executable. */
    public long moved(LoadedImage library, long address) {
        LoadedImage main = images.main().orElse(null);
        if (main == null || library.main()) return address;
        Map<String, Long> known = copies;
        if (known == null) copies = known = read(main.symbols().file());
        for (Map.Entry<String, Long> copy : known.entrySet()) {
            for (ElfSymbol original : library.symbols().symbolsNamed(copy.getKey())) {
                long skip = address - library.bias() - original.value();
                if (original.section() == 0 || skip < 0 || skip >= Math.max(1, original.size())) continue;
                return copy.getValue() + main.bias() + skip;
            }
        }
        return address;
    }

    /** Link-time addresses of the copies by their symbols' names. */
    private static Map<String, Long> read(ElfFile file) {
        Map<String, Long> found = new HashMap<>();
        try {
            for (ElfSection section : file.sections()) {
                boolean ofDynamic = section.type() == SHT_RELA && (section.flags() & ElfSection.SHF_ALLOC) != 0;
                if (ofDynamic) read(file, section, found);
            }
        } catch (CorruptFileException e) {
            // What could be read is true; the rest is as if nothing had been copied.
            return found;
        }
        return found;
    }

    private static void read(ElfFile file, ElfSection relocations, Map<String, Long> into) {
        Bytes entries = file.content(relocations);
        ElfSection symbols = section(file, relocations.link());
        ElfSection names = symbols == null ? null : section(file, symbols.link());
        if (symbols == null || names == null) return;
        for (long at = 0; at + ENTRY_BYTES <= entries.length() && into.size() < MAX_COPIES; at += ENTRY_BYTES) {
            long info = entries.u8(at + 8);
            if ((int) info != COPY) continue;
            long name = file.content(symbols).u4((info >>> 32) * SYMBOL_BYTES);
            into.put(file.content(names).string(name), entries.u8(at));
        }
    }

    private static @Nullable ElfSection section(ElfFile file, int index) {
        for (ElfSection section : file.sections()) if (section.index() == index && index != 0) return section;
        return null;
    }
}
