package io.kmdebug.rsp;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;

/** A TCP port. */
final class TcpListener extends StubListener {
    private static final int LAST_PORT = 65535;

    private final ServerSocket socket;
    private final @Nullable StubToken token;

    private TcpListener(ServerSocket socket, @Nullable StubToken token) {
        this.socket = socket;
        this.token = token;
    }

    static TcpListener bind(InetAddress address, int wanted, @Nullable StubToken token) throws IOException {
        int port = wanted;
        while (true) {
            ServerSocket socket = new ServerSocket();
            try {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(address, port));
                return new TcpListener(socket, token);
            } catch (BindException e) {
                socket.close();
                port = port == LAST_PORT ? 1 : port + 1;
                if (wanted == 0 || port == wanted || !isOfThisHost(address)) throw e;
            } catch (IOException e) {
                socket.close();
                throw e;
            }
        }
    }

    /** With an address that is not this host's no port is better than another. */
    private static boolean isOfThisHost(InetAddress address) throws IOException {
        return address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || java.net.NetworkInterface.getByInetAddress(address) != null;
    }

    @Override
    Wire accept() throws IOException {
        return TcpWire.of(socket.accept());
    }

    @Override
    boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    @Nullable
    StubToken token() {
        return token;
    }

    @Override
    public int port() {
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    @Override
    public String toString() {
        return new StubAddress.Port(socket.getInetAddress().getHostAddress(), port(), null).toString();
    }
}
