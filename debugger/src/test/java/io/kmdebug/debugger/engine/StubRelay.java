package io.kmdebug.debugger.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A TCP port for one client, in front of a stub that speaks over a pair of streams. */
final class StubRelay implements AutoCloseable {
    /** The stub's side. */
    interface Streams extends AutoCloseable {
        /** As {@link InputStream#read(byte[])}. */
        int read(byte[] chunk) throws IOException;

        void write(byte[] chunk, int count) throws IOException;

        @Override
        void close() throws IOException;
    }

    private final ServerSocket listener;
    private final Streams stub;

    private StubRelay(ServerSocket listener, Streams stub) {
        this.listener = listener;
        this.stub = stub;
    }

    /** Listens; what a client sends goes to {@code stub}, and back. Either side's end is passed on. */
    static StubRelay to(Streams stub) throws IOException {
        StubRelay relay = new StubRelay(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), stub);
        start("stub-relay", relay::serve);
        return relay;
    }

    int port() {
        return listener.getLocalPort();
    }

    private void serve() {
        try (Socket client = listener.accept()) {
            client.setTcpNoDelay(true);
            InputStream in = client.getInputStream();
            start("stub-relay-out", () -> copy(client, in::read, stub::write));
            OutputStream out = client.getOutputStream();
            copy(client, stub::read, (chunk, count) -> out.write(chunk, 0, count));
        } catch (IOException e) {
            // Closed before there was a client.
            return;
        }
    }

    private interface Source {
        int read(byte[] chunk) throws IOException;
    }

    private interface Sink {
        void write(byte[] chunk, int count) throws IOException;
    }

    private void copy(Socket client, Source from, Sink to) {
        try (client;
                stub) {
            byte[] chunk = new byte[8192];
            for (int got = from.read(chunk); got >= 0; got = from.read(chunk)) to.write(chunk, got);
        } catch (IOException e) {
            // One side has gone, and the other is closed with it.
            return;
        }
    }

    private static void start(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try (listener) {
            stub.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
