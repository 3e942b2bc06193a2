package io.kmdebug.coredump;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The file as it is: what is not written is a hole. */
final class PlainOutput implements CoreOutput {
    private final RandomAccessFile file;
    private final FileChannel channel;

    PlainOutput(RandomAccessFile file) {
        this.file = file;
        this.channel = file.getChannel();
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) at += channel.write(bytes, at);
    }

    @Override
    public void end(long length) throws IOException {
        file.setLength(length);
    }
}
