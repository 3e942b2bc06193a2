package io.kmdebug.monitor.stub;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.LinkMapList;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.monitor.loader.LoadedImage;
import io.kmdebug.monitor.memory.Region;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.rsp.Refusal;
import io.kmdebug.rsp.StubTarget.Library;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The dynamic linker's lists of what it has loaded, and the program headers that lead there. */
final class LinkMaps {
    private static final int PROGRAM_HEADER_BYTES = 56;

    private final Payload payload;
    private final MemoryReader memory;

    LinkMaps(Payload payload, MemoryReader memory) {
        this.payload = payload;
        this.memory = memory;
    }

    /** Null when the program has no dynamic linker; empty before that one began. */
    @Nullable
    List<Library> libraries() {
        if (payload.program().interpreterBase() == 0) return null;
        List<Library> libraries = new ArrayList<>();
        try {
            long dynamic = dynamic();
            if (dynamic == 0) return libraries;
            LinkMapList list = LinkMapList.read(dynamic, memory);
            if (list.broken() != null) throw list.broken();
            for (LinkMapList.Entry entry : list.entries()) {
                libraries.add(
                        new Library(entry.address(), entry.name(), entry.bias(), entry.dynamic(), entry.namespace()));
            }
        } catch (UnreadableMemoryException e) {
            throw Refusal.because("the list of libraries: " + e.getMessage());
        }
        return libraries;
    }

    /** Where the program's dynamic section has the address of struct r_debug; 0 without a dynamic linker. */
    long pointer() {
        try {
            long dynamic = payload.program().interpreterBase() == 0 ? 0 : dynamic();
            return dynamic == 0 ? 0 : LinkMapList.pointer(dynamic, memory);
        } catch (UnreadableMemoryException e) {
            throw Refusal.because("the dynamic section: " + e.getMessage());
        }
    }

    /** Address of the program's dynamic section; 0 where it has none. */
    private long dynamic() throws UnreadableMemoryException {
        Optional<ElfSegment> dynamic = segment(ElfSegment.PT_DYNAMIC);
        return dynamic.isEmpty()
                ? 0
                : dynamic.get().address() + payload.program().image().bias();
    }

    /** A segment of the program, with its unbiased address. */
    Optional<ElfSegment> segment(int type) throws UnreadableMemoryException {
        LoadedImage image = payload.program().image();
        for (int i = 0; i < image.programHeaderCount() && image.programHeaders() != 0; i++) {
            long at = image.programHeaders() + (long) i * PROGRAM_HEADER_BYTES;
            if ((int) memory.readUnsigned(at, 4) != type) continue;
            return Optional.of(new ElfSegment(
                    type,
                    (int) memory.readUnsigned(at + 4, 4),
                    memory.readLong(at + 8),
                    memory.readLong(at + 16),
                    memory.readLong(at + 24),
                    memory.readLong(at + 32),
                    memory.readLong(at + 40),
                    memory.readLong(at + 48)));
        }
        return Optional.empty();
    }

    /** The file of a library, when it is one that can be read. */
    Optional<ElfFile> file(Library library) {
        Region region = payload.space().region(library.dynamic());
        String path = region == null ? null : region.file();
        if (path == null) return Optional.empty();
        try {
            return Optional.of(ElfFile.open(Path.of(path)));
        } catch (IOException | CorruptFileException e) {
            return Optional.empty();
        }
    }
}
