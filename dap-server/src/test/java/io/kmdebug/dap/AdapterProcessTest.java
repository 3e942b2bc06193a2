package io.kmdebug.dap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The adapter as a process with real sessions behind it, on programs that gcc makes. */
class AdapterProcessTest {
    private static final String PROGRAM = """
            #include <stdlib.h>
            struct point { int x, y; };
            static int calls;
            static int area(struct point *p, int factor) {
              calls++;
              int result = p->x * p->y * factor;
              return result;
            }
            int main(int argc, char **argv) {
              struct point corner = {3, 4};
              int items[300];
              for (int i = 0; i < 300; i++) items[i] = i;
              int a = area(&corner, 2);
              a += area(argc > 1 ? 0 : &corner, a);
              return a == 312 && items[7] == 7 ? 7 : 1;
            }
            """;

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endAll() {
        started.forEach(Process::destroyForcibly);
    }

    private Process adapter(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                "io.kmdebug.dap.DapMain"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("stderr").toFile())
                .start();
        started.add(process);
        return process;
    }

    private String run(String... command) throws Exception {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        started.add(process);
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
                .as("%s", List.of(command))
                .isTrue();
        return Files.readString(output);
    }

    private Path compile() throws Exception {
        Path source = Files.writeString(folder.resolve("area.c"), PROGRAM);
        Path program = folder.resolve("area");
        assertThat(run("gcc", "-g", "-O0", "-no-pie", "-o", program.toString(), source.toString()))
                .as("gcc")
                .isEmpty();
        return program;
    }

    @Test
    void aNativeCoreIsExplained() throws Exception {
        Path program = compile();
        Path core = folder.resolve("native.core");
        String gdb =
                run("gdb", "-nx", "-batch", "-ex", "run x", "-ex", "generate-core-file " + core, program.toString());
        assertThat(core).as("core by gdb: %s", gdb).isRegularFile();
        try (DapClient client = new DapClient(adapter())) {
            client.ok("initialize", "{'adapterID':'kmdebug','supportsVariableType':true}");
            client.ok("attach", "{'coreFile':'" + core + "','program':'" + program + "'}");
            client.event("initialized");
            client.ok("configurationDone", "");
            JsonObject stopped = client.event("stopped");
            assertThat(stopped.get("reason").getAsString()).isEqualTo("exception");
            int thread = stopped.get("threadId").getAsInt();
            assertThat(client.ok("exceptionInfo", "{'threadId':" + thread + "}")
                            .get("exceptionId")
                            .getAsString())
                    .isEqualTo("SIGSEGV");
            JsonArray frames =
                    client.ok("stackTrace", "{'threadId':" + thread + "}").getAsJsonArray("stackFrames");
            assertThat(name(frames.get(0))).isEqualTo("area");
            assertThat(frames.get(0).getAsJsonObject().get("line").getAsInt()).isEqualTo(6);
            assertThat(name(frames.get(1))).isEqualTo("main");
            assertThat(value(client, frames.get(0), "Arguments", "p")).isEqualTo("0x0");
            assertThat(value(client, frames.get(0), "Arguments", "factor")).isEqualTo("24");
            assertThat(value(client, frames.get(1), "Locals", "corner")).isEqualTo("{x=3, y=4}");
            int main = frames.get(1).getAsJsonObject().get("id").getAsInt();
            JsonObject items = client.ok("evaluate", "{'expression':'items','frameId':" + main + "}");
            assertThat(items.get("indexedVariables").getAsInt()).isEqualTo(300);
            JsonArray page = client.ok(
                            "variables",
                            "{'filter':'indexed','start':290,'count':20,'variablesReference':"
                                    + items.get("variablesReference") + "}")
                    .getAsJsonArray("variables");
            assertThat(page).hasSize(10);
            assertThat(page.get(9).getAsJsonObject().get("value").getAsString()).isEqualTo("299");
            assertThat(client.fails("continue", "{'threadId':" + thread + "}")).containsIgnoringCase("post-mortem");
            client.ok("disconnect", "");
            assertThat(client.exit()).isZero();
        }
        assertThat(Files.readString(folder.resolve("stderr"))).isEmpty();
    }

    @Test
    void aStubIsDrivenThroughAWholeSession() throws Exception {
        Path program = compile();
        Process stub = new ProcessBuilder("gdbserver", "--once", "127.0.0.1:0", program.toString())
                .redirectErrorStream(true)
                .start();
        started.add(stub);
        BufferedReader said = new BufferedReader(new InputStreamReader(stub.getInputStream(), StandardCharsets.UTF_8));
        String line = said.readLine();
        while (line != null && !line.startsWith("Listening on port ")) {
            line = said.readLine();
        }
        assertThat(line).as("gdbserver's port").isNotNull();
        String port = line.substring("Listening on port ".length()).strip();
        try (DapClient client = new DapClient(adapter("--log", "rsp=" + folder.resolve("packets")))) {
            client.ok("initialize", "{'adapterID':'kmdebug','supportsVariableType':true}");
            client.ok("attach", "{'port':" + port + ",'program':'" + program + "'}");
            client.event("initialized");
            JsonObject breakpoint = client.ok(
                            "setBreakpoints",
                            "{'source':{'path':'" + folder.resolve("area.c")
                                    + "'},'breakpoints':[{'line':6,'condition':'factor > 2'}]}")
                    .getAsJsonArray("breakpoints")
                    .get(0)
                    .getAsJsonObject();
            assertThat(breakpoint.get("verified").getAsBoolean())
                    .as("%s", breakpoint)
                    .isTrue();
            client.ok("configurationDone", "");
            int thread = client.event("stopped").get("threadId").getAsInt();
            client.ok("continue", "{'threadId':" + thread + "}");
            JsonObject hit = client.event("stopped");
            assertThat(hit.get("hitBreakpointIds").toString()).isEqualTo("[" + breakpoint.get("id") + "]");
            int frame = top(client, thread).get("id").getAsInt();
            assertThat(evaluate(client, "factor", frame)).isEqualTo("24");
            assertThat(client.fails(
                            "evaluate", "{'expression':'factor = 1','context':'hover','frameId':" + frame + "}"))
                    .contains("change");
            client.ok("setExpression", "{'expression':'p->x','value':'1 + 2','frameId':" + frame + "}");
            client.ok("next", "{'threadId':" + thread + "}");
            assertThat(client.event("stopped").get("reason").getAsString()).isEqualTo("step");
            JsonObject after = top(client, thread);
            assertThat(after.get("line").getAsInt()).isEqualTo(7);
            assertThat(evaluate(client, "result", after.get("id").getAsInt())).isEqualTo("288");
            client.ok("stepOut", "{'threadId':" + thread + "}");
            client.event("stopped");
            assertThat(top(client, thread).get("name").getAsString()).isEqualTo("main");
            client.ok("continue", "{'threadId':" + thread + "}");
            assertThat(client.event("exited").get("exitCode").getAsInt()).isEqualTo(7);
            client.event("terminated");
            client.ok("disconnect", "");
            assertThat(client.exit()).isZero();
        }
    }

    private static JsonObject top(DapClient client, int thread) {
        return client.ok("stackTrace", "{'threadId':" + thread + ",'levels':1}")
                .getAsJsonArray("stackFrames")
                .get(0)
                .getAsJsonObject();
    }

    private static String evaluate(DapClient client, String expression, int frame) {
        return client.ok("evaluate", "{'expression':'" + expression + "','context':'watch','frameId':" + frame + "}")
                .get("result")
                .getAsString();
    }

    private static String name(JsonElement frame) {
        return frame.getAsJsonObject().get("name").getAsString();
    }

    private static String value(DapClient client, JsonElement frame, String scope, String variable) {
        int id = frame.getAsJsonObject().get("id").getAsInt();
        for (JsonElement s : client.ok("scopes", "{'frameId':" + id + "}").getAsJsonArray("scopes")) {
            if (s.getAsJsonObject().get("name").getAsString().equals(scope)) {
                String reference = s.getAsJsonObject().get("variablesReference").getAsString();
                for (JsonElement v : client.ok("variables", "{'variablesReference':" + reference + "}")
                        .getAsJsonArray("variables")) {
                    if (v.getAsJsonObject().get("name").getAsString().equals(variable)) {
                        return v.getAsJsonObject().get("value").getAsString();
                    }
                }
            }
        }
        throw new AssertionError("there is no " + variable + " in " + scope);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "text", "missing"})
    void badCoresAreNamed(String kind) throws Exception {
        Path file = folder.resolve("bad");
        if (!kind.equals("missing")) {
            Files.writeString(file, kind);
        }
        try (DapClient client = new DapClient(adapter())) {
            client.ok("initialize", "{'adapterID':'kmdebug'}");
            assertThat(client.fails("attach", "{'coreFile':'" + file + "'}")).contains(file.toString());
            client.ok("disconnect", "");
            assertThat(client.exit()).isZero();
        }
    }

    @Test
    void theProcessEndsWithItsInput() throws Exception {
        DapClient client = new DapClient(adapter());
        client.ok("initialize", "{'adapterID':'kmdebug'}");
        long start = System.nanoTime();
        client.endInput();
        assertThat(client.exit()).isZero();
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
    }

    @Test
    void theProcessEndsOnSigterm() throws Exception {
        Process process = adapter();
        DapClient client = new DapClient(process);
        client.ok("initialize", "{'adapterID':'kmdebug'}");
        client.raw("Content-Length: 1000\r\n\r\n{\"half\":");
        // Process.destroy would close the adapter's input too, which is an end of its own.
        assertThat(process.toHandle().destroy()).isTrue();
        assertThat(client.exit()).isEqualTo(143);
    }

    @Test
    void wrongWordsAreRefused() throws Exception {
        for (String[] words : new String[][] {
            {"--dance"},
            {"--listen"},
            {"--listen", "70000"},
            {"--listen=x:y"},
            {"--log"},
            {"--log", "dap=x"},
            {"--log=rsp="},
            {"--log", "rsp=/no/such/folder/file"}
        }) {
            Process process = adapter(words);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(2);
            assertThat(Files.readString(folder.resolve("stderr")))
                    .startsWith("kmdebug: ")
                    .hasLineCount(1);
            assertThat(process.getInputStream().readAllBytes()).isEmpty();
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (java.net.ServerSocket taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            Process process = adapter("--listen", "127.0.0.1:" + taken.getLocalPort());
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(Files.readString(folder.resolve("stderr")))
                    .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort());
        }
    }
}
