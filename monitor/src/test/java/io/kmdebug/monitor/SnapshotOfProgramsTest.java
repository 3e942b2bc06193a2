package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.monitor.TestProgram.Result;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that people have, snapshotted from outside while they wait, and resumed in another process. */
class SnapshotOfProgramsTest {
    private static final String PYTHON = "/usr/bin/python3";

    @TempDir
    private Path folder;

    private Path snapshot;

    @BeforeEach
    void nameTheSnapshot() {
        snapshot = folder.resolve("kmsnap");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPythonSessionGoesOnWithItsObjects(boolean debugged) throws Exception {
        assertThat(Path.of(PYTHON)).as("this test needs " + PYTHON).isExecutable();
        String[] start =
                debugged ? new String[] {"-g0", "--gdb-listen", PYTHON, "-i", "-u"} : new String[] {PYTHON, "-i", "-u"};
        try (RunningKm km = RunningKm.start(folder, start)) {
            km.say("import threading, queue, random\nrandom.seed(7)\nq = queue.Queue()\n");
            km.say("def work():\n    while True: print('got', q.get(), flush=True)\n\n");
            km.say("t = threading.Thread(target=work, daemon=True); t.start()\n");
            km.say("squares = (i * i for i in range(100)); x = [next(squares) for i in range(5)]\n");
            km.say("print('ready', x, random.random())\n");
            assertThat(km.line()).isEqualTo("ready [0, 1, 4, 9, 16] 0.32383276483316237");
            if (debugged) detachAfterABreakpoint(km);
            assertThat(km.snapshot(snapshot, false)).as(km.messages()).isZero();
            assertThat(km.exitStatus()).isZero();
        }
        try (RunningKm km = RunningKm.start(folder, snapshot.toString())) {
            km.say("print(next(squares), sum(x), random.random(), t.is_alive())\n");
            assertThat(km.line()).isEqualTo("25 30 0.15084917392450192 True");
            km.say("q.put('hello')\n");
            assertThat(km.line()).isEqualTo("got hello");
            km.say("import subprocess; print(subprocess.run(['/bin/echo', 'child'], capture_output=True).stdout)\n");
            assertThat(km.line()).isEqualTo("b'child\\n'");
            km.say("exit(6)\n");
            assertThat(km.exitStatus()).as(km.messages()).isEqualTo(6);
        }
    }

    /** A debugger comes, plants a breakpoint that is never reached, and leaves the payload running with it. */
    private void detachAfterABreakpoint(RunningKm km) throws Exception {
        Result said = gdb(km.debuggerPort(), "info threads", "break abort", "continue&", "disconnect");
        assertThat(said.output()).contains("Thread");
    }

    private Result gdb(int port, String... commands) throws Exception {
        List<String> words =
                new ArrayList<>(List.of("gdb", "-nx", "-q", "-batch", "-iex", "set debuginfod enabled off"));
        words.addAll(List.of("-ex", "set sysroot", "-ex", "target remote 127.0.0.1:" + port));
        for (String command : commands) words.addAll(List.of("-ex", command));
        return TestProgram.execute(folder, words);
    }

    private Path goServer() throws Exception {
        Path source = folder.resolve("counter.go");
        try (InputStream in = getClass().getResourceAsStream("/programs/counter.go")) {
            assertThat(in).isNotNull();
            Files.copy(in, source);
        }
        Path program = folder.resolve("counter");
        Process build = new ProcessBuilder("go", "build", "-o", program.toString(), source.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(build.waitFor()).as("go build: " + said).isZero();
        return program;
    }

    private static String ask(String address, String what) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) new URL("http://" + address + "/" + what).openConnection(Proxy.NO_PROXY);
        connection.setRequestProperty("Connection", "close");
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            connection.disconnect();
        }
    }

    @Test
    void aGoServerAnswersAtTheSameAddress() throws Exception {
        Path program = goServer();
        String[] found = new String[2];
        try (RunningKm km = RunningKm.start(folder, program.toString())) {
            String at = km.line();
            found[0] = at;
            String first = ask(at, "count");
            assertThat(first).startsWith("request 1 of ");
            found[1] = first.substring("request 1 of ".length());
            assertThat(ask(at, "count")).isEqualTo("request 2 of " + found[1]);
            assertThat(km.snapshot(snapshot, false)).as(km.messages()).isZero();
            assertThat(km.exitStatus()).isZero();
        }
        String address = found[0];
        String pid = found[1];
        for (int round = 0; round < 2; round++) {
            try (RunningKm km = RunningKm.start(folder, snapshot.toString()).serving()) {
                assertThat(ask(address, "count")).isEqualTo("request 3 of " + pid);
                assertThat(ask(address, "count")).isEqualTo("request 4 of " + pid);
                if (round == 0) continue;
                // it ends within the request, so that the connection breaks
                assertThatThrownBy(() -> ask(address, "end")).isInstanceOf(IOException.class);
                assertThat(km.exitStatus()).as(km.messages()).isEqualTo(4);
            }
        }
    }

    @Test
    void aGoServerIsResumedUnderGdb() throws Exception {
        Path program = goServer();
        String address;
        try (RunningKm km = RunningKm.start(folder, "-g0", "--gdb-listen", program.toString())) {
            address = km.line();
            Result said = gdb(km.debuggerPort(), "break main.main.func2", "info threads", "detach");
            assertThat(said.output()).contains("Breakpoint 1").contains("Thread");
            assertThat(ask(address, "count")).startsWith("request 1 of ");
            assertThat(km.snapshot(snapshot, false)).as(km.messages()).isZero();
        }
        try (RunningKm km = RunningKm.start(folder, "-g0", snapshot.toString())) {
            Result said = gdb(km.debuggerPort(), "info threads", "info proc", "p main.main", "x/i $pc", "detach");
            assertThat(said.messages()).doesNotContain("/proc file").doesNotContain("read link");
            assertThat(said.output()).contains("exe = '" + program + "'");
            assertThat(said.output())
                    .as(said.messages())
                    .contains("* 1")
                    .contains("=>")
                    .doesNotContain("int3");
            assertThat(ask(address, "count")).startsWith("request 2 of ");
        }
    }

    /**
     * Taken once while the debugger holds the payload at a breakpoint, once while it runs with the breakpoint planted.
     */
    @Test
    @Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aDebuggerStaysAndItsBreakpointIsNotInTheSnapshot() throws Exception {
        Path program = TestProgram.compile(folder, "ticks", "gcc -static").binary();
        Path held = folder.resolve("held");
        Path running = folder.resolve("running");
        try (RunningKm km = RunningKm.start(folder, "-g0", program.toString());
                GdbSession gdb = GdbSession.start(folder, km.debuggerPort())) {
            gdb.say("break tick", "continue");
            km.say("1\n");
            gdb.awaitOutput("Breakpoint 1, tick (number=1)");
            assertThat(km.snapshot(held, true)).as(km.messages()).isZero();
            gdb.say("echo goes on\\n", "continue");
            assertThat(km.line()).isEqualTo("tick 1");
            assertThat(km.snapshot(running, true)).as(km.messages()).isZero();
            km.say("2\n");
            gdb.awaitOutput("Breakpoint 1, tick (number=2)");
            gdb.say("delete", "continue");
            assertThat(km.line()).isEqualTo("tick 2");
            km.endInput();
            assertThat(km.exitStatus()).as(km.messages()).isEqualTo(3);
            gdb.awaitOutput("exited with code 03");
        }
        for (Path snapshot : List.of(held, running)) {
            try (RunningKm km = RunningKm.start(folder, snapshot.toString())) {
                if (snapshot.equals(held)) assertThat(km.line()).isEqualTo("tick 1");
                km.say("7\n");
                assertThat(km.line()).as(km.messages()).isEqualTo("tick 7");
                km.endInput();
                assertThat(km.exitStatus()).as(km.messages()).isEqualTo(3);
            }
            try (RunningKm km = RunningKm.start(folder, "-g0", snapshot.toString())) {
                km.say("8\n");
                km.endInput();
                Result said = gdb(km.debuggerPort(), "x/3i tick", "break tick", "continue", "delete", "continue");
                assertThat(said.output())
                        .contains("Breakpoint 1, tick (number=8)")
                        .contains("exited with code 03")
                        .doesNotContain("int3");
            }
        }
    }

    @Test
    void refusesASecondSnapshotAndATargetThatCannotBeWritten() throws Exception {
        try (RunningKm km = RunningKm.start(folder, "/bin/sleep", "60").serving()) {
            assertThat(km.snapshot(folder.resolve("none/kmsnap"), false)).isEqualTo(5);
            assertThat(km.messages()).contains("no such folder");
            assertThat(km.snapshot(snapshot, true)).isZero();
            assertThat(km.snapshot(snapshot, true)).isZero();
            assertThat(snapshot).isNotEmptyFile();
        }
    }
}
