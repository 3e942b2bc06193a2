package io.kmdebug.bench;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A Debug Adapter Protocol client over an adapter's standard streams, as small as benchmarks and whole-system tests need
 * it: one request at a time, events kept in order. A watchdog ends the adapter when the session takes too long, so that
 * every read ends.
 */
public final class DapClient implements AutoCloseable {
    private final Process process;
    private final InputStream in;
    private final OutputStream out;
    private final Gson gson = new Gson();
    private final List<JsonObject> events = new ArrayList<>();
    private final Map<Integer, JsonObject> early = new HashMap<>();
    private final Thread watchdog;
    private int sequence;

    /**
     * Starts the adapter.
     *
     * @param errors where its standard error goes
     * @param limit after which it is killed
     */
    public DapClient(List<String> command, Path errors, Duration limit) throws IOException {
        process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        in = new BufferedInputStream(process.getInputStream());
        out = process.getOutputStream();
        watchdog = new Thread(() -> killAfter(limit), "watchdog of " + command.get(0));
        watchdog.setDaemon(true);
        watchdog.start();
    }

    private void killAfter(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The adapter's process. */
    public Process process() {
        return process;
    }

    /** Sends a request and returns its number, for {@link #response}. */
    public int send(String command, Map<String, ?> arguments) throws IOException {
        int number = ++sequence;
        sendBytes(gson.toJson(Map.of("seq", number, "type", "request", "command", command, "arguments", arguments))
                .getBytes(StandardCharsets.UTF_8));
        return number;
    }

    /** Sends one framed message, whatever it holds. */
    public void sendBytes(byte[] body) throws IOException {
        out.write(("Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
    }

    /** Sends bytes as they are. */
    public void sendUnframed(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** Sends and waits for the answer's body; a failed request is an IOException with its message. */
    public JsonObject request(String command, Map<String, ?> arguments) throws IOException {
        return body(response(send(command, arguments)));
    }

    /** Waits for the answer's body; a failed request is an IOException with its message. */
    public JsonObject answer(int number) throws IOException {
        return body(response(number));
    }

    private static JsonObject body(JsonObject response) throws IOException {
        if (!response.get("success").getAsBoolean()) throw new IOException("request failed: " + response);
        JsonElement body = response.get("body");
        return body != null && body.isJsonObject() ? body.getAsJsonObject() : new JsonObject();
    }

    /** The whole response, successful or not. */
    public JsonObject response(int number) throws IOException {
        while (!early.containsKey(number)) keep(read());
        return early.remove(number);
    }

    private void keep(JsonObject message) {
        if ("response".equals(message.get("type").getAsString())) {
            early.put(message.get("request_seq").getAsInt(), message);
        } else {
            events.add(message);
        }
    }

    /** The next event of that name, past or to come; others are kept. */
    public JsonObject event(String name) throws IOException {
        return event(name, body -> true);
    }

    /** The next event of that name whose body is wanted, past or to come; others are kept. */
    public JsonObject event(String name, Predicate<JsonObject> wanted) throws IOException {
        for (JsonObject known : events) {
            if (is(known, name, wanted)) {
                events.remove(known);
                return known;
            }
        }
        while (true) {
            JsonObject message = read();
            if (is(message, name, wanted)) return message;
            keep(message);
        }
    }

    private static boolean is(JsonObject message, String name, Predicate<JsonObject> wanted) {
        if (!message.has("event") || !message.get("event").getAsString().equals(name)) return false;
        JsonElement body = message.get("body");
        return wanted.test(body != null && body.isJsonObject() ? body.getAsJsonObject() : new JsonObject());
    }

    /** Texts of the output events of one category that have come so far and were not taken by {@link #event}. */
    public String output(String category) {
        StringBuilder text = new StringBuilder();
        for (JsonObject event : events) {
            if (is(event, "output", b -> category.equals(b.get("category").getAsString()))) {
                text.append(event.getAsJsonObject("body").get("output").getAsString());
            }
        }
        return text.toString();
    }

    private JsonObject read() throws IOException {
        int length = -1;
        while (true) {
            String line = line();
            if (line.isEmpty()) break;
            if (line.startsWith("Content-Length:"))
                length = Integer.parseInt(line.substring(15).trim());
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) throw new IOException("the adapter closed its output");
        return JsonParser.parseString(new String(body, StandardCharsets.UTF_8)).getAsJsonObject();
    }

    private String line() throws IOException {
        StringBuilder text = new StringBuilder();
        while (true) {
            int c = in.read();
            if (c < 0) throw new IOException("the adapter closed its output");
            if (c == '\n') return text.toString();
            if (c != '\r') text.append((char) c);
        }
    }

    /** Closes the adapter's input, as an editor that vanishes does. */
    public void closeInput() throws IOException {
        out.close();
    }

    /** Disconnects, ends the payload, and waits for the adapter's end. */
    @Override
    public void close() throws IOException {
        try {
            if (process.isAlive()) request("disconnect", Map.of("terminateDebuggee", true));
        } finally {
            process.destroy();
            watchdog.interrupt();
        }
    }
}
