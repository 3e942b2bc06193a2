package io.kmdebug.monitor.stub;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import io.kmdebug.rsp.Refusal;
import io.kmdebug.rsp.StubTarget.Library;
import java.util.List;

/**
 * Where threads have their thread-local variables. The program's block ends at the thread pointer, whatever the C
 * library; the other modules' are in the dynamic thread vector, which every C library has in a form of its own. ELF
 * Handling for Thread-Local Storage §3.4.6 (variant II), §4.4.6.
 */
final class ThreadLocals {
    /** Of the thread control block, in glibc and in musl. */
    private static final int VECTOR = 8;

    private final Payload payload;
    private final MemoryReader memory;
    private final LinkMaps maps;

    ThreadLocals(Payload payload, MemoryReader memory) {
        this.payload = payload;
        this.memory = memory;
        maps = new LinkMaps(payload, memory);
    }

    /**
     * @param linkMap the module's; 0: the program's
     * @throws Refusal when there is none, or it cannot be told
     */
    long address(PayloadThread thread, long linkMap, long offset) {
        long pointer = thread.cpu().fsBase();
        if (pointer == 0) throw Refusal.because("the thread has no thread-local storage yet");
        List<Library> libraries = maps.libraries();
        try {
            if (linkMap == 0 || libraries == null || libraries.isEmpty()) return pointer - programBlock() + offset;
            if (libraries.get(0).linkMap() == linkMap) return pointer - programBlock() + offset;
            return block(libraries, linkMap, pointer) + offset;
        } catch (UnreadableMemoryException e) {
            throw Refusal.because("thread-local storage: " + e.getMessage());
        }
    }

    /** How far below the thread pointer the program's block begins. */
    private long programBlock() throws UnreadableMemoryException {
        return maps.segment(ElfSegment.PT_TLS)
                .orElseThrow(() -> Refusal.because("the program has no thread-local variables"))
                .belowThreadPointer();
    }

    private long block(List<Library> libraries, long linkMap, long pointer) throws UnreadableMemoryException {
        Library module = libraries.stream()
                .filter(one -> one.linkMap() == linkMap)
                .findFirst()
                .orElseThrow(() -> Refusal.because("no library has its entry at 0x" + Long.toHexString(linkMap)));
        long vector = memory.readLong(pointer + VECTOR);
        if (libraries.stream().anyMatch(ThreadLocals::isMusl)) return muslBlock(libraries, module, vector);
        return new GlibcModules(payload, memory, maps, libraries).block(module, pointer, vector);
    }

    private static boolean isMusl(Library library) {
        String name = library.name().substring(library.name().lastIndexOf('/') + 1);
        return name.startsWith("ld-musl") || name.startsWith("libc.musl");
    }

    /** musl numbers modules as they come, from 1 on, and never again; the vector begins with how many it has. */
    private long muslBlock(List<Library> libraries, Library module, long vector) throws UnreadableMemoryException {
        int number = 0;
        for (Library one : libraries) {
            boolean has = maps.file(one).map(ThreadLocals::hasThreadLocals).orElse(false);
            if (has) number++;
            if (one != module) continue;
            if (!has) throw none();
            if (Long.compareUnsigned(number, memory.readLong(vector)) > 0) throw notYet();
            return memory.readLong(vector + 8L * number);
        }
        throw notYet();
    }

    static boolean hasThreadLocals(ElfFile file) {
        return file.segments().stream().anyMatch(segment -> segment.type() == ElfSegment.PT_TLS);
    }

    static Refusal none() {
        return Refusal.because("the library has no thread-local variables");
    }

    static Refusal notYet() {
        return Refusal.because(
                "the thread has none of the module's variables yet: it gets them when it first uses one");
    }
}
