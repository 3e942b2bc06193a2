package io.kmdebug.monitor.snapshot;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.zstd.ZstdCompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.nio.ByteBuffer;

/** Zstandard frames with a checksum, RFC 8878. The library behind it is loaded with this class, when it is used. */
final class Zstandard {
    private Zstandard() {}

    static ByteBuffer pack(byte[] content, int from, int length) {
        ZstdCompressor compressor = new ZstdCompressor();
        byte[] frame = new byte[compressor.maxCompressedLength(length)];
        return ByteBuffer.wrap(frame, 0, compressor.compress(content, from, length, frame, 0, frame.length));
    }

    /** @throws CorruptFrame when it does not fill the array with the content that was packed */
    static void unpack(byte[] frame, byte[] content) throws CorruptFrame {
        int length;
        try {
            length = new ZstdDecompressor().decompress(frame, 0, frame.length, content, 0, content.length);
        } catch (MalformedInputException e) {
            throw new CorruptFrame(String.valueOf(e.getMessage()));
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new CorruptFrame("it does not unpack to " + content.length + " bytes");
        }
        if (length != content.length) {
            throw new CorruptFrame("it unpacks to " + length + " bytes, expected " + content.length);
        }
    }
}
