package io.kmdebug.cli.demo;

import com.google.gson.JsonObject;
import io.kmdebug.dap.DapServer;
import io.kmdebug.dap.request.SessionFactory;
import io.kmdebug.dap.wire.Frame;
import io.kmdebug.dap.wire.FrameReader;
import io.kmdebug.dap.wire.FrameWriter;
import io.kmdebug.dap.wire.Json;
import io.kmdebug.debugger.DebuggerException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client of a debug adapter, as an editor is one: over the streams of a process, or of a server in this one. */
final class DebugClient implements AutoCloseable {
    /** Who records a class archive writes it when it ends. */
    private static final int ANSWER_SECONDS = System.getenv("KMDEBUG_RECORD") == null ? 60 : 300;

    private final FrameWriter writer;
    private final OutputStream out;
    private final @Nullable Process process;
    private final BlockingQueue<JsonObject> incoming = new LinkedBlockingQueue<>();
    private final Deque<JsonObject> events = new ArrayDeque<>();
    private final Consumer<JsonObject> onOutput;
    private int seq;

    private DebugClient(InputStream in, OutputStream out, @Nullable Process process, Consumer<JsonObject> onOutput) {
        this.writer = new FrameWriter(out);
        this.out = out;
        this.process = process;
        this.onOutput = onOutput;
        Thread reader = new Thread(() -> read(new FrameReader(in)), "dap-client");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts {@code kmdebug dap}.
     *
     * @param onOutput takes the body of each output event
     */
    static DebugClient start(Path kmdebug, Consumer<JsonObject> onOutput) throws IOException {
        Process process = new ProcessBuilder(kmdebug.toString(), "dap")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new DebugClient(process.getInputStream(), process.getOutputStream(), process, onOutput);
    }

    /** Serves itself in this process. */
    static DebugClient inProcess(SessionFactory sessions, Consumer<JsonObject> onOutput) throws IOException {
        Pipe toServer = Pipe.open();
        Pipe toClient = Pipe.open();
        InputStream in = Channels.newInputStream(toServer.source());
        OutputStream out = Channels.newOutputStream(toClient.sink());
        Thread server = new Thread(
                () -> {
                    try (in;
                            out) {
                        new DapServer(sessions).serve(in, out);
                    } catch (IOException e) {
                        System.getLogger(DebugClient.class.getName())
                                .log(System.Logger.Level.DEBUG, "a pipe was closed before its server", e);
                    }
                },
                "dap-server");
        server.setDaemon(true);
        server.start();
        return new DebugClient(
                Channels.newInputStream(toClient.source()), Channels.newOutputStream(toServer.sink()), null, onOutput);
    }

    private void read(FrameReader frames) {
        try {
            for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
                if (frame instanceof Frame.Body body) {
                    incoming.add(Json.parseObject(body.json()));
                }
            }
        } catch (IOException e) {
            System.getLogger(DebugClient.class.getName()).log(System.Logger.Level.DEBUG, "the adapter is gone", e);
        }
        JsonObject end = new JsonObject();
        end.addProperty("type", "end");
        incoming.add(end);
    }

    /** @return the response's body, empty where it has none */
    JsonObject request(String command, JsonObject arguments) {
        JsonObject request = new JsonObject();
        request.addProperty("seq", ++seq);
        request.addProperty("type", "request");
        request.addProperty("command", command);
        request.add("arguments", arguments);
        try {
            writer.write(Json.write(request));
        } catch (IOException e) {
            throw new DebuggerException("the debug adapter does not take " + command + ": " + e.getMessage(), e);
        }
        while (true) {
            JsonObject message = take(command + " is not answered");
            if (!message.get("type").getAsString().equals("response")) {
                keep(message);
            } else if (message.get("request_seq").getAsInt() == seq) {
                if (!message.get("success").getAsBoolean()) {
                    throw new DebuggerException(message.get("message").getAsString());
                }
                return message.has("body") ? message.getAsJsonObject("body") : new JsonObject();
            }
        }
    }

    /**
     * Ends the conversation, and with it the adapter; while a class archive is recorded the adapter goes on with
     * another, so that the archive knows both.
     */
    void disconnect() {
        request("disconnect", new JsonObject());
        events.clear();
    }

    /** The next event with one of these names; the others before it are dropped. */
    JsonObject event(Set<String> names) {
        while (true) {
            while (!events.isEmpty()) {
                JsonObject event = events.removeFirst();
                if (names.contains(event.get("event").getAsString())) {
                    return event;
                }
            }
            keep(take(String.join(" or ", names) + " does not come"));
        }
    }

    private void keep(JsonObject message) {
        if (message.get("event").getAsString().equals("output")) {
            onOutput.accept(message.getAsJsonObject("body"));
        } else {
            events.add(message);
        }
    }

    private JsonObject take(String problem) {
        try {
            JsonObject message = incoming.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new DebuggerException(problem + " within " + ANSWER_SECONDS + " s");
            }
            if (message.get("type").getAsString().equals("end")) {
                incoming.add(message);
                throw new DebuggerException(problem + ": the debug adapter ended");
            }
            return message;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DebuggerException(problem + ": interrupted", e);
        }
    }

    /** Closes the adapter's input, which ends it, and waits for its process. */
    @Override
    public void close() throws IOException {
        out.close();
        if (process != null) {
            try {
                if (!process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                    List<ProcessHandle> left = process.descendants().toList();
                    process.destroyForcibly();
                    left.forEach(ProcessHandle::destroyForcibly);
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
