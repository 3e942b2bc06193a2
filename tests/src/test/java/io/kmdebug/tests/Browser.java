package io.kmdebug.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Chromium without a window, by the Chrome DevTools Protocol: it keeps what a page asks for and complains about. */
final class Browser implements AutoCloseable {
    private static final long LIMIT_SECONDS = 300;
    private static final String LISTENS = "DevTools listening on ";

    private final Process process;
    private final WebSocket socket;
    private final LinkedBlockingQueue<JsonObject> incoming = new LinkedBlockingQueue<>();
    private final List<JsonObject> events = new ArrayList<>();
    private final String session;
    private int id;

    /** Starts one with nothing in it; {@code folder} takes its profile. */
    Browser(Path folder) throws Exception {
        process = new ProcessBuilder(
                        "chromium",
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--no-first-run",
                        "--no-default-browser-check",
                        "--window-size=1280,1600",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "about:blank")
                .redirectErrorStream(true)
                .start();
        URI address = URI.create(address(process));
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(address, new Reader())
                .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        JsonObject target = call(null, "Target.createTarget", Map.of("url", "about:blank"));
        Map<String, ?> attach = Map.of("targetId", target.get("targetId").getAsString(), "flatten", true);
        session = call(null, "Target.attachToTarget", attach).get("sessionId").getAsString();
        for (String domain : List.of("Page", "Network", "Log", "Runtime")) ask(domain + ".enable", Map.of());
    }

    /** Waits until it says where it listens; what it says later is read and dropped, so that it never waits for a reader. */
    private static String address(Process chromium) throws IOException {
        BufferedReader said =
                new BufferedReader(new InputStreamReader(chromium.getInputStream(), StandardCharsets.ISO_8859_1));
        StringBuilder before = new StringBuilder();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(LISTENS)) {
                Thread rest = new Thread(() -> said.lines().forEach(dropped -> {}), "chromium-log");
                rest.setDaemon(true);
                rest.start();
                return line.substring(LISTENS.length()).strip();
            }
            before.append(line).append('\n');
        }
        throw new AssertionError("chromium does not listen: " + before);
    }

    private final class Reader implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                incoming.add(JsonParser.parseString(text.toString()).getAsJsonObject());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    /** The answer to a request about the page. */
    JsonObject ask(String method, Map<String, ?> parameters) throws Exception {
        return call(session, method, parameters);
    }

    private JsonObject call(@Nullable String to, String method, Map<String, ?> parameters) throws Exception {
        JsonObject request = new JsonObject();
        int mine = ++id;
        request.addProperty("id", mine);
        request.addProperty("method", method);
        request.add("params", new Gson().toJsonTree(parameters));
        if (to != null) request.addProperty("sessionId", to);
        CompletableFuture<WebSocket> sent = socket.sendText(request.toString(), true);
        sent.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        while (true) {
            JsonObject next = next(method);
            if (next.has("id") && next.get("id").getAsInt() == mine) {
                assertThat(next.has("error")).as("%s: %s", method, next).isFalse();
                return next.getAsJsonObject("result");
            }
        }
    }

    private JsonObject next(String awaited) throws InterruptedException {
        JsonObject next = incoming.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertThat(next).as("chromium answers %s", awaited).isNotNull();
        if (next.has("method")) events.add(next);
        return next;
    }

    /** Opens a page, and waits until it is loaded. */
    void open(URI page) throws Exception {
        events.clear();
        ask("Page.navigate", Map.of("url", page.toString()));
        await("Page.loadEventFired");
    }

    /** Parameters of the events of this kind since the page was opened. */
    List<JsonObject> all(String event) {
        return events.stream()
                .filter(e -> e.get("method").getAsString().equals(event))
                .map(e -> e.getAsJsonObject("params"))
                .toList();
    }

    /** Addresses that were asked for since the page was opened. */
    List<String> requests() {
        return all("Network.requestWillBeSent").stream()
                .map(e -> e.getAsJsonObject("request").get("url").getAsString())
                .toList();
    }

    /** What an expression of JavaScript gives; outside of the page's policy, as in the browser's own console. */
    JsonElement evaluate(String expression) throws Exception {
        JsonObject answer = ask("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
        assertThat(answer.has("exceptionDetails"))
                .as("%s: %s", expression, answer)
                .isFalse();
        return answer.getAsJsonObject("result").get("value");
    }

    /** A picture of the whole page. */
    byte[] picture() throws Exception {
        JsonObject answer = ask("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
        return Base64.getDecoder().decode(answer.get("data").getAsString());
    }

    /** The page on paper. */
    byte[] print() throws Exception {
        JsonObject answer = ask("Page.printToPDF", Map.of("printBackground", false, "preferCSSPageSize", true));
        return Base64.getDecoder().decode(answer.get("data").getAsString());
    }

    /** The next event of this kind, or the first since the page was opened. */
    JsonObject await(String event) throws Exception {
        while (all(event).isEmpty()) next(event);
        return all(event).get(0);
    }

    /** Ends it, and waits for all of its processes: its profile is still written to when it is asked to. */
    @Override
    public void close() throws Exception {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        socket.sendText("{\"id\": 0, \"method\": \"Browser.close\"}", true);
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) process.destroyForcibly();
        for (ProcessHandle each : all) each.onExit().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        socket.abort();
    }
}
