package io.kmdebug.coredump;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a core as Linux does: ELF64, ET_CORE, one PT_NOTE, one PT_LOAD a region at page-aligned offsets; core(5). The
 * file is sparse: pages of zeros and untouched ones are holes. It grows beside its final name and gets that name when
 * it is complete, so that nobody ever sees half a core; on failure nothing is left.
 *
 * <pre>
 * ELF header | program headers | [section header 0, from 65535 segments on] | notes | padding | memory
 * </pre>
 *
 * With a {@link MemoryPacker} packed memory lies before the notes, and the PT_LOADs have no bytes in the file.
 */
public final class CoreWriter {
    static final int PAGE_BYTES = 4096;

    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int SECTION_HEADER_BYTES = 64;
    private static final int PN_XNUM = 0xffff;
    private static final int CHUNK_BYTES = 1 << 20;
    private static final byte[] ZERO_PAGE = new byte[PAGE_BYTES];

    private final CoreContents contents;
    private final CoreMemorySource memory;
    private final @Nullable MemoryPacker packer;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private long storedBytes;
    private long unreadableBytes;
    private long packedEnd;

    /**
     * What was written.
     *
     * @param fileBytes length of the file, holes included
     * @param storedBytes bytes of memory that are not in holes
     * @param unreadableBytes bytes of memory that the source could not read; they are holes
     */
    public record Written(Path path, long fileBytes, long storedBytes, long unreadableBytes) {}

    private CoreWriter(CoreContents contents, CoreMemorySource memory, @Nullable MemoryPacker packer) {
        this.contents = contents;
        this.memory = memory;
        this.packer = packer;
    }

    /**
     * Writes a core, mode 0600, replacing a regular file of that name.
     *
     * @throws IOException with a message for the user: no such folder, no space left, not a regular file, …
     */
    public static Written write(Path path, CoreContents contents, CoreMemorySource memory) throws IOException {
        return write("core", path, contents, memory, false, null);
    }

    /**
     * Writes the same as one zstd file, which {@code zstd -d} makes that core of.
     *
     * @throws IOException as above
     */
    public static Written writeCompressed(Path path, CoreContents contents, CoreMemorySource memory)
            throws IOException {
        return write("core", path, contents, memory, false, null, true);
    }

    /**
     * Writes a file of that form.
     *
     * @param what it is, for messages
     * @param durable whether it must be on the disk before it gets its name
     * @param packer what makes the memory smaller, or null
     */
    public static Written write(
            String what,
            Path path,
            CoreContents contents,
            CoreMemorySource memory,
            boolean durable,
            @Nullable MemoryPacker packer)
            throws IOException {
        return write(what, path, contents, memory, durable, packer, false);
    }

