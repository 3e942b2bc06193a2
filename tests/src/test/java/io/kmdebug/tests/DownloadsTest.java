package io.kmdebug.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kmdebug.bench.DapClient;
import io.kmdebug.machine.ElfFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A core whose program, debug information and source are on a debuginfod server only, through the shipped launchers. */
class DownloadsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final Map<String, byte[]> served = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private Path core;
    private Path source;

    @BeforeEach
    void crash() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.start();
        Path program = Shipped.compile(folder, "crash_null", Shipped.C.GLIBC, "-Wl,--build-id");
        core = folder.resolve("kmcore");
        Shipped.run(folder, List.of(Shipped.km(), "--coredump=" + core, program.toString()));
        assertThat(core).isRegularFile();
        Path debug = folder.resolve("debug");
        Path stripped = folder.resolve("stripped");
        // what the launchers' jars need of their library for zstd is in them
        tool("objcopy", "--only-keep-debug", program.toString(), debug.toString());
        tool("objcopy", "--compress-debug-sections=zstd", debug.toString());
        tool("objcopy", "--strip-all", program.toString(), stripped.toString());
        String id = ElfFile.open(program).buildId().orElseThrow();
        source = folder.resolve("crash_null.c");
        served.put("/buildid/" + id + "/executable", Files.readAllBytes(stripped));
        served.put("/buildid/" + id + "/debuginfo", Files.readAllBytes(debug));
        served.put("/buildid/" + id + "/source" + source, Files.readAllBytes(source));
        for (Path file : List.of(program, debug, stripped, source)) Files.delete(file);
    }

    @AfterEach
    void end() {
        server.stop(0);
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.add(path);
        byte[] content = served.get(path);
        try (exchange) {
            exchange.sendResponseHeaders(content == null ? 404 : 200, content == null ? -1 : content.length);
            if (content != null) exchange.getResponseBody().write(content);
        }
    }

    private void tool(String... command) throws Exception {
        Shipped.Result result = Shipped.run(folder, List.of(command));
        assertThat(result.status()).as(result.errors()).isZero();
    }

    private List<String> withServer(String... command) {
        List<String> words = new ArrayList<>(List.of(
                "env",
                "DEBUGINFOD_URLS=http://127.0.0.1:" + server.getAddress().getPort(),
                "DEBUGINFOD_CACHE_PATH=" + folder.resolve("cache"),
                Shipped.kmdebug()));
        words.addAll(List.of(command));
        return words;
    }

    @Test
    void theCommandLineAsksOnlyWhenTold() throws Exception {
        Shipped.Result without = Shipped.run(folder, withServer("core", core.toString()));
        assertThat(without.output()).doesNotContain("sum_from (");
        assertThat(asked).isEmpty();
        Shipped.Result with = Shipped.run(folder, withServer("core", "--debuginfod", core.toString()));
        assertThat(with.status()).as(with.errors()).isZero();
        assertThat(with.output()).contains("sum_from (node=0x0, depth=3, step=1", "->", "int value = node->value;");
        assertThat(asked).filteredOn(served::containsKey).hasSize(3);
        server.stop(0);
        Shipped.Result kept = Shipped.run(folder, withServer("core", "--debuginfod", core.toString()));
        assertThat(kept.output()).contains("sum_from (node=0x0, depth=3, step=1", "int value = node->value;");
    }

    @Test
    void theAdapterTellsHowFarADownloadIs() throws Exception {
        try (DapClient client = new DapClient(withServer("dap"), folder.resolve("adapter.err"), LIMIT)) {
            client.request("initialize", Map.of("adapterID", "kmdebug", "supportsProgressReporting", true));
            client.request("attach", Map.of("coreFile", core.toString(), "debuginfod", true));
            client.event("initialized");
            client.request("configurationDone", Map.of());
            long thread = client.event("stopped")
                    .getAsJsonObject("body")
                    .get("threadId")
                    .getAsLong();
            JsonObject frame = client.request("stackTrace", Map.of("threadId", thread, "levels", 1))
                    .getAsJsonArray("stackFrames")
                    .get(0)
                    .getAsJsonObject();
            assertThat(frame.get("name").getAsString()).isEqualTo("sum_from");
            JsonObject named = frame.getAsJsonObject("source");
            String text = client.request(
                            "source",
                            Map.of("sourceReference", reference(named), "source", Map.of("path", path(named))))
                    .get("content")
                    .getAsString();
            assertThat(text).contains("A worker walks a list whose end it does not check.");
            for (int i = 0; i < served.size(); i++) {
                JsonObject start = client.event("progressStart").getAsJsonObject("body");
                assertThat(start.get("title").getAsString()).isEqualTo("Downloading");
                String id = start.get("progressId").getAsString();
                client.event("progressUpdate", event -> of(event, id));
                client.event("progressEnd", event -> of(event, id));
            }
        }
    }

    private static boolean of(JsonObject event, String id) {
        return event.get("progressId").getAsString().equals(id);
    }

    private static int reference(JsonObject named) {
        return named.has("sourceReference") ? named.get("sourceReference").getAsInt() : 0;
    }

    private static String path(JsonObject named) {
        return named.get("path").getAsString();
    }
}
