package io.kmdebug.debugger.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.DownloadOptions;
import io.kmdebug.debugger.Tools;
import io.kmdebug.machine.ElfFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What servers send, and fail to send. */
@Timeout(60)
class DebuginfodTest implements DownloadListener {
    @TempDir
    Path folder;

    private final List<String> problems = new ArrayList<>();
    private final List<String> progress = new ArrayList<>();
    private FileServer server;
    private Path debug;
    private String id;
    private String request;

    @BeforeEach
    void start() throws Exception {
        server = new FileServer();
        Path program = Tools.compile(folder, "loops.c", "-Wl,--build-id");
        debug = folder.resolve("loops.debug");
        Tools.run(folder, List.of("objcopy", "--only-keep-debug", program.toString(), debug.toString()));
        id = ElfFile.open(program).buildId().orElseThrow();
        request = "/buildid/" + id + "/debuginfo";
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Override
    public void downloading(String title, long done, long total) {
        progress.add(title + " " + (done > 0) + " " + total);
    }

    @Override
    public void downloaded(String title, long bytes) {
        progress.add(title + " ended " + bytes);
    }

    private DownloadOptions options(String... servers) {
        return new DownloadOptions(true, List.of(servers), folder.resolve("cache"), Duration.ofSeconds(20), 10_000_000);
    }

    private Debuginfod client(String... servers) {
        return new Debuginfod(options(servers), this, problems::add);
    }

    @Test
    void aFileIsTakenOnceAndKeptWhereElfutilsKeepsIt() throws Exception {
        server.serve(request, debug);
        Path place = folder.resolve("cache").resolve(id).resolve("debuginfo");
        try (Debuginfod client = client(server.url() + "/")) {
            assertThat(client.debugInfo(id)).contains(place);
            assertThat(place).hasSameBinaryContentAs(debug);
        }
        try (Debuginfod later = client(server.url())) {
            assertThat(later.debugInfo(id)).contains(place);
        }
        assertThat(server.requests).containsExactly(request);
        assertThat(problems).isEmpty();
        long bytes = Files.size(debug);
        String title = "debug information of " + id + " from " + server.url() + "/";
        assertThat(progress).startsWith(title + " true " + bytes).endsWith(title + " ended " + bytes);
        assertThat(files()).containsExactly("debuginfo");
    }

    @Test
    void sourcesHaveTheirPathsAsNames() throws Exception {
        Path source = folder.resolve("loops.c");
        server.serve("/buildid/" + id + "/source/usr/src/a b#c/x.c", source);
        try (Debuginfod client = client(server.url())) {
            Path place = folder.resolve("cache").resolve(id).resolve("source##usr##src##a b#_c##x.c");
            assertThat(client.source(id, "/usr/src/a b#c/x.c", null)).contains(place);
            assertThat(client.source(id, "/usr/src/a b#c/x.c", "0".repeat(32))).isEmpty();
            assertThat(problems).singleElement().asString().contains(place.toString(), "MD5");
            assertThat(client.source(id, "relative.c", null)).isEmpty();
            assertThat(client.source(id, "/" + "x".repeat(300), null)).isEmpty();
        }
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void whatNoServerHasIsNotAskedForAgainForAWhile() throws IOException {
        try (Debuginfod client = client(server.url())) {
            assertThat(client.debugInfo(id)).isEmpty();
        }
        try (Debuginfod later = client(server.url())) {
            assertThat(later.debugInfo(id)).isEmpty();
        }
        assertThat(server.requests).containsExactly(request);
        Path miss = folder.resolve("cache").resolve(id).resolve("debuginfo");
        assertThat(miss).isEmptyFile();
        Files.setLastModifiedTime(miss, java.nio.file.attribute.FileTime.fromMillis(0));
        server.serve(request, debug);
        try (Debuginfod muchLater = client(server.url())) {
            assertThat(muchLater.debugInfo(id)).contains(miss);
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void theDebugFileOfAnotherProgramIsRefusedAndTheNextServerAsked() throws Exception {
        Path other = Tools.compile(folder, "values.c", "-Wl,--build-id");
        server.serve(request, other);
        try (FileServer second = new FileServer();
                Debuginfod client = client(server.url(), second.url())) {
            second.serve(request, debug);
            assertThat(client.debugInfo(id)).isPresent();
            assertThat(problems)
                    .singleElement()
                    .asString()
                    .contains(
                            server.url(),
                            "something else",
                            ElfFile.open(other).buildId().orElseThrow());
        }
    }

    @Test
    void whatIsNoElfFileIsRefused() throws Exception {
        server.serve(request, Files.writeString(folder.resolve("page.html"), "<html>" + "x".repeat(100)));
        try (Debuginfod client = client(server.url())) {
            assertThat(client.debugInfo(id)).isEmpty();
            assertThat(problems).singleElement().asString().contains("something else", "magic number");
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void anAnswerThatEndsEarlyIsRefused() throws Exception {
        byte[] content = Files.readAllBytes(debug);
        server.serve(request, exchange -> {
            exchange.status(200, content.length);
            exchange.body().write(content, 0, content.length / 2);
            exchange.body().flush();
        });
        try (Debuginfod client = client(server.url())) {
            assertThat(client.debugInfo(id)).isEmpty();
            assertThat(problems)
                    .singleElement()
                    .asString()
                    .contains(server.url(), "ends after ", " of " + content.length + " bytes");
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void aServerThatTricklesOrFailsIsLeftAloneForTheRestOfTheSession() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        server.serve(request, exchange -> {
            exchange.status(200, 1 << 20);
            try (OutputStream out = exchange.body()) {
                do {
                    out.write(1);
                    out.flush();
                } while (!done.await(50, TimeUnit.MILLISECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        DownloadOptions impatient = new DownloadOptions(
                true, List.of(server.url()), folder.resolve("cache"), Duration.ofSeconds(1), 10_000_000);
        try (Debuginfod client = new Debuginfod(impatient, this, problems::add)) {
            long start = System.nanoTime();
            assertThat(client.debugInfo(id)).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
            assertThat(problems).singleElement().asString().contains("less than 100 KiB in 1 s");
            assertThat(client.executable(id)).isEmpty();
        } finally {
            done.countDown();
        }
        assertThat(server.requests).containsExactly(request);
    }

    @Test
    void errorsOfServersAndTooLargeFilesAreSaid() throws Exception {
        server.serve(request, exchange -> exchange.status(503, 0));
        try (Debuginfod client = client(server.url(), "http://127.0.0.1:1", "ftp://127.0.0.1", "a b")) {
            assertThat(client.debugInfo(id)).isEmpty();
        }
        assertThat(problems).hasSize(4);
        assertThat(problems.get(0)).contains("status 503");
        assertThat(problems.get(2)).contains("no http or https URL");
        assertThat(problems.get(3)).contains("no URL");
        problems.clear();
        server.serve(request, debug);
        DownloadOptions small =
                new DownloadOptions(true, List.of(server.url()), folder.resolve("cache"), Duration.ofSeconds(20), 1000);
        try (Debuginfod client = new Debuginfod(small, this, problems::add)) {
            assertThat(client.debugInfo(id)).isEmpty();
        }
        assertThat(problems).singleElement().asString().contains("1000 is the limit");
        assertThat(files()).isEmpty();
    }

    @Test
    void closingEndsADownload() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        server.serve(request, exchange -> {
            exchange.status(200, 1 << 20);
            exchange.body().write(new byte[1000]);
            exchange.body().flush();
            begun.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        DownloadOptions patient = new DownloadOptions(
                true, List.of(server.url()), folder.resolve("cache"), Duration.ofMinutes(5), 1 << 30);
        Debuginfod client = new Debuginfod(patient, this, problems::add);
        var answer = CompletableFuture.supplyAsync(() -> client.debugInfo(id));
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        client.close();
        assertThat(answer.get(60, TimeUnit.SECONDS)).isEmpty();
        assertThat(problems).isEmpty();
        end.countDown();
    }

    @Test
    void buildIdsThatAreNoneAreNotAskedFor() {
        try (Debuginfod client = client(server.url())) {
            for (String none : List.of("", "ab", "../../etc", "0123456789abcdeg")) {
                assertThat(client.debugInfo(none)).isEmpty();
                assertThat(client.executable(none)).isEmpty();
            }
        }
        assertThat(server.requests).isEmpty();
    }

    @Test
    void theEnvironmentSaysWhichServersAndWhere() {
        DownloadOptions options = DownloadOptions.of(Map.of(
                "DEBUGINFOD_URLS", " http://a  https://b/ ",
                "DEBUGINFOD_TIMEOUT", "7",
                "DEBUGINFOD_MAXSIZE", "1000",
                "HOME", folder.toString()));
        assertThat(options)
                .isEqualTo(new DownloadOptions(
                        true,
                        List.of("http://a", "https://b/"),
                        folder.resolve(".cache/debuginfod_client"),
                        Duration.ofSeconds(7),
                        1000));
        Map<String, String> elsewhere = Map.of("XDG_CACHE_HOME", "/x", "DEBUGINFOD_TIMEOUT", "soon");
        assertThat(DownloadOptions.of(elsewhere).cache()).isEqualTo(Path.of("/x/debuginfod_client"));
        assertThat(DownloadOptions.of(elsewhere).idle()).isEqualTo(Duration.ofSeconds(30));
        assertThat(DownloadOptions.of(Map.of("DEBUGINFOD_CACHE_PATH", "/y")).cache())
                .isEqualTo(Path.of("/y"));
    }

    /** Names of what is kept, of what was not finished too. */
    private List<String> files() throws IOException {
        Path place = folder.resolve("cache").resolve(id);
        if (!Files.exists(place)) return List.of();
        try (var all = Files.list(place)) {
            return all.map(p -> p.getFileName().toString()).toList();
        }
    }
}
