package io.kmdebug.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few dozen cores of four crashes, whole, packed, cut and broken, through the shipped command. */
final class TriageTest {
    private static final long NEWEST = 1_750_000_000_000L;

    @TempDir
    static Path work = Path.of("");

    private static Path cores = Path.of("");

    /** How many cores there are of each payload, from the most on. */
    private static final TreeMap<Integer, String> PAYLOADS =
            new TreeMap<>(java.util.Map.of(12, "crash_null", 9, "crash_divide", 6, "crash_abort", 3, "crash_overflow"));

    @BeforeAll
    static void crash() throws Exception {
        cores = Files.createDirectories(work.resolve("cores"));
        for (var payload : PAYLOADS.entrySet()) {
            Path program = Shipped.compile(work, payload.getValue(), Shipped.C.GLIBC);
            // two runs: addresses and numbers of processes differ, what happened does not
            for (int run = 0; run < 2; run++) {
                Path core = work.resolve(payload.getValue() + "." + run);
                Shipped.run(work, List.of(Shipped.km(), "--coredump=" + core, program.toString()));
                assertThat(core).isRegularFile();
                for (int i = run; i < payload.getKey(); i += 2) {
                    Path copy = cores.resolve(payload.getValue() + "." + i);
                    written(Files.copy(core, copy), NEWEST - 1000L * i);
                }
            }
        }
        Path packed = cores.resolve("packed/core.1.gz");
        Files.createDirectory(packed.getParent());
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(cores.resolve("crash_null.1"), out);
        }
        written(packed, NEWEST + 5000);
        Files.write(cores.resolve("core"), new byte[0]);
        Files.writeString(cores.resolve("core.9"), "no core at all\n");
        byte[] whole = Files.readAllBytes(cores.resolve("crash_null.0"));
        Files.write(cores.resolve("stub"), Arrays.copyOf(whole, 200));
        whole[18] = (byte) 183;
        Files.write(cores.resolve("foreign"), Arrays.copyOf(whole, 5000));
        Files.writeString(cores.resolve("README"), "not looked at\n");
    }

    private static void written(Path file, long when) throws Exception {
        Files.setLastModifiedTime(file, FileTime.fromMillis(when));
    }

    private static Shipped.Result triage(String... options) throws Exception {
        String[] start = {Shipped.kmdebug(), "triage"};
        String[] command = Arrays.copyOf(start, start.length + options.length + 1);
        System.arraycopy(options, 0, command, start.length, options.length);
        command[command.length - 1] = cores.toString();
        Shipped.Result result = Shipped.run(work, List.of(command));
        assertThat(result.status()).as("%s", result).isZero();
        assertThat(result.errors()).isEmpty();
        return result;
    }

    private static JsonObject core(String path) throws Exception {
        Shipped.Result result = Shipped.run(work, List.of(Shipped.kmdebug(), "core", "--json", path));
        return JsonParser.parseString(result.output()).getAsJsonObject();
    }

    @Test
    void coresOfOneCrashAreOneBucketWithAReportOfTheNewest() throws Exception {
        JsonObject all = JsonParser.parseString(triage("--json").output()).getAsJsonObject();
        assertThat(all.get("cores").getAsInt()).isEqualTo(31);
        assertThat(all.get("otherFiles").getAsInt()).isEqualTo(1);
        JsonArray crashes = all.getAsJsonArray("crashes");
        assertThat(crashes).hasSize(4);
        List<Integer> counts = List.of(13, 9, 6, 3);
        List<String> names = List.copyOf(PAYLOADS.descendingMap().values());
        for (int i = 0; i < 4; i++) {
            JsonObject crash = crashes.get(i).getAsJsonObject();
            assertThat(crash.get("count").getAsInt()).isEqualTo(counts.get(i));
            JsonArray its = crash.getAsJsonArray("cores");
            assertThat(its).hasSize(counts.get(i));
            String newest = its.get(0).getAsJsonObject().get("core").getAsString();
            assertThat(newest).endsWith(i == 0 ? "/packed/core.1.gz" : names.get(i) + ".0");
            assertThat(crash.getAsJsonArray("programs").toString()).contains("/" + names.get(i) + "-glibc");
            JsonObject alone = core(newest);
            assertThat(crash.get("report")).isEqualTo(alone);
            JsonObject analysis = alone.getAsJsonObject("analysis");
            for (String same : List.of("signature", "summary", "cause"))
                assertThat(crash.get(same)).as(same).isEqualTo(analysis.get(same));
            assertThat(crash.get("signal"))
                    .isEqualTo(alone.getAsJsonObject("signal").get("name"));
            assertThat(crash.get("reportError").isJsonNull()).isTrue();
        }
    }

    @Test
    void coresThatCannotBeReadAreListedWithTheirReasons() throws Exception {
        JsonObject all = JsonParser.parseString(triage("--json").output()).getAsJsonObject();
        TreeMap<String, String> reasons = new TreeMap<>();
        for (JsonElement each : all.getAsJsonArray("unreadable")) {
            JsonObject core = each.getAsJsonObject();
            String path = core.get("core").getAsString();
            reasons.put(
                    path.substring(path.lastIndexOf('/') + 1),
                    core.get("reason").getAsString());
        }
        assertThat(reasons).containsOnlyKeys("core", "core.9", "stub", "foreign");
        assertThat(reasons.get("core")).contains("found 0 bytes");
        assertThat(reasons.get("core.9")).contains("found 15 bytes");
        assertThat(reasons.get("stub")).contains("expected");
        assertThat(reasons.get("foreign")).contains("aarch64");
    }

    @Test
    void theTextHasABlockForEachCrash() throws Exception {
        String text = triage().output();
        assertThat(text).startsWith("31 cores, 4 crashes, 4 that cannot be read, 1 other file\n");
        assertThat(text.lines().filter(line -> line.matches(" +\\d+  SIG\\w+  .*")))
                .extracting(line -> line.replaceAll("\\(.*", "").strip())
                .containsExactly(
                        "13  SIGSEGV  " + top("crash_null"),
                        "9  SIGFPE  " + top("crash_divide"),
                        "6  SIGABRT  " + top("crash_abort"),
                        "3  SIGSEGV  " + top("crash_overflow"));
        assertThat(text).contains("packed/core.1.gz, 2025-", "cannot be read:\n", "/core.9: ");
        assertThat(text).doesNotContain("\033").doesNotContain("What happened:");
    }

    /** The function in which it happened, which is marked in the source. */
    private static String top(String payload) throws Exception {
        return core(cores.resolve(payload + ".0").toString()).getAsJsonArray("threads").asList().stream()
                .flatMap(t -> t.getAsJsonObject().getAsJsonArray("frames").asList().stream())
                .map(JsonElement::getAsJsonObject)
                .filter(f -> !f.get("source").isJsonNull()
                        && f.getAsJsonObject("source").get("path").getAsString().endsWith(payload + ".c"))
                .findFirst()
                .orElseThrow()
                .get("function")
                .getAsString();
    }

    @Test
    void thePagesAreAListAndAReportEach() throws Exception {
        Path pages = work.resolve("pages/of all");
        assertThat(triage("--html", pages.toString()).output()).startsWith("31 cores, 4 crashes");
        String list = Files.readString(pages.resolve("index.html"));
        assertThat(list).contains("<h1>31 cores, 4 crashes, 4 that cannot be read, 1 other file</h1>", "core.9</code>");
        List<String> links = java.util.regex.Pattern.compile("href=\"(crash-[0-9a-f]{16}\\.html)\"")
                .matcher(list)
                .results()
                .map(link -> link.group(1))
                .toList();
        assertThat(links).hasSize(4);
        for (int i = 0; i < 4; i++) {
            String name = List.copyOf(PAYLOADS.descendingMap().values()).get(i);
            assertThat(Files.readString(pages.resolve(links.get(i))))
                    .contains("Content-Security-Policy", name + "-glibc</dd>", "<h2>Memory</h2>");
        }
        try (var files = Files.list(pages)) {
            assertThat(files).hasSize(5);
        }
    }

    @Test
    void howManyAreReadAtATimeMakesNoDifference() throws Exception {
        String alone = triage("--reports", "--jobs", "1").output();
        assertThat(triage("--reports", "--jobs", "5").output()).isEqualTo(alone);
        assertThat(alone.lines().filter(line -> line.startsWith("What happened: ")))
                .hasSize(4);
        assertThat(alone).contains("newest of 13 ====\n");
    }

    @Test
    void aFolderThatIsNotThereIsBadInput() throws Exception {
        Shipped.Result result = Shipped.run(
                work, List.of(Shipped.kmdebug(), "triage", work.resolve("no").toString()));
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.errors()).contains("does not exist").hasLineCount(1);
    }
}
