package io.kmdebug.monitor.stub;

import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.rsp.Refusal;
import io.kmdebug.rsp.StubTarget.Library;
import java.util.List;
import java.util.OptionalLong;

/**
 * glibc's thread-local storage of modules. Where a version of glibc keeps what is needed is told by its own symbols for
 * debuggers: {@code _thread_db_STRUCTURE_MEMBER} is three integers: bits, elements, offset. libthread_db's
 * td_thr_tlsbase does the same.
 */
final class GlibcModules {
    /** dtv_t: a value, and what to free. The first is the vector's generation, the one before it its length. */
    private static final int VECTOR_ENTRY = 16;

    private static final long UNALLOCATED = -1;
    private static final long NO_STATIC_OFFSET = 0;
    private static final long FORCED_DYNAMIC = -1;
    /** struct dtv_slotinfo_list: length, next, and from here on slots of generation and link_map. */
    private static final int LIST_SLOTS = 16;

    private static final int LIST_NEXT = 8;
    private static final int MOST_SLOTS = 1 << 20;

    private final Payload payload;
    private final MemoryReader memory;
    private final LinkMaps maps;
    private final List<Library> libraries;

    GlibcModules(Payload payload, MemoryReader memory, LinkMaps maps, List<Library> libraries) {
        this.payload = payload;
        this.memory = memory;
        this.maps = maps;
        this.libraries = libraries;
    }

    /** Where the thread has the module's variables. */
    long block(Library module, long threadPointer, long vector) throws UnreadableMemoryException {
        long number = memory.readLong(module.linkMap() + offset("link_map_l_tls_modid"));
        if (number == 0) throw Refusal.because("the library has no thread-local variables");
        boolean current = generation(module, number) <= memory.readLong(vector)
                && Long.compareUnsigned(number, memory.readLong(vector - VECTOR_ENTRY)) <= 0;
        if (current) {
            long block = memory.readLong(vector + VECTOR_ENTRY * number);
            if (block != UNALLOCATED) return block;
        }
        // the thread learns of the module when it first uses it; what has a place in every thread is there already
        long below = memory.readLong(module.linkMap() + offset("link_map_l_tls_offset"));
        if (below == NO_STATIC_OFFSET || below == FORCED_DYNAMIC) throw ThreadLocals.notYet();
        return threadPointer - below;
    }

    /** Of the vectors that know the module by that number: it may have been another's before. */
    private long generation(Library module, long number) throws UnreadableMemoryException {
        long globals = symbol("_rtld_global").orElseThrow(() -> unknown("_rtld_global"));
        long list = memory.readLong(globals + offset("rtld_global__dl_tls_dtv_slotinfo_list"));
        long first = 0;
        while (list != 0 && first < MOST_SLOTS) {
            long length = memory.readLong(list);
            if (length <= 0 || length > MOST_SLOTS) break;
            if (number < first + length) {
                long slot = list + LIST_SLOTS + 16 * (number - first);
                if (memory.readLong(slot + 8) != module.linkMap()) break;
                return memory.readLong(slot);
            }
            first += length;
            list = memory.readLong(list + LIST_NEXT);
        }
        throw Refusal.because("the dynamic linker's list of modules has no number " + number + " for the library");
    }

    private long offset(String member) throws UnreadableMemoryException {
        String name = "_thread_db_" + member;
        return memory.readUnsigned(symbol(name).orElseThrow(() -> unknown(name)) + 8, 4);
    }

    private static Refusal unknown(String symbol) {
        return Refusal.because("the C library is not musl, and does not tell by " + symbol + " what is where");
    }

    private OptionalLong symbol(String name) {
        long linker = payload.program().interpreterBase();
        for (Library library : libraries) {
            String file = library.name().substring(library.name().lastIndexOf('/') + 1);
            boolean candidate =
                    library.base() == linker || file.startsWith("libc.so") || file.startsWith("libpthread.so");
            if (!candidate) continue;
            for (ElfSymbol symbol :
                    maps.file(library).map(io.kmdebug.machine.ElfFile::symbols).orElse(List.of())) {
                if (symbol.section() != 0 && symbol.name().equals(name))
                    return OptionalLong.of(library.base() + symbol.value());
            }
        }
        return OptionalLong.empty();
    }
}
