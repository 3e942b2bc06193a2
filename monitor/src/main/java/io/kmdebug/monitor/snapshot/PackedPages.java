package io.kmdebug.monitor.snapshot;

import io.kmdebug.coredump.CoreFile;
import io.kmdebug.machine.Bytes;
import io.kmdebug.monitor.host.HostMemory;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Packed pages in a file: Zstandard frames one behind the other, which the note "KMDB" type 3 lists: version 4, count 4,
 * then of each frame the guest address 8, the bytes of memory 4, the file offset 8, the bytes in the file 4. Big-endian.
 */
final class PackedPages {
    static final int VERSION = 1;
    /** Of memory. */
    static final int MOST_BYTES = 1 << 20;

    private final Path path;
    private final int descriptor;
    /** The frame that was unpacked last, and what it holds: pages are asked for in order. */
    private long unpackedOffset = -1;

    private byte[] unpacked = new byte[0];

    private PackedPages(Path path, int descriptor) {
        this.path = path;
        this.descriptor = descriptor;
    }

    /** @throws NotResumable when the list is none, or is not of this file */
    static List<StoredPages> of(CoreFile core, Bytes note, int descriptor) throws NotResumable {
        Path path = core.path();
        ByteBuffer list = ByteBuffer.wrap(note.copy(0, (int) note.length()));
        PackedPages packed = new PackedPages(path, descriptor);
        List<StoredPages> pages = new ArrayList<>();
        try {
            int version = list.getInt();
            if (version != VERSION) {
                throw new NotResumable(
                        path + ": another version of km packed its memory: found " + version + ", expected " + VERSION);
            }
            int count = list.getInt();
            long fileBytes = path.toFile().length();
            for (int i = 0; i < count; i++) {
                long address = list.getLong();
                int bytes = list.getInt();
                Frame frame = new Frame(packed, address, bytes, list.getLong(), list.getInt());
                frame.check(fileBytes);
                pages.add(new StoredPages(address, address + bytes, frame, 0));
            }
        } catch (BufferUnderflowException e) {
            throw new NotResumable(path + ": its list of packed memory, note KMDB type 3, is cut");
        }
        return pages;
    }

    private byte[] unpack(Frame frame) throws NotResumable {
        if (frame.offset == unpackedOffset) return unpacked;
        byte[] content = new byte[frame.bytes];
        try {
            Zstandard.unpack(read(frame), content);
        } catch (CorruptFrame e) {
            throw frame.damaged(String.valueOf(e.getMessage()));
        }
        unpackedOffset = frame.offset;
        unpacked = content;
        return content;
    }

    private byte[] read(Frame frame) throws NotResumable {
        byte[] bytes = new byte[frame.fileBytes];
        long buffer = HostMemory.allocate(bytes.length);
        try {
            new PlainPages(path, descriptor).copy(frame.offset, buffer, bytes.length);
            HostMemory.read(buffer, bytes, 0, bytes.length);
            return bytes;
        } finally {
            HostMemory.free(buffer);
        }
    }

    /** Memory that is packed as a whole. */
    private record Frame(PackedPages file, long address, int bytes, long offset, int fileBytes) implements PageSource {
        @Override
        public void copy(long from, long target, long length) throws NotResumable {
            HostMemory.write(target, file.unpack(this), (int) from, (int) length);
        }

        void check(long fileLength) throws NotResumable {
            boolean pages = ((address | bytes) & 4095) == 0 && address >= 0 && bytes > 0 && bytes <= MOST_BYTES;
            if (!pages) throw damaged("it is said to hold " + bytes + " bytes");
            if (fileBytes <= 0 || offset < 0 || offset > fileLength - fileBytes) {
                throw damaged("it is said to have " + fileBytes + " bytes, the file has " + fileLength);
            }
        }

        NotResumable damaged(String how) {
            return new NotResumable(file.path + ": the frame at offset 0x" + Long.toHexString(offset)
                    + " with the memory at 0x" + Long.toHexString(address) + " is damaged: " + how);
        }
    }
}
