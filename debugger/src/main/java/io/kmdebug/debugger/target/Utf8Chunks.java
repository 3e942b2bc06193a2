package io.kmdebug.debugger.target;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** UTF-8 that arrives in chunks: a character cut in two waits for its rest; invalid bytes become U+FFFD. */
final class Utf8Chunks {
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private ByteBuffer rest = ByteBuffer.allocate(0);

    String decode(byte[] chunk, int length) {
        ByteBuffer in = ByteBuffer.allocate(rest.remaining() + length);
        in.put(rest).put(chunk, 0, length).flip();
        CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
        decoder.decode(in, out, false);
        rest = in;
        return out.flip().toString();
    }

    /** What is left of a character that was never completed. */
    String finish() {
        CharBuffer out = CharBuffer.allocate(rest.remaining() + 1);
        decoder.decode(rest, out, true);
        decoder.flush(out);
        return out.flip().toString();
    }
}
