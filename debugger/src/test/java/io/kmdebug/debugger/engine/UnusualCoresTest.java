package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.ThreadInfo;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.rsp.RspClient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Cores that are cut, of programs of the system, and snapshots. */
@Timeout(240)
class UnusualCoresTest {
    private static final Pattern PORT = Pattern.compile("target remote 127.0.0.1:(\\d+)");

    @TempDir
    Path folder = Path.of("");

    /** Within every header, at the beginning and in the middle of every note and segment. */
    private static TreeSet<Long> cuts(Path core) throws Exception {
        ElfFile elf = ElfFile.open(core);
        TreeSet<Long> cuts = new TreeSet<>(List.of(0L, 1L, 20L, 63L, 64L));
        for (int i = 0; i < elf.segments().size(); i++) {
            cuts.add(elf.programHeaderOffset() + 56L * i + 28);
            ElfSegment segment = elf.segments().get(i);
            if (segment.type() == ElfSegment.PT_NOTE) addNotes(elf.bytes(), segment, cuts);
            else if (segment.fileSize() > 0)
                cuts.addAll(List.of(segment.offset(), segment.offset() + segment.fileSize() / 2));
        }
        return cuts;
    }

    private static void addNotes(Bytes file, ElfSegment notes, TreeSet<Long> cuts) {
        long at = notes.offset();
        while (at + 12 <= notes.offset() + notes.fileSize()) {
            long name = (file.u4(at) + 3) & -4;
            long content = (file.u4(at + 4) + 3) & -4;
            cuts.addAll(List.of(at, at + 6, at + 14, at + 12 + name + content / 2));
            at += 12 + name + content;
        }
    }

