package io.kmdebug.machine;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Read-only little-endian bytes addressed by {@code long}, backed by a mapped file (in windows of 1 GiB, so that files
 * over 2 GiB work) or by an array. Offsets are relative to this object's start. Slices share the backing store.
 */
public final class Bytes {
    private static final int WINDOW_SHIFT = 30;
    private static final long WINDOW = 1L << WINDOW_SHIFT;
    private static final long SMALL = 1 << 20;
    private static final long LONGEST_STRING = 1 << 24;

    private final String name;
    private final ByteBuffer[] windows;
    /** Of a mapped file, for {@link #scan}; open as long as someone has bytes of it. */
    private final @Nullable FileChannel channel;

    private final long start;
    private final long length;

    private Bytes(String name, ByteBuffer[] windows, @Nullable FileChannel channel, long start, long length) {
        this.name = name;
        this.windows = windows;
        this.channel = channel;
        this.start = start;
        this.length = length;
    }

    /**
     * Maps {@code file} read-only; the mapping lives until the garbage collector takes it. A small file is read, which
     * spares a start the set-up of mapping.
     */
    public static Bytes map(Path file) throws IOException {
        if (file.getFileSystem() == FileSystems.getDefault()) {
            try (RandomAccessFile small = new RandomAccessFile(file.toFile(), "r")) {
                long size = small.length();
                if (size <= SMALL) {
                    byte[] content = new byte[(int) size];
                    small.readFully(content);
                    return of(file.toString(), content);
                }
            } catch (FileNotFoundException e) {
                if (!Files.exists(file)) throw new NoSuchFileException(file.toString());
                throw e;
            }
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            long size = channel.size();
            ByteBuffer[] windows = new ByteBuffer[(int) ((size + WINDOW - 1) >>> WINDOW_SHIFT)];
            for (int i = 0; i < windows.length; i++) {
                long from = (long) i << WINDOW_SHIFT;
                windows[i] = channel.map(FileChannel.MapMode.READ_ONLY, from, Math.min(WINDOW, size - from))
                        .order(ByteOrder.LITTLE_ENDIAN);
            }
            return new Bytes(file.toString(), windows, channel, 0, size);
        } catch (IOException e) {
            channel.close();
            throw e;
        } catch (UncheckedIOException e) {
            channel.close();
            throw e.getCause();
        }
    }

    /** Wraps {@code array} without copying it. */
    public static Bytes of(String name, byte[] array) {
        ByteBuffer buffer = ByteBuffer.wrap(array).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return new Bytes(name, new ByteBuffer[] {buffer}, null, 0, array.length);
    }

    /** The name to use in messages: the file's path, with a section's name behind it where this is a section. */
    public String name() {
        return name;
    }

    /** Length in bytes. */
    public long length() {
        return length;
    }

    /** Bytes {@code offset} to {@code offset + size}, under the same name. */
    public Bytes slice(long offset, long size) {
        return slice(name, offset, size);
    }

    /** Bytes {@code offset} to {@code offset + size}, under another name. */
    public Bytes slice(String newName, long offset, long size) {
        check(offset, size);
        return new Bytes(newName, windows, channel, start + offset, size);
    }

    public int u1(long offset) {
        check(offset, 1);
        long at = start + offset;
        return windows[(int) (at >>> WINDOW_SHIFT)].get((int) (at & (WINDOW - 1))) & 0xff;
    }

    public int u2(long offset) {
        check(offset, 2);
        long at = start + offset;
        int within = (int) (at & (WINDOW - 1));
        if (within <= WINDOW - 2) return windows[(int) (at >>> WINDOW_SHIFT)].getShort(within) & 0xffff;
        return u1(offset) | u1(offset + 1) << 8;
    }

    /** Four bytes as a signed {@code int}; see {@link #u4} for the unsigned value. */
    public int i4(long offset) {
        check(offset, 4);
        long at = start + offset;
        int within = (int) (at & (WINDOW - 1));
        if (within <= WINDOW - 4) return windows[(int) (at >>> WINDOW_SHIFT)].getInt(within);
        return u2(offset) | u2(offset + 2) << 16;
    }

    public long u4(long offset) {
        return i4(offset) & 0xffff_ffffL;
    }

    public long u8(long offset) {
        check(offset, 8);
        long at = start + offset;
        int within = (int) (at & (WINDOW - 1));
        if (within <= WINDOW - 8) return windows[(int) (at >>> WINDOW_SHIFT)].getLong(within);
        return u4(offset) | (long) i4(offset + 4) << 32;
    }

    /** Copies {@code size} bytes out. */
    public byte[] copy(long offset, int size) {
        byte[] out = new byte[size];
        copy(offset, out, 0, size);
        return out;
    }

    /** Copies {@code size} bytes into {@code out} from {@code outOffset} on. */
    public void copy(long offset, byte[] out, int outOffset, int size) {
        check(offset, size);
        long at = start + offset;
        int done = 0;
        while (done < size) {
            int within = (int) (at & (WINDOW - 1));
            ByteBuffer window = windows[(int) (at >>> WINDOW_SHIFT)];
            int step = Math.min(size - done, window.limit() - within);
            window.get(within, out, outOffset + done, step);
            done += step;
            at += step;
        }
    }

    /**
     * As {@link #copy(long, byte[], int, int)}, for whoever looks at very much of a large file once: it does not stay
     * resident in this process.
     */
    public void read(long offset, byte[] out, int outOffset, int size) {
        check(offset, size);
        if (channel == null || !readFromFile(channel, start + offset, out, outOffset, size)) {
            copy(offset, out, outOffset, size);
        }
    }

    /** False where the file cannot be read, as when the thread was interrupted: the mapping can. */
    private static boolean readFromFile(FileChannel channel, long at, byte[] out, int outOffset, int size) {
        ByteBuffer target = ByteBuffer.wrap(out, outOffset, size);
        try {
            while (target.hasRemaining()) {
                if (channel.read(target, at + target.position() - outOffset) < 0) return false;
            }
            return true;
        } catch (IOException e) {
            System.getLogger(Bytes.class.getName()).log(System.Logger.Level.DEBUG, "reading goes on by mapping", e);
            return false;
        }
    }

    /** The bytes from {@code offset} to the next NUL (or to the end) as UTF-8. */
    public String string(long offset) {
        long end = indexOfNul(offset);
        if (end - offset > LONGEST_STRING) {
            throw new CorruptFileException(
                    name, "string", offset, (end - offset) + " bytes", "at most " + LONGEST_STRING + " bytes");
        }
        return new String(copy(offset, (int) (end - offset)), java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Offset of the first NUL at or after {@code offset}; {@link #length()} when there is none. */
    public long indexOfNul(long offset) {
        check(offset, 0);
        long at = offset;
        while (at < length && u1(at) != 0) at++;
        return at;
    }

    private void check(long offset, long size) {
        if (offset < 0 || size < 0 || offset > length - size) {
            throw new CorruptFileException(
                    name,
                    "read of " + size + " bytes",
                    offset,
                    "the end at 0x" + Long.toHexString(length),
                    "more bytes");
        }
    }
}
