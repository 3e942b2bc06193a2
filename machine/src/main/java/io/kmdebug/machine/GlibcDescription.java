package io.kmdebug.machine;

import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * glibc describes its own structures to debuggers: an object {@code _thread_db_STRUCTURE_FIELD} of three 32-bit numbers,
 * which are the field's width in bits, its elements, and its offset in bytes (nptl_db/structs.def, db-descriptors).
 *
 * @param addresses run-time addresses of symbols by name; 0 for those that are not there
 */
public record GlibcDescription(ToLongFunction<String> addresses, MemoryReader memory) {
    private static final int NOT_THERE = -1;
    private static final int MAX_LISTS = 1024;

    /** What a {@code link_map} says; null where glibc does not describe it. */
    public @Nullable TlsModule module(long linkMap) throws UnreadableMemoryException {
        long number = field("link_map_l_tls_modid");
        long offset = field("link_map_l_tls_offset");
        if (number < 0) return null;
        long found = memory.readLong(linkMap + number);
        return found <= 0 ? null : new TlsModule(found, offset < 0 ? 0 : memory.readLong(linkMap + offset));
    }

    /**
     * The generation of the list of modules in which module {@code number} became the object at {@code linkMap}; empty
     * where the list is not found, or has another object there.
     */
    public OptionalLong generation(long number, long linkMap) throws UnreadableMemoryException {
        long global = addresses.applyAsLong("_rtld_global");
        long inGlobal = field("rtld_global__dl_tls_dtv_slotinfo_list");
        if (global == 0 || inGlobal < 0) return OptionalLong.empty();
        long lengthAt = field("dtv_slotinfo_list_len");
        long nextAt = field("dtv_slotinfo_list_next");
        long slotsAt = field("dtv_slotinfo_list_slotinfo");
        long generationAt = field("dtv_slotinfo_gen");
        long mapAt = field("dtv_slotinfo_map");
        long slotBytes = size("dtv_slotinfo");
        if ((lengthAt | nextAt | slotsAt | generationAt | mapAt) < 0 || slotBytes <= 0) return OptionalLong.empty();
        long list = memory.readLong(global + inGlobal);
        long index = number;
        for (int i = 0; i < MAX_LISTS && list != 0; i++) {
            long length = memory.readLong(list + lengthAt);
            if (Long.compareUnsigned(index, length) < 0) {
                long slot = list + slotsAt + index * slotBytes;
                boolean same = memory.readLong(slot + mapAt) == linkMap;
                return same ? OptionalLong.of(memory.readLong(slot + generationAt)) : OptionalLong.empty();
            }
            index -= length;
            list = memory.readLong(list + nextAt);
        }
        return OptionalLong.empty();
    }

    /** Offset of a field in bytes; negative where glibc does not describe it. */
    private long field(String name) throws UnreadableMemoryException {
        long description = addresses.applyAsLong("_thread_db_" + name);
        return description == 0 ? NOT_THERE : memory.readUnsigned(description + 8, 4);
    }

    private long size(String structure) throws UnreadableMemoryException {
        long description = addresses.applyAsLong("_thread_db_sizeof_" + structure);
        return description == 0 ? NOT_THERE : memory.readUnsigned(description, 4);
    }
}
