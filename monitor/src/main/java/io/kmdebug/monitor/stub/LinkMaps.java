package io.kmdebug.monitor.stub;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.monitor.loader.LoadedImage;
import io.kmdebug.monitor.memory.Region;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.rsp.Refusal;
import io.kmdebug.rsp.StubTarget.Library;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The dynamic linker's lists of what it has loaded: struct r_debug and struct link_map of {@code <link.h>}. */
final class LinkMaps {
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int DT_NULL = 0;
    private static final int DT_DEBUG = 21;
    private static final int R_MAP = 8;
    private static final int R_NEXT = 40;
    private static final int NAME = 8;
    private static final int DYNAMIC = 16;
    private static final int NEXT = 24;
    private static final int MOST_LIBRARIES = 4096;
    private static final int MOST_ENTRIES = 4096;
    private static final int PATH_MAX = 4096;

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
        Set<Long> seen = new HashSet<>();
        try {
            for (long list = debugStructure(); list != 0 && seen.add(list); list = next(list)) {
                for (long at = memory.readLong(list + R_MAP);
                        at != 0 && seen.add(at);
                        at = memory.readLong(at + NEXT)) {
                    if (libraries.size() == MOST_LIBRARIES) throw Refusal.because("the list of libraries does not end");
                    libraries.add(new Library(
                            at,
                            string(memory.readLong(at + NAME)),
                            memory.readLong(at),
                            memory.readLong(at + DYNAMIC),
                            list));
                }
            }
        } catch (UnreadableMemoryException e) {
            throw Refusal.because("the list of libraries: " + e.getMessage());
        }
        return libraries;
    }

    /** From version 2 on there may be other namespaces behind. */
    private long next(long list) throws UnreadableMemoryException {
        return memory.readUnsigned(list, 4) >= 2 ? memory.readLong(list + R_NEXT) : 0;
    }

    /** Where the program's dynamic section has the address of struct r_debug; 0 without a dynamic linker. */
    long pointer() {
        try {
            return payload.program().interpreterBase() == 0 ? 0 : debugEntry();
        } catch (UnreadableMemoryException e) {
            throw Refusal.because("the dynamic section: " + e.getMessage());
        }
    }

    private long debugStructure() throws UnreadableMemoryException {
        long entry = debugEntry();
        return entry == 0 ? 0 : memory.readLong(entry);
    }

    private long debugEntry() throws UnreadableMemoryException {
        Optional<ElfSegment> dynamic = segment(ElfSegment.PT_DYNAMIC);
        if (dynamic.isEmpty()) return 0;
        long at = dynamic.get().address() + payload.program().image().bias();
        for (int i = 0; i < MOST_ENTRIES; i++, at += 16) {
            long tag = memory.readLong(at);
            if (tag == DT_DEBUG) return at + 8;
            if (tag == DT_NULL) return 0;
        }
        return 0;
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
        } catch (IOException | io.kmdebug.machine.CorruptFileException e) {
            return Optional.empty();
        }
    }

    private String string(long address) throws UnreadableMemoryException {
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
