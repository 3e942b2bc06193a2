package io.kmdebug.monitor.stub;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.machine.GlibcDescription;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.TlsModule;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.rsp.Refusal;
import io.kmdebug.rsp.StubTarget.Library;
import java.util.List;

/** glibc's thread-local storage of modules; libthread_db's td_thr_tlsbase finds it the same way. */
final class GlibcModules {
    /** dtv_t: a value, and what to free. The first is the vector's generation, the one before it its length. */
    private static final int VECTOR_ENTRY = 16;

    private static final long UNALLOCATED = -1;

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
    long block(Library library, long threadPointer, long vector) throws UnreadableMemoryException {
        GlibcDescription description = new GlibcDescription(this::address, memory);
        TlsModule module = description.module(library.linkMap());
        if (module == null) throw unknown(library);
        long generation = description
                .generation(module.number(), library.linkMap())
                .orElseThrow(() -> Refusal.because("the dynamic linker's list of modules has no number "
                        + module.number() + " for the library, or cannot be read"));
        boolean current = generation <= memory.readLong(vector)
                && Long.compareUnsigned(module.number(), memory.readLong(vector - VECTOR_ENTRY)) <= 0;
        if (current) {
            long block = memory.readLong(vector + VECTOR_ENTRY * module.number());
            if (block != UNALLOCATED) return block;
        }
        // the thread learns of the module when it first uses it; what has a place in every thread is there already
        if (!module.isBelowThreadPointer()) throw ThreadLocals.notYet();
        return threadPointer - module.offset();
    }

    private Refusal unknown(Library library) {
        boolean some = maps.file(library).map(ThreadLocals::hasThreadLocals).orElse(true);
        return some
                ? Refusal.because("the C library is not musl, and its symbols do not tell what is where")
                : ThreadLocals.none();
    }

    /** Of a symbol of the C library; 0 where it has none of that name. */
    private long address(String name) {
        long linker = payload.program().interpreterBase();
        for (Library library : libraries) {
            String file = library.name().substring(library.name().lastIndexOf('/') + 1);
            boolean candidate =
                    library.base() == linker || file.startsWith("libc.so") || file.startsWith("libpthread.so");
            if (!candidate) continue;
            for (ElfSymbol symbol : maps.file(library).map(ElfFile::symbols).orElse(List.of())) {
                if (symbol.section() != 0 && symbol.name().equals(name)) return library.base() + symbol.value();
            }
        }
        return 0;
    }
}
