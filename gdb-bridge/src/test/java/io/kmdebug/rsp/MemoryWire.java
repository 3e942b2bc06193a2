package io.kmdebug.rsp;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.UnaryOperator;

/** A connection to nobody: what arrives is given, in pieces as given; what is sent goes to a function that may answer. */
final class MemoryWire implements Wire {
    private final byte[] pieces;
    private final UnaryOperator<byte[]> peer;
    private final Input in = new Input();
    private final Output out = new Output();

    private byte[] arriving;
    private int position;
    private int piece;

    /**
     * @param arriving all that is there at the beginning
     * @param pieces how many bytes a read gets at most, by turns; none for all that is there
     * @param peer gets what is written, and returns what arrives then, behind what is not read yet
     */
    MemoryWire(byte[] arriving, byte[] pieces, UnaryOperator<byte[]> peer) {
        this.arriving = arriving;
        this.pieces = pieces;
        this.peer = peer;
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public OutputStream out() {
        return out;
    }

    @Override
    public void readTimeout(int millis) {}

    @Override
    public void finishWriting() {}

    @Override
    public void close() {}

    private final class Input extends InputStream {
        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public synchronized int read(byte[] target, int offset, int length) {
            int count = Math.min(length, arriving.length - position);
            if (count == 0) return -1;
            if (pieces.length > 0) count = Math.min(count, 1 + (pieces[piece++ % pieces.length] & 0x3f));
            System.arraycopy(arriving, position, target, offset, count);
            position += count;
            return count;
        }

        @Override
        public synchronized int available() {
            return arriving.length - position;
        }

        private synchronized void add(byte[] more) {
            if (more.length == 0) return;
            int rest = arriving.length - position;
            byte[] all = new byte[rest + more.length];
            System.arraycopy(arriving, position, all, 0, rest);
            System.arraycopy(more, 0, all, rest, more.length);
            arriving = all;
            position = 0;
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            byte[] sent = java.util.Arrays.copyOfRange(source, offset, offset + length);
            in.add(peer.apply(sent));
        }
    }
}
