package io.kmdebug.rsp;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a stub is reached. */
public sealed interface StubAddress {
    /**
     * A TCP port.
     *
     * @param token presented before anything else is said; null for none
     */
    record Port(String host, int port, @Nullable StubToken token) implements StubAddress {
        @Override
        public String toString() {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    /** A Unix socket. */
    record Socket(Path path) implements StubAddress {
        @Override
        public String toString() {
            return path.toString();
        }
    }
}
