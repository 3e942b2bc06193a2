package io.kmdebug.debugger;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a debug stub listens. Its text is what people write. */
public sealed interface StubPlace {
    /**
     * A TCP port.
     *
     * @param host name or address
     * @param port 1 to 65535
     * @param tokenFile what {@code km --gdb-token-file} was given, or a copy of it; null when the stub asks for none
     */
    record Port(String host, int port, @Nullable Path tokenFile) implements StubPlace {
        @Override
        public String toString() {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    /** A Unix socket. */
    record Socket(Path path) implements StubPlace {
        @Override
        public String toString() {
            return path.toString();
        }
    }
}