    private static Written write(
            String what,
            Path path,
            CoreContents contents,
            CoreMemorySource memory,
            boolean durable,
            @Nullable MemoryPacker packer,
            boolean compressed)
            throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new IOException("cannot write " + what + " " + path + ": it exists and is not a regular file");
        }
        Path part = path.resolveSibling(
                path.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        try {
            return new CoreWriter(contents, memory, packer).write(path, part, durable, compressed);
        } catch (IOException | RuntimeException e) {
            discard(part, e);
            if (e instanceof IOException io)
                throw new IOException("cannot write " + what + " " + path + ": " + reason(io), e);
            throw e;
        }
    }

    private static void discard(Path part, Exception cause) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private Written write(Path path, Path part, boolean durable, boolean compressed) throws IOException {
        Files.deleteIfExists(part);
        Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        long length;
        try (RandomAccessFile file = new RandomAccessFile(part.toFile(), "rw")) {
            FileChannel channel = file.getChannel();
            if (packer != null) length = writePacked(new PlainOutput(file), packer);
            else if (compressed) length = writeWhole(new ZstandardOutput(channel), null);
            else length = writePlain(file, part);
            if (durable) channel.force(true);
        }
        Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
        return new Written(path, length, storedBytes, unreadableBytes);
    }

    private long writePlain(RandomAccessFile file, Path part) throws IOException {
        PlainOutput output = new PlainOutput(file);
        try (MemoryCopier copier = memory.copier(part)) {
            return writeWhole(output, copier);
        }
    }

    private long writeWhole(CoreOutput output, @Nullable MemoryCopier copier) throws IOException {
        List<CoreRegion> regions = memory.regions();
        byte[] notes = contents.encodeNotes();
        long notesAt = headersBytes(regions.size());
        long memoryAt = alignPage(notesAt + notes.length);
        long length = memoryAt;
        for (CoreRegion region : regions) if (region.stored()) length += region.bytes();
        output.write(headers(regions, notesAt, notes.length, memoryAt), 0);
        output.write(ByteBuffer.wrap(notes), notesAt);
        writeMemory(output, copier, regions, memoryAt);
        output.end(length);
        return length;
    }

    private long writePacked(CoreOutput output, MemoryPacker by) throws IOException {
        List<CoreRegion> regions = memory.regions();
        packedEnd = headersBytes(regions.size());
        writeMemory(output, null, regions, packedEnd);
        ByteArrayOutputStream notes = new ByteArrayOutputStream();
        notes.writeBytes(contents.encodeNotes());
        notes.writeBytes(by.index().encode());
        output.write(ByteBuffer.wrap(notes.toByteArray()), packedEnd);
        output.write(headers(regions, packedEnd, notes.size(), packedEnd), 0);
        return packedEnd + notes.size();
    }

    private static long headersBytes(int regions) {
        long programHeaders = regions + 1L;
        long sectionHeaders = programHeaders >= PN_XNUM ? 1 : 0;
        return HEADER_BYTES + PROGRAM_HEADER_BYTES * programHeaders + SECTION_HEADER_BYTES * sectionHeaders;
    }

    private ByteBuffer headers(List<CoreRegion> regions, long notesAt, int notesBytes, long memoryAt) {
        ByteBuffer out = ByteBuffer.allocate((int) headersBytes(regions.size())).order(ByteOrder.LITTLE_ENDIAN);
        int count = regions.size() + 1;
        boolean extended = count >= PN_XNUM;
        long sectionsAt = HEADER_BYTES + (long) PROGRAM_HEADER_BYTES * count;
        out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
        out.putShort((short) ElfFile.ET_CORE)
                .putShort((short) ElfFile.EM_X86_64)
                .putInt(1);
        out.putLong(0).putLong(HEADER_BYTES).putLong(extended ? sectionsAt : 0).putInt(0);
        out.putShort((short) HEADER_BYTES);
        out.putShort((short) PROGRAM_HEADER_BYTES).putShort((short) (extended ? PN_XNUM : count));
        out.putShort((short) (extended ? SECTION_HEADER_BYTES : 0)).putShort((short) (extended ? 1 : 0));
        out.putShort((short) 0);
        putSegment(out, ElfSegment.PT_NOTE, 0, notesAt, 0, notesBytes, 0, 4);
        long at = memoryAt;
        for (CoreRegion region : regions) {
            long fileBytes = region.stored() && packer == null ? region.bytes() : 0;
            putSegment(
                    out, ElfSegment.PT_LOAD, region.flags(), at, region.start(), fileBytes, region.bytes(), PAGE_BYTES);
            at += fileBytes;
        }
        if (extended) {
            // gABI "ELF Header": the first section header holds the counts that do not fit: sh_size, sh_info
            out.putLong(0).putLong(0).putLong(0).putLong(0).putLong(1).putInt(0).putInt(count);
            out.putLong(0).putLong(0);
        }
        return out.flip();
    }

    private static void putSegment(
            ByteBuffer out, int type, int flags, long offset, long address, long fileBytes, long bytes, long align) {
        out.putInt(type).putInt(flags).putLong(offset).putLong(address).putLong(0);
        out.putLong(fileBytes).putLong(bytes).putLong(align);
    }

    private void writeMemory(CoreOutput output, @Nullable MemoryCopier copier, List<CoreRegion> regions, long memoryAt)
            throws IOException {
        long regionAt = memoryAt;
        for (CoreRegion region : regions) {
            if (!region.stored()) continue;
            long address = region.start();
            while ((address = memory.nextTouched(address, region.end())) != region.end()) {
                int size = (int) Math.min(CHUNK_BYTES, region.end() - address);
                long position = regionAt + (address - region.start());
                if (copier != null) {
                    copyChunk(copier, address, size, position);
                } else {
                    readChunk(address, size);
                    writeChunk(output, address, size, position);
                }
                address += size;
            }
            regionAt += region.bytes();
        }
        if (copier != null) storedBytes += copier.storedBytes();
    }

    /** As {@link #readChunk} and {@link #writeChunk}. */
    private void copyChunk(MemoryCopier copier, long address, int size, long position) throws IOException {
        int done = 0;
        while (done < size) {
            done += copier.copy(address + done, size - done, position + done);
            if (done >= size) return;
            int next = Math.min(size, (done & -PAGE_BYTES) + PAGE_BYTES);
            unreadableBytes += next - done;
            done = next;
        }
    }

    /** Pages that cannot be read become zeros; what lies behind them is still tried. */
    private void readChunk(long address, int size) {
        int done = 0;
        while (done < size) {
            done += memory.read(address + done, chunk, done, size - done);
            if (done >= size) return;
            int next = Math.min(size, (done & -PAGE_BYTES) + PAGE_BYTES);
            Arrays.fill(chunk, done, next, (byte) 0);
            unreadableBytes += next - done;
            done = next;
        }
    }

    private void writeChunk(CoreOutput output, long address, int size, long position) throws IOException {
        int at = 0;
        while (at < size) {
            while (at < size && isZero(at)) at += PAGE_BYTES;
            int from = at;
            while (at < size && !isZero(at)) at += PAGE_BYTES;
            if (at == from) continue;
            if (packer == null) {
                output.write(ByteBuffer.wrap(chunk, from, at - from), position + from);
            } else {
                ByteBuffer packed = packer.pack(address + from, chunk, from, at - from, packedEnd);
                packedEnd += packed.remaining();
                output.write(packed, packedEnd - packed.remaining());
            }
            storedBytes += at - from;
        }
    }

    private boolean isZero(int page) {
        return Arrays.equals(chunk, page, page + PAGE_BYTES, ZERO_PAGE, 0, PAGE_BYTES);
    }

    private static long alignPage(long size) {
        return (size + PAGE_BYTES - 1) & -PAGE_BYTES;
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) return "no such folder";
        if (e instanceof FileSystemException file && file.getReason() != null) return file.getReason();
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
