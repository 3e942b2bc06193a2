package io.kmdebug.dap;

import io.kmdebug.dap.request.SessionFactory;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The debug adapter: serves clients over pairs of streams or a socket, each with its own session. */
public final class DapServer implements AutoCloseable {
    private final SessionFactory sessions;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    public DapServer(SessionFactory sessions) {
        this.sessions = sessions;
    }

    /**
     * Serves one client until it disconnects or its input ends. Its session and everything that started are gone then.
     *
     * @return 0 after an orderly end, 1 when the client was lost inside a message or while it was written to
     */
    public int serve(InputStream in, OutputStream out) {
        Connection connection = new Connection(in, out, sessions);
        connections.add(connection);
        try {
            return connection.serve();
        } finally {
            connections.remove(connection);
        }
    }

    /** Serves any number of clients, until {@code listener} is closed. */
    public void serve(ServerSocket listener) throws IOException {
        while (!listener.isClosed()) {
            Socket client;
            try {
                client = listener.accept();
            } catch (IOException e) {
                if (listener.isClosed()) {
                    return;
                }
                throw e;
            }
            Thread thread = new Thread(() -> serve(client), "dap-client-" + client.getPort());
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void serve(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            serve(client.getInputStream(), new BufferedOutputStream(client.getOutputStream(), 1 << 16));
        } catch (IOException e) {
            System.getLogger(DapServer.class.getName()).log(System.Logger.Level.DEBUG, "a client was lost", e);
        }
    }

    /** Ends the sessions of all clients; one that does not end in good time loses its processes by force. */
    @Override
    public void close() {
        boolean ended = true;
        for (Connection connection : connections) {
            ended &= connection.close();
        }
        if (!ended) {
            ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        }
    }
}
