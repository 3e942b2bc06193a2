package io.kmdebug.rsp;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Serves one {@link StubTarget} to one client at a time, at one or more places, as often as clients come and go. A
 * second client is told so and sent away. A client that vanishes counts as one that detached: the payload goes on.
 */
public final class RspServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RspServer.class.getName());
    private static final Duration SLOT_WAIT = Duration.ofMillis(1500);
    private static final Duration LAST_WORDS = Duration.ofMillis(500);
    private static final int DRAIN_MILLIS = 200;
    private static final long ACCEPT_PAUSE_MILLIS = 500;

    private final StubTarget target;
    private final List<StubListener> listeners;
    private final PacketLog log;
    private final Consumer<String> complaints;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Stops stops = new Stops();
    private final Semaphore slot = new Semaphore(1);
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();

    private RspServer(StubTarget target, List<StubListener> listeners, PacketLog log, Consumer<String> complaints) {
        this.target = target;
        this.listeners = List.copyOf(listeners);
        this.log = log;
        this.complaints = complaints;
    }

    /** As the longest {@code open}, on a port of 127.0.0.1, with no packet log and complaints for the system's logger. */
    public static RspServer open(StubTarget target, int port) throws IOException {
        return open(
                target,
                List.of(StubListener.loopback(port)),
                PacketLog.NONE,
                complaint -> LOG.log(System.Logger.Level.WARNING, complaint));
    }

    /**
     * Serves and returns at once; clients are served by daemon threads.
     *
     * @param listeners where clients come; closed with the server
     * @param complaints told of what goes wrong with clients, in a line each; from any thread
     */
    public static RspServer open(
            StubTarget target, List<StubListener> listeners, PacketLog log, Consumer<String> complaints) {
        RspServer server = new RspServer(target, listeners, log, complaints);
        target.onStop(server.stops::report);
        for (StubListener listener : server.listeners) {
            StubToken token = listener.token();
            TokenGate gate = token == null ? null : new TokenGate(token, server.closed, complaints);
            server.daemon("gdb-listener", () -> server.acceptClients(listener, gate));
        }
        return server;
    }

    /** The port that clients connect to; 0 when there is none. */
    public int port() {
        for (StubListener listener : listeners) if (listener.port() != 0) return listener.port();
        return 0;
    }

    /** Whether the client debugs other processes through this server, so that {@link #close} waits. */
    public boolean hasPeers() {
        return stops.hasPeers();
    }

    private void acceptClients(StubListener listener, @Nullable TokenGate gate) {
        boolean complained = false;
        while (!listener.isClosed()) {
            try {
                Wire wire = listener.accept();
                wires.add(wire);
                if (listener.isClosed()) { // while it came
                    wire.close();
                    return;
                }
                daemon("gdb-client", () -> serve(wire, gate));
                complained = false;
            } catch (IOException e) {
                if (listener.isClosed()) return;
                if (!complained) complaints.accept("gdb server: cannot accept clients: " + e.getMessage());
                complained = true;
                if (closes(ACCEPT_PAUSE_MILLIS)) return; // no descriptor left, perhaps; there may be one later
            }
        }
    }

    private boolean closes(long millis) {
        try {
            return closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void serve(Wire wire, @Nullable TokenGate gate) {
        try (wire) {
            if (gate != null && !gate.admits(wire)) return;
            ServerConnection connection = new ServerConnection(wire, target, stops, log);
            // a client that has just left may still be on its way out
            if (slot.tryAcquire(SLOT_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    connection.run();
                } finally {
                    slot.release();
                }
            } else {
                connection.refuse();
            }
            drain(wire);
        } catch (SocketTimeoutException | SocketException e) {
            LOG.log(System.Logger.Level.DEBUG, "gdb server: client lost", e);
        } catch (IOException | java.io.UncheckedIOException e) {
            complaints.accept("gdb server: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            wires.remove(wire);
        }
    }

    /** Closing with unread input would reset the connection and could take our last reply with it. */
    private static void drain(Wire wire) throws IOException {
        wire.finishWriting();
        wire.readTimeout(DRAIN_MILLIS);
        InputStream in = wire.in();
        byte[] scrap = new byte[256];
        int left = 64;
        while (left > 0 && in.read(scrap) >= 0) left--;
    }

    private void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Stops listening and ends every connection after what has been written to it. The payload is not touched; call
     * this when it is gone. Waits while the client debugs other processes through this server.
     */
    @Override
    public void close() throws IOException {
        stops.awaitNoPeers();
        IOException failure = null;
        for (StubListener listener : listeners) {
            try {
                listener.close();
            } catch (IOException e) {
                if (failure == null) failure = e;
                else failure.addSuppressed(e);
            }
        }
        closed.countDown();
        for (Wire wire : wires) {
            try {
                wire.finishWriting();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "gdb server: client was gone", e);
            }
        }
        try {
            // the client hangs up when it has read to the end
            if (!slot.tryAcquire(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(System.Logger.Level.DEBUG, "gdb server: client did not hang up");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Wire wire : wires) wire.close();
        if (failure != null) throw failure;
    }
}
