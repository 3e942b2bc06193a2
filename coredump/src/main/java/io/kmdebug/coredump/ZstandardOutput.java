package io.kmdebug.coredump;

import io.airlift.compress.zstd.ZstdCompressor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A zstd file, RFC 8878: one frame a megabyte, one behind the other. {@code zstd -d} makes the core of it. A megabyte of
 * zeros, which is what holes are, is packed once.
 */
final class ZstandardOutput implements CoreOutput {
    private static final int BLOCK_BYTES = 1 << 20;

    private final FileChannel channel;
    private final ZstdCompressor compressor = new ZstdCompressor();
    private final byte[] block = new byte[BLOCK_BYTES];
    private final byte[] frame = new byte[compressor.maxCompressedLength(BLOCK_BYTES)];
    private byte @Nullable [] zeros;
    /** Where the block begins in what is packed. */
    private long blockAt;

    private int filled;
    /** Bytes of the block from here on are zeros already. */
    private int dirty;

    ZstandardOutput(FileChannel channel) {
        this.channel = channel;
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
        skipTo(position);
        while (bytes.hasRemaining()) {
            int part = Math.min(bytes.remaining(), BLOCK_BYTES - filled);
            bytes.get(block, filled, part);
            filled += part;
            dirty = filled;
            if (filled == BLOCK_BYTES) flush();
        }
    }

    private void skipTo(long position) throws IOException {
        if (position < blockAt + filled) throw new IllegalArgumentException("written before: " + position);
        while (position - blockAt >= BLOCK_BYTES) {
            filled = BLOCK_BYTES;
            flush();
        }
        filled = (int) (position - blockAt);
    }

    private void flush() throws IOException {
        if (dirty == 0 && filled == BLOCK_BYTES) {
            byte[] packed = zeros;
            if (packed == null) {
                int size = compressor.compress(block, 0, filled, frame, 0, frame.length);
                packed = Arrays.copyOf(frame, size);
                zeros = packed;
            }
            append(packed, packed.length);
        } else if (filled > 0) {
            append(frame, compressor.compress(block, 0, filled, frame, 0, frame.length));
        }
        Arrays.fill(block, 0, dirty, (byte) 0);
        dirty = 0;
        blockAt += filled;
        filled = 0;
    }

    private void append(byte[] packed, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(packed, 0, size);
        while (bytes.hasRemaining()) channel.write(bytes);
    }

    @Override
    public void end(long length) throws IOException {
        skipTo(length);
        flush();
    }
}
