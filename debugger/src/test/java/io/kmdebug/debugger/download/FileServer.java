package io.kmdebug.debugger.download;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A debuginfod server on the loopback interface: files by request path, everything else is 404. One request a
 * connection.
 */
public final class FileServer implements AutoCloseable {
    /** What is asked of the server, in order. */
    public final List<String> requests = new CopyOnWriteArrayList<>();

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final ServerSocket socket;

    /** Answers one request. */
    public interface Answer {
        void send(Exchange exchange) throws IOException;
    }

    /** A request that waits for its answer. */
    public record Exchange(OutputStream body) {
        /** @param length of the body that follows */
        public void status(int status, long length) throws IOException {
            String head = "HTTP/1.1 " + status + " x\r\nContent-Length: " + length + "\r\nConnection: close\r\n\r\n";
            body.write(head.getBytes(StandardCharsets.US_ASCII));
            body.flush();
        }
    }

    public FileServer() throws IOException {
        socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        daemon(this::accept);
    }

    private static void daemon(Runnable body) {
        Thread thread = new Thread(body, "file-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                daemon(() -> serve(client));
            } catch (IOException e) {
                if (!socket.isClosed()) throw new java.io.UncheckedIOException(e);
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            String request = in.readLine();
            if (request == null) return;
            String line;
            while ((line = in.readLine()) != null && !line.isEmpty()) continue;
            String path = URI.create(request.split(" ", -1)[1]).getPath();
            requests.add(path);
            Answer answer = answers.getOrDefault(path, exchange -> exchange.status(404, 0));
            answer.send(new Exchange(client.getOutputStream()));
        } catch (IOException e) {
            System.getLogger("file-server").log(System.Logger.Level.DEBUG, "the client has had enough", e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    public void serve(String path, Answer answer) {
        answers.put(path, answer);
    }

    public void serve(String path, Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        serve(path, exchange -> {
            exchange.status(200, content.length);
            exchange.body().write(content);
        });
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
