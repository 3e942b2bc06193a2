package io.kmdebug.rsp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Objects;

/** A connection over a Unix socket. Such channels know no time limits by themselves, so the wait is a selector's. */
final class UnixWire implements Wire {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int AGAIN_MILLIS = 10;

    private final SocketChannel channel;
    private final Selector readable = Selector.open();
    private final Selector writable = Selector.open();
    private final ByteBuffer arrived = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private final InputStream in = new Input();
    private final OutputStream out = new Output();
    private int timeoutMillis;

    private UnixWire(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        channel.register(readable, SelectionKey.OP_READ);
        channel.register(writable, SelectionKey.OP_WRITE);
    }

    /** Takes over a connected channel. */
    static UnixWire of(SocketChannel channel) throws IOException {
        boolean taken = false;
        try {
            UnixWire wire = new UnixWire(channel);
            taken = true;
            return wire;
        } finally {
            if (!taken) channel.close();
        }
    }

    static UnixWire connect(Path path, int timeoutMillis) throws IOException {
        long deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
        while (true) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            boolean connected = false;
            try {
                channel.configureBlocking(false);
                connected = channel.connect(UnixDomainSocketAddress.of(path));
            } finally {
                if (!connected) channel.close();
            }
            if (connected) return of(channel);
            // as many wait there as the listener lets wait: unix(7), EAGAIN
            if (System.nanoTime() - deadline > 0) throw new SocketTimeoutException("nobody takes connections there");
            pause();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SocketException("interrupted");
        }
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
    public void readTimeout(int millis) {
        timeoutMillis = millis;
    }

    @Override
    public void finishWriting() throws IOException {
        if (channel.isOpen()) channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        readable.close(); // wakes who waits there
        writable.close();
    }

    @Override
    public String toString() {
        return "the socket";
    }

    /** What is there now; -1 at the end. */
    private int receive() throws IOException {
        arrived.clear();
        int count;
        try {
            count = channel.read(arrived);
        } catch (IOException e) {
            throw lost(e);
        } finally {
            arrived.flip();
        }
        return count;
    }

    /** As sockets put it. */
    private static SocketException lost(Exception cause) {
        boolean closed = cause instanceof ClosedChannelException || cause instanceof ClosedSelectorException;
        SocketException lost = new SocketException(closed ? "Socket closed" : cause.getMessage());
        lost.initCause(cause);
        return lost;
    }

    private static void await(Selector selector, long millis) throws IOException {
        try {
            selector.select(millis);
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException e) {
            throw lost(e);
        }
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            if (length == 0) return 0;
            if (!arrived.hasRemaining() && !awaitBytes()) return -1;
            int count = Math.min(length, arrived.remaining());
            arrived.get(target, offset, count);
            return count;
        }

        private boolean awaitBytes() throws IOException {
            long deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
            int count = receive();
            while (count == 0) {
                long left = timeoutMillis == 0 ? 0 : (deadline - System.nanoTime() + 999_999) / 1_000_000;
                if (timeoutMillis != 0 && left <= 0) throw new SocketTimeoutException("Read timed out");
                UnixWire.await(readable, left);
                count = receive();
            }
            return count > 0;
        }

        @Override
        public int available() throws IOException {
            if (!arrived.hasRemaining()) receive();
            return arrived.remaining();
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            ByteBuffer rest = ByteBuffer.wrap(source, offset, length);
            try {
                while (rest.hasRemaining()) {
                    if (channel.write(rest) == 0) UnixWire.await(writable, 0);
                }
            } catch (IOException e) {
                throw lost(e);
            }
        }
    }
}
