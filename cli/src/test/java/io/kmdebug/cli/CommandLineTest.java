package io.kmdebug.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.kmdebug.cli.command.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line, from words to output and exit code. */
class CommandLineTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final FakeCore sessions = new FakeCore(FakeCore.crash());

    @AfterEach
    void forgetMonitor() {
        System.clearProperty("kmdebug.km");
    }

    private int kmdebug(String... args) {
        return kmdebug(false, args);
    }

    private int kmdebug(boolean colours, String... args) {
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                colours,
                colours);
        return Kmdebug.execute(terminal, sessions, args);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void expressionsAreAnsweredBehindTheLocals() {
        assertThat(kmdebug("core", "kmcore", "crew", "--eval", "a + 1", "--eval", "nobody"))
                .isZero();
        assertThat(out()).contains("struct point p = {x=3, y=4}\n        int a + 1 = frame ");
        assertThat(out()).contains("nobody = <no symbol \"nobody\">");
    }

    @Test
    void expressionsLookFromTheFunctionThatIsNamed() {
        assertThat(kmdebug("core", "kmcore", "crew", "--eval", "a", "--in", "nothere"))
                .isZero();
        assertThat(out()).doesNotContain("int a = ");
    }

    @Test
    void coreExplainsACrash() {
        assertThat(kmdebug("core", "kmcore", "crew", "--frames", "5", "--source-map", "/src=/here"))
                .isZero();
        assertThat(err()).isEmpty();
        assertThat(out()).isEqualTo("""
                        What happened: null pointer dereference: reads note->urgency, and note is 0x0, in urgency_of (crew.c:10)
                        core     kmcore
                        program  /bin/crew
                        command  crew 4
                        process  7
                        signal   SIGSEGV (11): Segmentation fault: address 0x0 is not mapped
                        address  0x0
                        crash id 0123456789abcdef
                        threads  4

                        Thread 3 "east" stopped by SIGSEGV
                          #0  urgency_of (note=0x0) at /src/crew.c:10
                                   9  {
                             ->   10    return note->urgency;
                                  11  }
                                int gone = <optimized out>
                                struct point p = {x=3, y=4}
                          #1  ?? 0x401300 () at 0x401300 in crew
                          the stack ends here: no unwind information for 0x401300
                          registers of thread 3
                            rax     0x0000000000000000  rbx     0x0000000000000001  rip     0x0000000000401260
                            eflags  0x00010246

                        Threads 1 "crew", 2 "crew"
                          waits for mutex door, which thread 3 holds
                          what differs is that of thread 1; --all-threads shows the others
                          #0  wait () at 0x402000 in crew

                        Thread 4 "west"
                          no stack: cannot read memory at 0x10

                        Open files
                           0  /dev/null  O_RDONLY
                           3  /src/log  O_WRONLY|O_APPEND, at 120

                        note: the core is cut off at 4096 bytes
                        """);
        var options = Objects.requireNonNull(sessions.opened);
        assertThat(options.core()).isEqualTo(Path.of("kmcore"));
        assertThat(options.program()).isEqualTo(Path.of("crew"));
        assertThat(options.sourceMap()).isEqualTo(Map.of("/src", "/here"));
        assertThat(sessions.frameLimit).isEqualTo(5);
        assertThat(sessions.closed).isTrue();
    }

    @Test
    void allThreadsAreShownByThemselvesWhenAskedFor() {
        assertThat(kmdebug("core", "kmcore", "--all-threads")).isZero();
        assertThat(out())
                .contains("\nThread 1 \"crew\"\n", "\nThread 2 \"crew\"\n")
                .doesNotContain("Threads");
    }

    @Test
    void theAnalysisIsInTheJson() {
        kmdebug("core", "kmcore", "--json");
        JsonObject analysis = JsonParser.parseString(out()).getAsJsonObject().getAsJsonObject("analysis");
        assertThat(analysis.get("cause").getAsString()).isEqualTo("null-pointer");
        assertThat(analysis.get("signature").getAsString()).isEqualTo("0123456789abcdef");
        assertThat(analysis.get("groups").toString()).isEqualTo("[[1,2],[3],[4]]");
        assertThat(analysis.get("instruction").toString())
                .isEqualTo("{\"address\":\"0x401260\",\"text\":\"mov eax, dword ptr [rax]\",\"operands\":[{\"text\":"
                        + "\"dword ptr [rax]\",\"access\":\"read\",\"address\":\"0x0\",\"expression\":\"note->urgency\","
                        + "\"pointer\":\"note\",\"pointerValue\":\"0x0\"}]}");
        assertThat(analysis.get("waits").toString())
                .isEqualTo(
                        "[{\"thread\":1,\"kind\":\"mutex\",\"address\":\"0x404040\",\"name\":\"door\",\"owner\":3}]");
        assertThat(analysis.get("systemCalls").toString())
                .isEqualTo("[{\"thread\":1,\"number\":202,\"name\":\"futex\",\"arguments\":[{\"name\":\"op\","
                        + "\"value\":\"128\",\"meaning\":\"FUTEX_WAIT|FUTEX_PRIVATE_FLAG\"}]}]");
    }

    @Test
    void coreLeavesTheSourceOut() {
        assertThat(kmdebug("core", "kmcore", "--no-source")).isZero();
        assertThat(out()).contains("crew.c:10").doesNotContain("return note->urgency");
    }

    @Test
    void coloursAppearOnATerminalOnly() {
        kmdebug(true, "core", "kmcore");
        assertThat(out()).contains("\033[31;1m stopped by SIGSEGV\033[0m");
        out.reset();
        kmdebug(false, "core", "kmcore");
        assertThat(out()).doesNotContain("\033");
    }

    @Test
    void coreSpeaksJson() {
        assertThat(kmdebug("core", "kmcore", "--json")).isZero();
        JsonObject report = JsonParser.parseString(out()).getAsJsonObject();
        assertThat(report.keySet())
                .containsExactly(
                        "schema",
                        "core",
                        "program",
                        "commandLine",
                        "pid",
                        "signal",
                        "faultingThread",
                        "analysis",
                        "threads",
                        "registers",
                        "openFiles",
                        "notices");
        assertThat(report.get("schema").getAsInt()).isEqualTo(1);
        assertThat(report.getAsJsonArray("openFiles").get(1).toString())
                .isEqualTo("{\"number\":3,\"name\":\"/src/log\",\"flags\":\"O_WRONLY|O_APPEND\",\"offset\":120}");
        assertThat(report.getAsJsonObject("signal").toString())
                .isEqualTo("{\"number\":11,\"name\":\"SIGSEGV\",\"description\":"
                        + "\"Segmentation fault: address 0x0 is not mapped\",\"faultAddress\":\"0x0\"}");
        JsonObject thread = report.getAsJsonArray("threads").get(1).getAsJsonObject();
        JsonObject frame = thread.getAsJsonArray("frames").get(0).getAsJsonObject();
        assertThat(frame.keySet())
                .containsExactly(
                        "level",
                        "function",
                        "pc",
                        "image",
                        "inlined",
                        "optimized",
                        "signalFrame",
                        "tailCall",
                        "guess",
                        "source",
                        "arguments",
                        "locals",
                        "sourceLines",
                        "endReason");
        assertThat(frame.get("pc").getAsString()).isEqualTo("0x401260");
        assertThat(frame.getAsJsonObject("source").get("line").getAsInt()).isEqualTo(10);
        assertThat(frame.getAsJsonObject("sourceLines").get("10").getAsString()).contains("return");
        JsonObject local = frame.getAsJsonArray("locals").get(0).getAsJsonObject();
        assertThat(local.toString())
                .isEqualTo("{\"name\":\"gone\",\"type\":\"int\",\"value\":\"<optimized out>\",\"available\":false}");
        out.reset();
        kmdebug("core", "kmcore", "--json", "--no-source");
        assertThat(out()).doesNotContain("sourceLines");
    }

    @Test
    void theHeadlessReferenceNamesEveryJsonField() throws Exception {
        kmdebug("core", "kmcore", "--json");
        String reference = Files.readString(Path.of("..", "docs", "headless.md"));
        Set<String> fields = new TreeSet<>();
        collect(JsonParser.parseString(out()), fields);
        assertThat(fields)
                .contains("faultAddress", "endReason", "available")
                .allSatisfy(field -> assertThat(reference).contains("`" + field + "`"));
    }

    /** Names that the schema defines: not those of registers, not line numbers. */
    private static void collect(JsonElement element, Set<String> fields) {
        if (element.isJsonArray()) {
            element.getAsJsonArray().forEach(child -> collect(child, fields));
        } else if (element.isJsonObject()) {
            element.getAsJsonObject().entrySet().forEach(entry -> {
                fields.add(entry.getKey());
                if (!entry.getKey().equals("registers") && !entry.getKey().equals("sourceLines")) {
                    collect(entry.getValue(), fields);
                }
            });
        }
    }

    @Test
    void aCoreThatCannotBeOpenedIsBadInput() {
        assertThat(kmdebug("core", "text")).isEqualTo(2);
        assertThat(err()).isEqualTo("kmdebug: text: not an ELF file\n");
        assertThat(out()).isEmpty();
    }

    @Test
    void aDefectIsAFailureWithoutAStackTraceUnlessAskedFor() {
        assertThat(kmdebug("core", "defect")).isEqualTo(1);
        assertThat(err()).startsWith("kmdebug: this failed inside the debugger").doesNotContain("\tat ");
        err.reset();
        assertThat(kmdebug("core", "defect", "--debug")).isEqualTo(1);
        assertThat(err()).contains("\tat ");
        assertThat(sessions.closed).isTrue();
    }

    @Test
    void wrongWordsAreNamedAndTheHelpPointedTo() {
        assertThat(kmdebug()).isEqualTo(2);
        assertThat(err()).isEqualTo("kmdebug: no command is given; see kmdebug --help\n");
        err.reset();
        assertThat(kmdebug("dance")).isEqualTo(2);
        assertThat(err()).contains("dance").hasLineCount(1);
        err.reset();
        assertThat(kmdebug("core")).isEqualTo(2);
        assertThat(err()).contains("CORE").contains("kmdebug core --help").hasLineCount(1);
        err.reset();
        assertThat(kmdebug("core", "kmcore", "--frames", "x")).isEqualTo(2);
        assertThat(err()).contains("--frames").hasLineCount(1);
        err.reset();
        assertThat(kmdebug("core", "kmcore", "--frames", "0")).isEqualTo(2);
        assertThat(err()).contains("from 1 on");
        err.reset();
        assertThat(kmdebug("--debug", "dap")).isEqualTo(2);
        assertThat(err()).contains("comes first");
    }

    @Test
    void helpAndVersion() {
        assertThat(kmdebug("--version")).isZero();
        assertThat(out()).matches("kmdebug \\d+\\.\\d+\\.\\d+\\S*\n");
        out.reset();
        assertThat(kmdebug("--help")).isZero();
        assertThat(out()).contains("core", "run", "dap", "doctor", "demo", "Exit codes", "128+n");
        out.reset();
        assertThat(kmdebug("core", "--help")).isZero();
        assertThat(out()).contains("--json", "--source-map", "--frames");
    }

    // run

    private Path monitor(String script) throws Exception {
        Path km = Files.writeString(folder.resolve("km"), "#!/bin/sh\n" + script + "\n");
        assertThat(km.toFile().setExecutable(true)).isTrue();
        System.setProperty("kmdebug.km", km.toString());
        return km;
    }

    @Test
    void runReturnsThePayloadsStatus() throws Exception {
        monitor("[ \"$*\" = \"-V --coredump=x PROGRAM --frames 7\" ] || exit 9; exit 42"
                .replace("PROGRAM", folder + "/km"));
        assertThat(kmdebug("run", "-V", "--coredump=x", folder + "/km", "--frames", "7"))
                .isEqualTo(42);
        assertThat(err()).isEmpty();
    }

    @Test
    void runExplainsACrash() throws Exception {
        Path core = folder.resolve("the core");
        monitor("[ \"$1\" = -C ] || exit 9; : > \"$2\"; kill -SEGV $$");
        assertThat(kmdebug("run", "--no-source", "-C", core.toString(), folder + "/km"))
                .isEqualTo(139);
        assertThat(err()).contains("its core is " + core).contains("Thread 3 \"east\" stopped by SIGSEGV");
        assertThat(err()).doesNotContain("return note");
        assertThat(out()).isEmpty();
        assertThat(Objects.requireNonNull(sessions.opened).program()).isEqualTo(folder.resolve("km"));
    }

    @Test
    void runDoesNotExplainAnOldCore() throws Exception {
        Path core = Files.writeString(folder.resolve("old"), "");
        assertThat(core.toFile().setLastModified(1_000_000_000_000L)).isTrue();
        monitor("kill -KILL $$");
        assertThat(kmdebug("run", "--coredump=" + core, folder + "/km")).isEqualTo(137);
        assertThat(err()).isEmpty();
    }

    @Test
    void runSaysWhatIsMissing() throws Exception {
        monitor("exit 0");
        assertThat(kmdebug("run", folder + "/nothing")).isEqualTo(127);
        assertThat(err()).contains("no such file").hasLineCount(1);
        err.reset();
        assertThat(kmdebug("run")).isEqualTo(2);
        assertThat(err()).contains("PROGRAM").hasLineCount(1);
        err.reset();
        assertThat(kmdebug("run", "-V")).isEqualTo(2);
        assertThat(err()).contains("no program behind the options -V");
        err.reset();
        System.setProperty("kmdebug.km", folder + "/absent");
        assertThat(kmdebug("run", folder + "/km")).isEqualTo(126);
        assertThat(err()).contains("cannot start").hasLineCount(1);
    }

    @Test
    void demoNeedsADistribution() {
        assertThat(System.getProperty("kmdebug.home")).isNull();
        assertThat(kmdebug("demo")).isEqualTo(2);
        assertThat(err()).contains("whole distribution");
    }
}
