package io.kmdebug.rsp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;

/** A TCP connection. */
final class TcpWire implements Wire {
    /** A peer on another machine that goes silently is missed after a minute. */
    private static final Map<SocketOption<Integer>, Integer> KEEP_ALIVE = Map.of(
            ExtendedSocketOptions.TCP_KEEPIDLE, 30,
            ExtendedSocketOptions.TCP_KEEPINTERVAL, 10,
            ExtendedSocketOptions.TCP_KEEPCOUNT, 3);

    private final Socket socket;

    private TcpWire(Socket socket) {
        this.socket = socket;
    }

    /** Takes over a connected socket. */
    static TcpWire of(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        if (!socket.getInetAddress().isLoopbackAddress()) {
            socket.setKeepAlive(true);
            for (Map.Entry<SocketOption<Integer>, Integer> option : KEEP_ALIVE.entrySet()) {
                socket.setOption(option.getKey(), option.getValue());
            }
        }
        return new TcpWire(socket);
    }

    static TcpWire connect(String host, int port, int timeoutMillis) throws IOException {
        Socket socket = new Socket();
        boolean connected = false;
        try {
            socket.connect(new InetSocketAddress(host, port), timeoutMillis);
            TcpWire wire = of(socket);
            connected = true;
            return wire;
        } finally {
            if (!connected) socket.close();
        }
    }

    @Override
    public InputStream in() throws IOException {
        return socket.getInputStream();
    }

    @Override
    public OutputStream out() throws IOException {
        return socket.getOutputStream();
    }

    @Override
    public void readTimeout(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    @Override
    public void finishWriting() throws IOException {
        if (!socket.isClosed()) socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    @Override
    public String toString() {
        return socket.getInetAddress().getHostAddress();
    }
}
