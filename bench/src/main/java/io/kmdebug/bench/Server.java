package io.kmdebug.bench;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server of 127.0.0.1 that runs until it is closed. */
final class Server implements AutoCloseable {
    private static final long READY_SECONDS = 30;
    private static final long END_SECONDS = 30;

    private final Process process;

    private Server(Process process) {
        this.process = process;
    }

    /** Returns when the port answers. */
    static Server start(List<String> monitor, List<String> command, int port) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(monitor);
        words.addAll(command);
        Process process = new ProcessBuilder(words)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (System.nanoTime() < deadline) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return new Server(process);
            } catch (IOException notYet) {
                if (process.waitFor(20, TimeUnit.MILLISECONDS))
                    throw new IOException("status " + process.exitValue() + " before it listened: " + words, notYet);
            }
        }
        process.destroyForcibly();
        throw new IOException("does not listen after " + READY_SECONDS + " s: " + words);
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    long pid() {
        return process.pid();
    }

    /** SIGTERM, and waits for its end. */
    @Override
    public void close() throws InterruptedException, IOException {
        process.destroy();
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("no end " + END_SECONDS + " s after SIGTERM");
        }
    }
}
