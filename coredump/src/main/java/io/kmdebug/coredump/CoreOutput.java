package io.kmdebug.coredump;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where a core's bytes go. What is not written reads as zeros. */
interface CoreOutput {
    /** @param position not before the end of what was written last, where the output is compressed */
    void write(ByteBuffer bytes, long position) throws IOException;

    /** Gives the file its length; nothing is written any more. */
    void end(long length) throws IOException;
}
