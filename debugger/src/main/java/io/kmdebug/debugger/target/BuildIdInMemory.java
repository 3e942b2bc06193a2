package io.kmdebug.debugger.target;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfNote;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.UnreadableMemoryException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The build id of an image by its first page in memory: cores have that page of every file that is mapped
 * (core(5), coredump_filter), so that the file itself need not be there.
 */
public final class BuildIdInMemory {
    private static final int MAGIC = 0x464c457f;
    private static final int MAX_SEGMENTS = 64;
    private static final int MAX_NOTE_BYTES = 1 << 16;
    private static final int ET_DYN = 3;

    private BuildIdInMemory() {}

    /** @param start run-time address of the file's first byte */
    public static Optional<String> of(MemoryReader memory, long start) {
        try {
            if ((int) memory.readUnsigned(start, 4) != MAGIC) return Optional.empty();
            long bias = memory.readUnsigned(start + 16, 2) == ET_DYN ? start : 0;
            long table = start + memory.readLong(start + 32);
            long count = Math.min(MAX_SEGMENTS, memory.readUnsigned(start + 56, 2));
            for (int i = 0; i < count; i++) {
                long at = table + 56L * i;
                if (memory.readUnsigned(at, 4) != ElfSegment.PT_NOTE) continue;
                long size = memory.readLong(at + 40);
                if (size <= 0 || size > MAX_NOTE_BYTES) continue;
                byte[] raw = memory.read(memory.readLong(at + 16) + bias, (int) size);
                for (ElfNote note : ElfNote.readAll(Bytes.of("notes", raw))) {
                    if (!note.name().equals("GNU") || note.type() != ElfNote.NT_GNU_BUILD_ID) continue;
                    Bytes id = note.content();
                    return Optional.of(HexFormat.of().formatHex(id.copy(0, (int) id.length())));
                }
            }
        } catch (UnreadableMemoryException | CorruptFileException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }
}
