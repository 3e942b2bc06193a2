package io.kmdebug.dap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.kmdebug.dap.request.SessionFactory;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Speaks DAP to a real server over a real stream. Keeps all that comes, in the order of the wire. */
final class DapClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 20_000;

    final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    final List<JsonObject> received = new ArrayList<>();
    private final Closeable connection;
    private final Closeable sending;
    private final InputStream in;
    private final OutputStream out;
    private int seq;

    DapClient(SessionFactory sessions) {
        DapServer server = new DapServer(sessions);
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort());
            Socket peer = listener.accept();
            Thread thread = new Thread(
                    () -> {
                        try (peer) {
                            exitCode.complete(server.serve(peer.getInputStream(), peer.getOutputStream()));
                        } catch (IOException e) {
                            exitCode.completeExceptionally(e);
                        }
                    },
                    "server");
            thread.setDaemon(true);
            thread.start();
            socket.setSoTimeout(TIMEOUT_MILLIS);
            connection = socket;
            sending = socket::shutdownOutput;
            in = socket.getInputStream();
            out = socket.getOutputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Speaks to a process over its standard streams. */
    DapClient(Process process) {
        in = process.getInputStream();
        out = process.getOutputStream();
        sending = out;
        connection = process::destroyForcibly;
        process.onExit().thenAccept(ended -> exitCode.complete(ended.exitValue()));
    }

    static JsonObject json(String text) {
        return JsonParser.parseString(text.replace('\'', '"')).getAsJsonObject();
    }

    /** Sends without waiting. @param arguments JSON with ' for "; empty to send none */
    int send(String command, String arguments) {
        JsonObject request = new JsonObject();
        request.addProperty("seq", ++seq);
        request.addProperty("type", "request");
        request.addProperty("command", command);
        if (!arguments.isEmpty()) {
            request.add("arguments", JsonParser.parseString(arguments.replace('\'', '"')));
        }
        frame(request.toString());
        return seq;
    }

    void frame(String body) {
        raw("Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    void raw(String bytes) {
        try {
            out.write(bytes.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends and waits for the response; it must be a success. */
    JsonObject ok(String command, String arguments) {
        JsonObject response = response(send(command, arguments));
        assertThat(response.get("success").getAsBoolean()).as("%s", response).isTrue();
        assertThat(response.get("command").getAsString()).isEqualTo(command);
        return response.has("body") ? response.getAsJsonObject("body") : new JsonObject();
    }

    /** Sends and waits for the response; it must be a failure. @return its message */
    String fails(String command, String arguments) {
        return failure(send(command, arguments));
    }

    String failure(int requestSeq) {
        JsonObject response = response(requestSeq);
        assertThat(response.get("success").getAsBoolean()).as("%s", response).isFalse();
        String message = response.get("message").getAsString();
        assertThat(response.getAsJsonObject("body")
                        .getAsJsonObject("error")
                        .get("format")
                        .getAsString())
                .isEqualTo(message);
        return message;
    }

    JsonObject response(int requestSeq) {
        return await(m -> m.get("type").getAsString().equals("response")
                && m.get("request_seq").getAsInt() == requestSeq);
    }

    /** The first event of that name not awaited before. */
    JsonObject event(String name) {
        JsonObject event = await(m -> !m.has("seen")
                && m.get("type").getAsString().equals("event")
                && m.get("event").getAsString().equals(name));
        event.addProperty("seen", true);
        return event.has("body") ? event.getAsJsonObject("body") : new JsonObject();
    }

    JsonObject await(Predicate<JsonObject> wanted) {
        for (JsonObject message : received) {
            if (wanted.test(message)) {
                return message;
            }
        }
        while (true) {
            JsonObject message = read();
            if (wanted.test(message)) {
                return message;
            }
        }
    }

    /** Where in the order of the wire a message stands. */
    int indexOf(Predicate<JsonObject> wanted) {
        for (int i = 0; i < received.size(); i++) {
            if (wanted.test(received.get(i))) {
                return i;
            }
        }
        throw new AssertionError("not received; there are " + received);
    }

    private JsonObject read() {
        try {
            StringBuilder header = new StringBuilder();
            while (!header.toString().endsWith("\r\n\r\n")) {
                int b = in.read();
                if (b < 0) {
                    throw new AssertionError("the server closed the stream; received " + received);
                }
                header.append((char) b);
            }
            int length = Integer.parseInt(header.toString().strip().substring("Content-Length: ".length()));
            JsonObject message = JsonParser.parseString(new String(in.readNBytes(length), StandardCharsets.UTF_8))
                    .getAsJsonObject();
            received.add(message);
            return message;
        } catch (IOException e) {
            throw new UncheckedIOException("nothing came; received " + received, e);
        }
    }

    /** initialize and launch, up to the initialized event. */
    DapClient launched() {
        ok("initialize", "{'adapterID':'kmdebug','supportsVariableType':true}");
        ok("launch", "{'program':'/bin/app'}");
        event("initialized");
        return this;
    }

    /** Up to the first stop. */
    DapClient stopped() {
        launched();
        ok("configurationDone", "");
        event("stopped");
        return this;
    }

    /** Ends the client's side of the stream, as a client that is gone does. */
    void endInput() {
        try {
            sending.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int exit() throws Exception {
        return exitCode.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
