package io.kmdebug.coredump;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.zstd.ZstdDecompressor;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.MemoryReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory of a snapshot that is compressed: Zstandard frames (RFC 8878) of a megabyte at most, and a note of KMDB that
 * says where they are. All numbers of it are big-endian.
 *
 * <pre>
 * version u32, count u32 | per frame: address u64, bytes of memory u32, file offset u64, bytes in the file u32
 * </pre>
 *
 * What is mapped without a frame and without a file is zeros.
 */
final class PackedMemory implements MemoryReader {
    static final String OWNER = "KMDB";
    static final int TYPE = 3;

    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 8;
    private static final int ENTRY_BYTES = 24;
    private static final int MOST_FRAME_BYTES = 1 << 20;
    private static final int FRAMES_KEPT = 8;
    private static final byte[] DAMAGED = {};

    private record Frame(long address, int bytes, long offset, int packedBytes) {}

    private final Bytes file;
    private final Frame[] frames;
    private final List<ElfSegment> loads;
    private final List<MappedFile> mapped;
    private final int damaged;

    /** Unpacked ones by number, the one that was asked for last at the end. */
    private final Map<Integer, byte[]> unpacked = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, byte[]> eldest) {
            return size() > FRAMES_KEPT;
        }
    };

    /**
     * Reads the list of frames; those that are cut off or make no sense are left out.
     *
     * @throws CorruptFileException when it is another version's
     */
    PackedMemory(Bytes file, Bytes note, List<ElfSegment> loads, List<MappedFile> mapped) {
        this.file = file;
        this.loads = loads;
        this.mapped = mapped;
        ByteBuffer list = ByteBuffer.wrap(note.copy(0, (int) note.length()));
        int version = list.remaining() < HEADER_BYTES ? 0 : list.getInt();
        if (version != VERSION) {
            throw new CorruptFileException(file.name(), "packed memory", 0, "version " + version, "version " + VERSION);
        }
        int count = Math.max(0, Math.min(list.getInt(), list.remaining() / ENTRY_BYTES));
        Frame[] all = new Frame[count];
        for (int i = 0; i < count; i++)
            all[i] = new Frame(list.getLong(), list.getInt(), list.getLong(), list.getInt());
        this.frames = Arrays.stream(all)
                .filter(this::isThere)
                .sorted(Comparator.comparing(Frame::address, Long::compareUnsigned))
                .toArray(Frame[]::new);
        this.damaged = count - frames.length;
    }

    private boolean isThere(Frame frame) {
        boolean sizes = frame.bytes > 0 && frame.bytes <= MOST_FRAME_BYTES && frame.packedBytes > 0;
        return sizes && frame.offset >= 0 && frame.offset <= file.length() - frame.packedBytes;
    }

    /** Frames that are not in the file. */
    int missing() {
        return damaged;
    }

    @Override
    public int read(long address, byte[] target, int offset, int length) {
        int done = 0;
        while (done < length) {
            long at = address + done;
            int index = frameBefore(at);
            int step = index < 0 ? 0 : fromFrame(index, at, target, offset + done, length - done);
            if (step == 0) step = zeros(index, at, target, offset + done, length - done);
            if (step == 0) break;
            done += step;
        }
        return done;
    }

    /** The last one that begins at {@code address} or below it; -1: there is none. */
    private int frameBefore(long address) {
        int low = 0;
        int high = frames.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(frames[middle].address, address) <= 0) low = middle + 1;
            else high = middle - 1;
        }
        return high;
    }

    private int fromFrame(int index, long at, byte[] target, int offset, int length) {
        long skip = at - frames[index].address;
        if (Long.compareUnsigned(skip, frames[index].bytes) >= 0) return 0;
        byte[] content = content(index);
        int step = (int) Math.min(length, content.length - skip);
        if (step <= 0) return 0;
        System.arraycopy(content, (int) skip, target, offset, step);
        return step;
    }

    private synchronized byte[] content(int index) {
        return unpacked.computeIfAbsent(index, i -> unpack(frames[i]));
    }

    private byte[] unpack(Frame frame) {
        byte[] content = new byte[frame.bytes];
        byte[] packed = file.copy(frame.offset, frame.packedBytes);
        try {
            int got = new ZstdDecompressor().decompress(packed, 0, packed.length, content, 0, content.length);
            return got == content.length ? content : DAMAGED;
        } catch (MalformedInputException | IndexOutOfBoundsException | IllegalArgumentException e) {
            return DAMAGED; // its memory is missing, and nobody else's
        }
    }

    /** Up to the next frame, as far as memory is mapped there that is of no file. */
    private int zeros(int index, long at, byte[] target, int offset, int length) {
        if (index >= 0 && Long.compareUnsigned(at - frames[index].address, frames[index].bytes) < 0) return 0;
        for (ElfSegment load : loads) {
            if (load.flags() == 0 || !load.contains(at) || mapped.stream().anyMatch(f -> f.contains(at))) continue;
            long end = load.address() + load.memorySize();
            if (index + 1 < frames.length && Long.compareUnsigned(frames[index + 1].address, end) < 0) {
                end = frames[index + 1].address;
            }
            int step = (int) Math.min(length, Math.max(0, end - at));
            Arrays.fill(target, offset, offset + step, (byte) 0);
            return step;
        }
        return 0;
    }
}
