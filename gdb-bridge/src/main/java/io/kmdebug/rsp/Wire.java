package io.kmdebug.rsp;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/**
 * A connection as bytes both ways, whatever carries it. One thread reads; others may write, one at a time; any may
 * close, which ends a read and a write that wait.
 */
interface Wire extends Closeable {
    /** What arrives. A read that waits longer than {@link #readTimeout} throws SocketTimeoutException and loses nothing. */
    InputStream in() throws IOException;

    OutputStream out() throws IOException;

    /** For every read from now on; 0 for none. */
    void readTimeout(int millis) throws IOException;

    /** The other side reads to the end of what was written. */
    void finishWriting() throws IOException;

    /** A connection through which the stub there listens to packets. */
    static Wire connect(StubAddress address, Duration timeout) throws IOException {
        int millis = (int) Math.max(1, Math.min(Integer.MAX_VALUE, timeout.toMillis()));
        if (address instanceof StubAddress.Socket socket) return UnixWire.connect(socket.path(), millis);
        StubAddress.Port port = (StubAddress.Port) address;
        Wire wire = TcpWire.connect(port.host(), port.port(), millis);
        StubToken token = port.token();
        if (token == null) return wire;
        boolean admitted = false;
        try {
            token.present(wire, millis);
            admitted = true;
            return wire;
        } finally {
            if (!admitted) wire.close();
        }
    }
}
