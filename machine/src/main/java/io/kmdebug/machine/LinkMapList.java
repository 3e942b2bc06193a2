package io.kmdebug.machine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the dynamic linker has loaded: DT_DEBUG holds the address of {@code struct r_debug}, that of a list of {@code
 * struct link_map}; from version 2 of the former on, another one may follow it, for the next namespace (SVR4; the C
 * libraries' {@code link.h}).
 *
 * @param entries in the linker's order: the first of a namespace is the program itself, or what was loaded there first
 * @param hook r_brk: called before and after the list changes
 * @param broken where the reading ended early, on a list that is being built or was overwritten: what is there is true
 */
public record LinkMapList(
        List<Entry> entries, OptionalLong hook, @Nullable UnreadableMemoryException broken) {
    /**
     * @param address of the {@code link_map}
     * @param name path of the file, empty for the program
     * @param bias l_addr: run-time minus link-time address
     * @param dynamic l_ld: where its dynamic section is
     * @param namespace address of the {@code r_debug} of its namespace
     */
    public record Entry(long address, String name, long bias, long dynamic, long namespace) {}

    private static final LinkMapList NONE = new LinkMapList(List.of(), OptionalLong.empty(), null);
    private static final long DT_NULL = 0;
    private static final long DT_DEBUG = 21;
    private static final int MOST_DYNAMIC_ENTRIES = 4096;
    private static final int MOST_ENTRIES = 4096;
    private static final int PATH_MAX = 4096;

    /** @param dynamic run-time address of the program's dynamic section; nothing is listed before the linker has run */
    public static LinkMapList read(long dynamic, MemoryReader memory) {
        List<Entry> entries = new ArrayList<>();
        OptionalLong hook = OptionalLong.empty();
        try {
            long pointer = pointer(dynamic, memory);
            long first = pointer == 0 ? 0 : memory.readLong(pointer);
            if (first == 0) return NONE;
            long breakpoint = memory.readLong(first + 16);
            if (breakpoint != 0) hook = OptionalLong.of(breakpoint);
            Set<Long> seen = new HashSet<>();
            for (long debug = first; debug != 0 && seen.add(debug); debug = next(debug, memory)) {
                long at = memory.readLong(debug + 8);
                while (at != 0 && entries.size() < MOST_ENTRIES && seen.add(at)) {
                    String name = string(memory.readLong(at + 8), memory);
                    entries.add(new Entry(at, name, memory.readLong(at), memory.readLong(at + 16), debug));
                    at = memory.readLong(at + 24);
                }
            }
            return new LinkMapList(List.copyOf(entries), hook, null);
        } catch (UnreadableMemoryException e) {
            return new LinkMapList(List.copyOf(entries), hook, e);
        }
    }

    /**
     * Where in the dynamic section the address of {@code struct r_debug} stands; 0 where there is no place for it.
     *
     * @param dynamic run-time address of the program's dynamic section
     */
    public static long pointer(long dynamic, MemoryReader memory) throws UnreadableMemoryException {
        for (int i = 0; i < MOST_DYNAMIC_ENTRIES; i++) {
            long entry = dynamic + 16L * i;
            long tag = memory.readLong(entry);
            if (tag == DT_DEBUG) return entry + 8;
            if (tag == DT_NULL) return 0;
        }
        return 0;
    }

    private static long next(long debug, MemoryReader memory) throws UnreadableMemoryException {
        return memory.readUnsigned(debug, 4) >= 2 ? memory.readLong(debug + 40) : 0;
    }

    private static String string(long address, MemoryReader memory) throws UnreadableMemoryException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] piece = new byte[64];
        while (bytes.size() < PATH_MAX) {
            int got = memory.read(address + bytes.size(), piece, 0, piece.length);
            if (got == 0) throw new UnreadableMemoryException(address + bytes.size());
            int length = 0;
            while (length < got && piece[length] != 0) length++;
            bytes.write(piece, 0, length);
            if (length < got) break;
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
