package io.kmdebug.coredump;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.zstd.ZstdInputStream;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks a core that gzip (RFC 1952) or zstd (RFC 8878) has packed into a temporary file, which is removed at once and
 * lives as long as its content is looked at. Zeros take no room in it. A damaged or cut one is unpacked as far as it
 * goes.
 */
final class PackedCore {
    /** Bytes in the temporary file that are not zeros, at most. */
    private static final long MOST_BYTES = 64L << 30;
    /** Length of a core, at most: zeros are packed a thousand times and more. */
    private static final long MOST_LENGTH = 1L << 42;

    private static final int CHUNK_BYTES = 1 << 16;
    private static final int GZIP_MAGIC = 0x8b1f;
    private static final int ZSTD_MAGIC = 0xfd2f_b528;

    private final Path packed;
    private @Nullable String notice;

    /** @param notice why it ends before its end, or null */
    record Content(Bytes bytes, @Nullable String notice) {}

    private PackedCore(Path packed) {
        this.packed = packed;
    }

    /** Whether a file begins as these packers write it. */
    static boolean is(Path file) throws IOException {
        int magic = magic(file);
        return magic == ZSTD_MAGIC || (magic & 0xffff) == GZIP_MAGIC;
    }

    /** The first bytes of what is packed in {@code file}; fewer where there are no more, or where damage begins. */
    static byte[] beginning(Path file, int size) throws IOException {
        byte[] start = new byte[size];
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = stream(file, raw)) {
            int got = 0;
            int step = 0;
            while (got < size && step >= 0) {
                step = in.read(start, got, size - got);
                got += Math.max(0, step);
            }
            return Arrays.copyOf(start, got);
        } catch (EOFException | ZipException | MalformedInputException e) {
            return new byte[0];
        }
    }

    private static InputStream stream(Path packed, InputStream raw) throws IOException {
        return magic(packed) == ZSTD_MAGIC ? new ZstdInputStream(raw) : new GZIPInputStream(raw, CHUNK_BYTES);
    }

    private static int magic(Path file) throws IOException {
        if (!Files.isRegularFile(file)) return 0;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(4);
            int magic = 0;
            for (int i = start.length - 1; i >= 0; i--) magic = magic << 8 | (start[i] & 0xff);
            return magic;
        }
    }

    /**
     * Unpacks as much as there is.
     *
     * @throws CorruptFileException when not even its beginning can be unpacked
     * @throws IOException when a file cannot be read or written
     */
    static Content unpack(Path packed) throws IOException {
        Path file = Files.createTempFile("kmdebug-core-", ".unpacked");
        file.toFile().deleteOnExit(); // should this process be ended meanwhile
        try {
            PackedCore core = new PackedCore(packed);
            try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
                core.copy(out);
            }
            Bytes whole = Bytes.map(file);
            return new Content(whole.slice(packed.toString(), 0, whole.length()), core.notice);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private void copy(FileChannel out) throws IOException {
        long length = 0;
        long written = 0;
        try (InputStream file = Files.newInputStream(packed);
                InputStream in = stream(packed, file)) {
            byte[] chunk = new byte[CHUNK_BYTES];
            int got = chunk.length;
            while (got == chunk.length && notice == null) {
                got = fill(in, chunk);
                if (!isZero(chunk, got)) {
                    write(out, chunk, got, length);
                    written += got;
                }
                length += got;
                if (written > MOST_BYTES || length > MOST_LENGTH) notice = "it is longer than a core may be";
            }
        } catch (EOFException | ZipException e) {
            notice = String.valueOf(e.getMessage()); // in the packer's header
        }
        if (length == 0) {
            throw new CorruptFileException(
                    packed.toString(), "packed core", 0, notice == null ? "nothing" : notice, "a packed core");
        }
        // a byte is written though it is zero, so that the file has its length
        if (length > out.size()) write(out, new byte[1], 1, length - 1);
        if (notice != null) {
            notice = String.format("the packed core is damaged or cut after %d unpacked bytes: %s", length, notice);
        }
    }

    /** Fills {@code chunk}, but at the end or where damage begins. */
    private int fill(InputStream in, byte[] chunk) throws IOException {
        int got = 0;
        try {
            while (got < chunk.length) {
                int step = in.read(chunk, got, chunk.length - got);
                if (step < 0) break;
                got += step;
            }
        } catch (IOException | MalformedInputException e) {
            // the rest of it may be there or not: what came before is worth a look
            notice = String.valueOf(e.getMessage());
        }
        return got;
    }

    private static void write(FileChannel out, byte[] chunk, int size, long at) throws IOException {
        ByteBuffer data = ByteBuffer.wrap(chunk, 0, size);
        while (data.hasRemaining()) out.write(data, at + data.position());
    }

    private static boolean isZero(byte[] chunk, int size) {
        for (int i = 0; i < size; i++) if (chunk[i] != 0) return false;
        return true;
    }
}
