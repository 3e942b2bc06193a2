package io.kmdebug.coredump;

import io.kmdebug.machine.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a file that was mapped when the core was written: an entry of NT_FILE. Linux {@code fs/binfmt_elf.c},
 * fill_files_note. In a core of KM start and end need not lie on page boundaries.
 *
 * @param start first address
 * @param end address behind the last byte
 * @param fileOffset bytes from the start of the file
 * @param path as the kernel names it; " (deleted)" at its end when the file was gone
 */
public record MappedFile(long start, long end, long fileOffset, String path) {
    private static final int PAGE_BYTES = 4096;

    public boolean contains(long address) {
        return Long.compareUnsigned(address - start, end - start) < 0;
    }

    /** Decodes NT_FILE; entries whose name is cut off are left out. */
    static List<MappedFile> decode(Bytes note) {
        long count = note.u8(0);
        long pageBytes = note.u8(8);
        long names = 16 + 24 * count;
        if (count < 0 || count > note.length() / 24 || names > note.length()) count = 0;
        List<MappedFile> files = new ArrayList<>((int) count);
        for (int i = 0; i < count && names < note.length(); i++) {
            long at = 16 + 24L * i;
            String path = note.string(names);
            files.add(new MappedFile(note.u8(at), note.u8(at + 8), note.u8(at + 16) * pageBytes, path));
            names = note.indexOfNul(names) + 1;
        }
        return List.copyOf(files);
    }

    /** Encodes NT_FILE with a page size of 4096. */
    static byte[] encode(List<MappedFile> files) {
        ByteBuffer entries = ByteBuffer.allocate(16 + 24 * files.size()).order(ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        entries.putLong(files.size()).putLong(PAGE_BYTES);
        for (MappedFile file : files) {
            entries.putLong(file.start).putLong(file.end).putLong(file.fileOffset / PAGE_BYTES);
            names.writeBytes(file.path.getBytes(StandardCharsets.UTF_8));
            names.write(0);
        }
        byte[] note = new byte[entries.capacity() + names.size()];
        System.arraycopy(entries.array(), 0, note, 0, entries.capacity());
        System.arraycopy(names.toByteArray(), 0, note, entries.capacity(), names.size());
        return note;
    }
}
