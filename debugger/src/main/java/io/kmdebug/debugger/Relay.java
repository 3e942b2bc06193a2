package io.kmdebug.debugger;

import io.kmdebug.debugger.engine.RelayOpening;
import java.util.function.Consumer;

/**
 * A port of this machine that leads to a stub elsewhere and shows it the token, for debuggers that cannot (gdb, lldb).
 * Whoever may connect to the port gets to the stub.
 */
public interface Relay extends AutoCloseable {
    /** The port of 127.0.0.1. */
    int port();

    @Override
    void close();

    /**
     * Listens and returns at once. The stub is connected to when somebody connects to the port.
     *
     * @param port 0 for any; when it is taken the next free one is used
     * @param complaints told, in a line each, of connections that come to nothing; from any thread
     * @throws DebuggerException when the token cannot be read or no port is free
     */
    static Relay open(int port, StubPlace stub, Consumer<String> complaints) {
        return RelayOpening.open(port, stub, complaints);
    }
}
