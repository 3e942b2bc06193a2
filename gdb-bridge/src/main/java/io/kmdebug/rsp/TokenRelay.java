package io.kmdebug.rsp;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A port of 127.0.0.1 that leads to a stub elsewhere, for debuggers that cannot show a token: each connection to it is one
 * to the stub, with the token shown.
 */
public final class TokenRelay implements Closeable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final int BUFFER_BYTES = 1 << 16;

    private final StubListener listener;
    private final StubAddress stub;
    private final Consumer<String> complaints;
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();

    private TokenRelay(StubListener listener, StubAddress stub, Consumer<String> complaints) {
        this.listener = listener;
        this.stub = stub;
        this.complaints = complaints;
    }

    /**
     * Listens and returns at once.
     *
     * @param port 0 for any; when it is taken the next free one is used
     * @param complaints told, in a line each, of connections that come to nothing; from any thread
     */
    public static TokenRelay open(int port, StubAddress stub, Consumer<String> complaints) throws IOException {
        TokenRelay relay = new TokenRelay(StubListener.loopback(port), stub, complaints);
        daemon("relay-listener", relay::acceptClients);
        return relay;
    }

    public int port() {
        return listener.port();
    }

    private void acceptClients() {
        while (!listener.isClosed()) {
            try {
                Wire client = listener.accept();
                wires.add(client);
                if (listener.isClosed()) { // while it came
                    client.close();
                    return;
                }
                daemon("relay-client", () -> relay(client));
            } catch (IOException e) {
                if (listener.isClosed()) return;
                complaints.accept("the relay takes no more connections: " + e.getMessage());
                return;
            }
        }
    }

    private void relay(Wire client) {
        try (client;
                Wire server = Wire.connect(stub, CONNECT_TIMEOUT)) {
            wires.add(server);
            if (listener.isClosed()) return;
            Thread back = daemon("relay-back", () -> copy(server, client));
            copy(client, server);
            back.join();
            wires.remove(server);
        } catch (IOException e) {
            complaints.accept("no connection to " + stub + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            wires.remove(client);
        }
    }

    /** Until the end of one side, which is then the other's, too. */
    private static void copy(Wire from, Wire to) {
        try {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = from.in().read(buffer);
                    count >= 0;
                    count = from.in().read(buffer)) {
                to.out().write(buffer, 0, count);
            }
            to.finishWriting();
        } catch (IOException lost) {
            close(from);
            close(to);
        }
    }

    private static void close(Wire wire) {
        try {
            wire.close();
        } catch (IOException e) {
            System.getLogger(TokenRelay.class.getName()).log(System.Logger.Level.DEBUG, "close", e);
        }
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Wire wire : wires) close(wire);
    }
}
