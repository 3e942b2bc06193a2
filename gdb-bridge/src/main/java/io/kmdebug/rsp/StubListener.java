package io.kmdebug.rsp;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A place where a server takes clients. Its text is what gdb's {@code target remote} takes. */
public abstract sealed class StubListener implements Closeable permits TcpListener, UnixListener {
    /** The next client; blocks. */
    abstract Wire accept() throws IOException;

    abstract boolean isClosed();

    /** What clients have to show; null when the place is safe by itself. */
    abstract @Nullable StubToken token();

    /** The TCP port; 0 when it is none. */
    public abstract int port();

    /**
     * A TCP port.
     *
     * @param wanted 0 for any; when it is taken the next free one is used
     * @param token what clients have to show; null for nothing, which only loopback addresses may have
     * @throws IOException when there is no port at all
     */
    public static StubListener port(InetAddress address, int wanted, @Nullable StubToken token) throws IOException {
        if (token == null && !address.isLoopbackAddress()) {
            throw new IllegalArgumentException(address + " without a token");
        }
        return TcpListener.bind(address, wanted, token);
    }

    /** A port of 127.0.0.1, without a token. */
    public static StubListener loopback(int wanted) throws IOException {
        return port(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), wanted, null);
    }

    /**
     * A Unix socket that only its owner may use; it is gone when the listener is closed. One that is there already is
     * replaced when nobody listens at it. It gets its mode right after its name: a caller for whom that is too late sets
     * a file mode creation mask.
     */
    public static StubListener socket(Path path) throws IOException {
        return UnixListener.bind(path.toAbsolutePath());
    }
}
