package io.kmdebug.debugger.target;

import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.UnreadableMemoryException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The dynamic linker's list of loaded objects: DT_DEBUG holds the address of {@code struct r_debug}, that of {@code
 * struct link_map} (SVR4; the C libraries' {@code link.h}).
 *
 * @param libraries without the executable itself
 * @param hook r_brk: called before and after the list changes
 */
record LinkMap(List<Library> libraries, OptionalLong hook) {
    /**
     * @param bias l_addr: run-time minus link-time address
     * @param entry address of the {@code link_map}
     */
    record Library(String path, long bias, long entry) {}

    private static final LinkMap NONE = new LinkMap(List.of(), OptionalLong.empty());
    private static final long DT_NULL = 0;
    private static final long DT_DEBUG = 21;
    private static final int MAX_ENTRIES = 4096;
    private static final int MAX_NAME_BYTES = 4096;

    /** The list as far as it can be read; empty for static programs and before the linker has run. */
    static LinkMap read(LoadedImage main, MemoryReader memory) {
        List<Library> libraries = new ArrayList<>();
        try {
            long debug = debugAddress(main, memory);
            if (debug == 0) return NONE;
            long hook = memory.readLong(debug + 16);
            long entry = memory.readLong(debug + 8);
            for (int i = 0; entry != 0 && i < MAX_ENTRIES; i++) {
                String path = string(memory, memory.readLong(entry + 8));
                if (i > 0 && !path.isEmpty()) libraries.add(new Library(path, memory.readLong(entry), entry));
                entry = memory.readLong(entry + 24);
            }
            return new LinkMap(List.copyOf(libraries), hook == 0 ? OptionalLong.empty() : OptionalLong.of(hook));
        } catch (UnreadableMemoryException e) {
            // A list that is being built, or overwritten by the payload: what was read is still true.
            return new LinkMap(List.copyOf(libraries), OptionalLong.empty());
        }
    }

    /** The library's entry; empty when it is not listed. */
    Optional<Library> of(LoadedImage image) {
        return libraries.stream().filter(l -> l.bias() == image.bias()).findFirst();
    }

    private static long debugAddress(LoadedImage main, MemoryReader memory) throws UnreadableMemoryException {
        for (ElfSegment segment : main.symbols().file().segments()) {
            if (segment.type() != ElfSegment.PT_DYNAMIC) continue;
            long at = segment.address() + main.bias();
            for (long i = 0; i < segment.memorySize() / 16; i++) {
                long tag = memory.readLong(at + 16 * i);
                if (tag == DT_NULL) break;
                if (tag == DT_DEBUG) return memory.readLong(at + 16 * i + 8);
            }
        }
        return 0;
    }

    private static String string(MemoryReader memory, long address) {
        byte[] raw = new byte[MAX_NAME_BYTES];
        int got = memory.read(address, raw, 0, raw.length);
        int end = 0;
        while (end < got && raw[end] != 0) end++;
        return new String(raw, 0, end, StandardCharsets.UTF_8);
    }
}