    /** What is missing is said, and whatever is there is shown, the more the longer the file is. */
    @Test
    void everyCutIsSaidAndTheRestIsShown() throws Exception {
        Path program = Tools.compile(folder, "crash.c", "gcc", "-g", "-O0");
        Path core = folder.resolve("whole.kmcore");
        KmSessionTest.km(folder);
        Tools.run(folder, folder.resolve("km").toString(), "-C", core.toString(), program.toString());
        byte[] whole = Files.readAllBytes(core);
        int threads = 0;
        int frames = 0;
        for (long cut : cuts(core)) {
            Path half = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, (int) cut));
            CrashReport report;
            try (Session session = Session.openCore(new CoreOptions(half, program, Map.of()), new Events())) {
                report = session.report(8);
            } catch (DebuggerException e) {
                assertThat(threads).as("a longer core cannot be opened: %s", e).isZero();
                assertThat(e.getMessage()).containsAnyOf("expected", "the file ends within its notes");
                continue;
            }
            int now = report.threads().size();
            assertThat(now).as("threads at %d", cut).isGreaterThanOrEqualTo(threads);
            threads = now;
            assertThat(report.notices()).as("at %d", cut).anyMatch(n -> n.startsWith("the file is cut at 0x"));
            int stack = report.threads().get(0).frames().size();
            assertThat(stack).as("frames at %d", cut).isGreaterThanOrEqualTo(frames);
            frames = stack;
        }
        assertThat(threads).isEqualTo(3);
        assertThat(frames).isGreaterThan(4);
    }

    /** A stripped program of the distribution with several threads, by gdb's gcore. */
    @Test
    void gcoreOfAServer() throws Exception {
        Path socket = Files.createTempDirectory("kmdebug").resolve("redis");
        Path pid = folder.resolve("pid");
        Path core = folder.resolve("server.core");
        Path program = Path.of("/usr/bin/redis-server"); // its name says what it does
        Path said = folder.resolve("gdb.txt");
        Process gdb = new ProcessBuilder(
                        "gdb",
                        "-nx",
                        "-q",
                        "-batch",
                        "-iex",
                        "set debuginfod enabled off",
                        "-iex",
                        "set auto-load off",
                        "-ex",
                        "handle SIGUSR2 stop",
                        "-ex",
                        "run",
                        "-ex",
                        "generate-core-file " + core,
                        "-ex",
                        "kill",
                        "--args",
                        program.toString(),
                        "--port",
                        "0",
                        "--save",
                        "",
                        "--hz",
                        "1",
                        "--unixsocket",
                        socket.toString(),
                        "--pidfile",
                        pid.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            // what it says last before it waits for clients
            while (!Files.readString(said).contains("ready to accept connections")) {
                assertThat(gdb.isAlive()).as(Files.readString(said)).isTrue();
                Thread.sleep(5);
            }
            String server = Files.readString(pid).strip();
            for (int looks = 0; looks < 3; looks = allSleep(server) ? looks + 1 : 0) Thread.sleep(5);
            Tools.run(folder, "kill", "-USR2", server);
            assertThat(gdb.waitFor(100, TimeUnit.SECONDS)).isTrue();
        } finally {
            gdb.descendants().forEach(ProcessHandle::destroyForcibly);
            gdb.destroyForcibly();
            Files.deleteIfExists(socket);
            Files.deleteIfExists(socket.getParent());
        }
        assertThat(core).as(Files.readString(said)).exists();
        Map<Long, List<GdbView.Frame>> expected = GdbView.ofCore(folder, program, core);
        assertThat(expected.size()).isGreaterThan(2);
        try (Session session = Session.openCore(new CoreOptions(core, null, Map.of()), new Events())) {
            assertThat(session.threads())
                    .extracting(ThreadInfo::id)
                    .containsExactlyInAnyOrderElementsOf(expected.keySet());
            for (var thread : expected.entrySet()) {
                CoreSessionTest.compareStack(session, thread.getKey(), thread.getValue());
            }
            CrashReport report = session.report(8);
            assertThat(report.signal()).isNotNull().extracting(s -> s.name()).isEqualTo("SIGUSR2");
            assertThat(report.analysis().calls().values())
                    .extracting(call -> call.name())
                    .contains("futex");
        }
    }

    private static boolean allSleep(String pid) throws Exception {
        try (var tasks = Files.list(Path.of("/proc", pid, "task"))) {
            for (Path task : tasks.toList()) {
                String stat = Files.readString(task.resolve("stat"));
                if (!stat.substring(stat.lastIndexOf(')')).startsWith(") S")) return false;
            }
            return true;
        }
    }

    /** A snapshot is a core of what went on, also one whose memory is compressed. */
    @Test
    void snapshotsAreCores() throws Exception {
        Path program = Tools.compile(folder, "held.c", "gcc", "-g", "-O0", "-static");
        KmSessionTest.km(folder);
        List<List<String>> seen = new ArrayList<>();
        for (String form : List.of("none", "zstd")) {
            Path file = folder.resolve(form + ".kmsnap");
            takeSnapshot(program, form, file);
            try (Session session = Session.openCore(new CoreOptions(file, null, Map.of()), new Events())) {
                List<String> shown = new ArrayList<>();
                long first = session.threads().get(0).id();
                for (FrameInfo frame : session.stack(first, 0, 0, true).frames()) {
                    shown.add(frame.function() + " " + frame.arguments().size() + " " + frame.location());
                }
                // the others are in pause() or on their way to it
                for (ThreadInfo thread : session.threads().subList(1, 3)) {
                    assertThat(session.stack(thread.id(), 0, 0, false).frames())
                            .extracting(FrameInfo::function)
                            .contains("waiter", "start_thread");
                }
                int top = session.stack(first, 0, 0, false).frames().get(0).id();
                for (String expression : List.of("text", "room + 4096 * 5", "room + (120L << 30) - 4096", "mine")) {
                    String value = session.evaluate(expression, top, EvaluationContext.WATCH, false)
                            .value();
                    shown.add(value.replaceFirst("^0x[0-9a-f]+ ", ""));
                }
                assertThat(shown).contains("\"changed\"", "\"near\"", "\"far\"");
                seen.add(shown);
            }
        }
        assertThat(seen.get(1)).isEqualTo(seen.get(0));
    }

    private void takeSnapshot(Path program, String form, Path file) throws Exception {
        Process km = new ProcessBuilder(
                        folder.resolve("km").toString(), "-g0", "--snapshot-compress=" + form, program.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(km.getInputStream(), StandardCharsets.UTF_8))) {
            Matcher port = PORT.matcher("");
            while (!port.reset(output.readLine()).find())
                assertThat(km.isAlive()).isTrue();
            long reach = ElfFile.open(program).symbols().stream()
                    .filter(symbol -> symbol.name().equals("reach"))
                    .findFirst()
                    .orElseThrow()
                    .value();
            try (RspClient client =
                    RspClient.connect("127.0.0.1", Integer.parseInt(port.group(1)), Duration.ofSeconds(60))) {
                client.insertBreakpoint(reach + 4); // behind the prologue, as without optimisation
                client.resume();
                assertThat(client.waitForStop(Duration.ofSeconds(60))).isPresent();
                assertThat(client.monitorCommand("snapshot " + file)).startsWith("snapshot written to " + file);
                client.kill();
            }
        } finally {
            km.destroyForcibly();
        }
    }
}
