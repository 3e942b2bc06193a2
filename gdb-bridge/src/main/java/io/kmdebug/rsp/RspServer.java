package io.kmdebug.rsp;

import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Serves one {@link StubTarget} to one client at a time, on the loopback interface, as often as clients come and go.
 * A second client is told so and sent away. A client that vanishes counts as one that detached: the payload goes on.
 */
public final class RspServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RspServer.class.getName());
    private static final int LAST_PORT = 65535;
    private static final Duration SLOT_WAIT = Duration.ofMillis(1500);
    private static final Duration LAST_WORDS = Duration.ofMillis(500);
    private static final int DRAIN_MILLIS = 200;
    private static final long ACCEPT_PAUSE_MILLIS = 500;

    private final StubTarget target;
    private final ServerSocket listener;
    private final PacketLog log;
    private final Consumer<String> complaints;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Stops stops = new Stops();
    private final Semaphore slot = new Semaphore(1);
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private RspServer(StubTarget target, ServerSocket listener, PacketLog log, Consumer<String> complaints) {
        this.target = target;
        this.listener = listener;
        this.log = log;
        this.complaints = complaints;
    }

    /** As the longest {@code open}, with no packet log and with complaints for the system's logger. */
    public static RspServer open(StubTarget target, int port) throws IOException {
        return open(target, port, PacketLog.NONE);
    }

    /** As the longest {@code open}, with complaints for the system's logger. */
    public static RspServer open(StubTarget target, int port, PacketLog log) throws IOException {
        return open(target, port, log, complaint -> LOG.log(System.Logger.Level.WARNING, complaint));
    }

    /**
     * Listens and returns at once; clients are served by daemon threads.
     *
     * @param port wanted TCP port, 0 for any; when it is taken the next free one is used, as {@link #port} tells
     * @param complaints told of what goes wrong with clients, in a line each; from any thread
     * @throws IOException when there is no port at all
     */
    public static RspServer open(StubTarget target, int port, PacketLog log, Consumer<String> complaints)
            throws IOException {
        RspServer server = new RspServer(target, bind(port), log, complaints);
        target.onStop(server.stops::report);
        server.daemon("gdb-listener", server::acceptClients);
        return server;
    }

    private static ServerSocket bind(int wanted) throws IOException {
        int port = wanted;
        while (true) {
            ServerSocket socket = new ServerSocket();
            try {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
                return socket;
            } catch (BindException e) {
                socket.close();
                port = port == LAST_PORT ? 1 : port + 1;
                if (wanted == 0 || port == wanted) throw e;
            } catch (IOException e) {
                socket.close();
                throw e;
            }
        }
    }

    /** The port that clients connect to. */
    public int port() {
        return listener.getLocalPort();
    }

    private void acceptClients() {
        boolean complained = false;
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                daemon("gdb-client", () -> serve(socket));
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

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            ServerConnection connection = new ServerConnection(socket, target, stops, log);
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
            drain(socket);
        } catch (SocketTimeoutException | SocketException e) {
            LOG.log(System.Logger.Level.DEBUG, "gdb server: client lost", e);
        } catch (IOException | java.io.UncheckedIOException e) {
            complaints.accept("gdb server: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(socket);
        }
    }

    /** Closing with unread input would reset the connection and could take our last reply with it. */
    private static void drain(Socket socket) throws IOException {
        socket.shutdownOutput();
        socket.setSoTimeout(DRAIN_MILLIS);
        InputStream in = socket.getInputStream();
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
     * this when it is gone.
     */
    @Override
    public void close() throws IOException {
        listener.close();
        closed.countDown();
        for (Socket socket : sockets) {
            try {
                if (!socket.isClosed()) socket.shutdownOutput();
            } catch (SocketException e) {
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
        for (Socket socket : sockets) socket.close();
    }
}
