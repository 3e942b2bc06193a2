package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.Relay;
import io.kmdebug.debugger.StubPlace;
import io.kmdebug.rsp.TokenRelay;
import java.io.IOException;
import java.util.function.Consumer;

/** The way to get a relay. */
public final class RelayOpening {
    private RelayOpening() {}

    /** See {@link Relay#open}. */
    public static Relay open(int port, StubPlace stub, Consumer<String> complaints) {
        TokenRelay relay;
        try {
            relay = TokenRelay.open(port, Opening.address(stub), complaints);
        } catch (IOException e) {
            throw new DebuggerException("cannot listen on port " + port + ": " + e.getMessage(), e);
        }
        return new Relay() {
            @Override
            public int port() {
                return relay.port();
            }

            @Override
            public void close() {
                try {
                    relay.close();
                } catch (IOException e) {
                    complaints.accept("closing the relay: " + e.getMessage());
                }
            }
        };
    }
}
