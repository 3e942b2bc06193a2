package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.LaunchOptions;
import io.kmdebug.debugger.SavedCore;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.ThreadInfo;
import io.kmdebug.debugger.console.Console;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Cores of programs that go on, written by km and by the debugger itself, as gdb and a session of ours see them. */
@Timeout(120)
class SavedCoreTest {
    private static final long MOST_STORED = 32 << 20;
    private static final long MOST_PEAK_KB = 300_000;

    @TempDir
    Path folder = Path.of("");

    private final Events events = new Events();

    @Test
    void kmWritesItself() throws Exception {
        Path program = Tools.compile(folder, "held.c", "gcc", "-g", "-O0", "-static");
        LaunchOptions options = new LaunchOptions(
                program, List.of(), folder, null, false, false, List.of(), null, KmSessionTest.km(folder), Map.of());
        try (Session session = Session.launch(options, events)) {
            stopInReach(session);
            SavedCore named = session.saveCore(Path.of("named.core"));
            assertThat(named)
                    .isEqualTo(new SavedCore(folder.resolve("named.core").toString(), List.of()));
            Path missing = folder.resolve("missing").resolve("core");
            assertThatThrownBy(() -> session.saveCore(missing))
                    .isInstanceOf(DebuggerException.class)
                    .hasMessage("No core: cannot write core " + missing + ": no such folder.");
            SavedCore unnamed = session.saveCore(null);
            assertThat(unnamed.path()).isEqualTo(folder.resolve("kmcore").toString());
            showsWhatTheSessionShows(session, program, Path.of(named.path()));
            goesOn(session);
        }
    }

    @Test
    void behindGdbserverTheDebuggerWritesIt() throws Exception {
        Path program = Tools.compile(folder, "held.c", "gcc", "-g", "-O0");
        try (GdbServer server = GdbServer.start(program);
                Session session =
                        Session.attach(new AttachOptions("127.0.0.1", server.port, program, Map.of()), events)) {
            savesAndGoesOn(session, program);
        }
    }

    @Test
    void behindLldbServerTheDebuggerWritesIt() throws Exception {
        Path program = Tools.compile(folder, "held.c", "gcc", "-g", "-O0");
        try (ForeignStub server = ForeignStub.lldb(folder, program);
                Session session =
                        Session.attach(new AttachOptions("127.0.0.1", server.port, program, Map.of()), events)) {
            savesAndGoesOn(session, program);
        }
    }

    private void savesAndGoesOn(Session session, Path program) throws Exception {
        stopInReach(session);
        Path core = folder.resolve("saved.core");
        assertThat(Console.answer("core " + core, 0, session)).contains("core written to " + core);
        showsWhatTheSessionShows(session, program, core);
        opensInLittleMemory(program, core);
        Path missing = folder.resolve("missing").resolve("core");
        assertThatThrownBy(() -> session.saveCore(missing))
                .isInstanceOf(DebuggerException.class)
                .hasMessageContaining("cannot write core " + missing + ": no such folder");
        goesOn(session);
    }

    /** Of 120 GiB no more is read than what is shown. */
    private void opensInLittleMemory(Path program, Path core) throws Exception {
        String said = Tools.run(
                folder,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LittleMemory.class.getName(),
                core.toString(),
                program.toString());
        Matcher peak = Pattern.compile("peak (\\d+) kB").matcher(said);
        assertThat(peak.find()).as(said).isTrue();
        assertThat(Long.parseLong(peak.group(1))).as(said).isLessThan(MOST_PEAK_KB);
        assertThat(said).contains("reach", "main");
    }

    /** Explains a core, and says how much memory that took. */
    static final class LittleMemory {
        private LittleMemory() {}

        public static void main(String[] arguments) throws Exception {
            Path core = Path.of(arguments[0]);
            try (Session session =
                    Session.openCore(new CoreOptions(core, Path.of(arguments[1]), Map.of()), new Events())) {
                session.report(8)
                        .threads()
                        .get(0)
                        .frames()
                        .forEach(f -> System.out.println(f.frame().function()));
            }
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmHWM:"))
                    System.out.println("peak " + line.substring(6).strip());
            }
        }
    }

    private void stopInReach(Session session) throws Exception {
        Path source = folder.resolve("held.c");
        session.setSourceBreakpoints(source.toString(), List.of(BreakpointRequest.line(Tools.line(source, "reached"))));
        session.start();
        if (!session.isStopped() || session.stopReason().isEmpty()) events.awaitStop();
        else {
            events.awaitStop();
            session.resume(0);
            events.awaitStop();
        }
    }

    private void goesOn(Session session) throws Exception {
        session.resume(0);
        assertThat(events.await(Events.Exited.class).code()).isEqualTo(42);
    }

    private static List<String> stack(Session session, long tid) {
        return session.stack(tid, 0, 0, true).frames().stream()
                .map(frame -> String.format("%x %s", frame.pc(), frame.function()))
                .toList();
    }

    private static String value(Session session, long tid, String expression) {
        List<FrameInfo> frames = session.stack(tid, 0, 0, false).frames();
        int frame = frames.get(0).id();
        return session.evaluate(expression, frame, EvaluationContext.WATCH, false)
                .value();
    }

    private void showsWhatTheSessionShows(Session live, Path program, Path core) throws Exception {
        // 120 GiB that nobody touched take no room
        assertThat(Files.size(core)).isLessThan(130L << 30);
        assertThat(storedBytes(core)).isLessThan(MOST_STORED);
        List<Long> tids = live.threads().stream().map(ThreadInfo::id).toList();
        try (Session opened = Session.openCore(new CoreOptions(core, program, Map.of()), new Events())) {
            assertThat(opened.threads()).extracting(ThreadInfo::id).containsExactlyInAnyOrderElementsOf(tids);
            for (long tid : tids) assertThat(stack(opened, tid)).isEqualTo(stack(live, tid));
            long first = opened.threads().get(0).id();
            for (String expression : List.of("text", "depth", "(char *) room + 4096 * 5", "mine", "$xmm0", "$eflags")) {
                assertThat(value(opened, first, expression)).isEqualTo(value(live, first, expression));
            }
            assertThat(value(opened, first, "room + (120L << 30) - 4096")).contains("\"far\"");
            // km leaves out what nobody touched where that is much
            if (!core.getFileName().toString().equals("named.core")) {
                assertThat(value(opened, first, "room[4096 * 100]")).startsWith("0");
            }
            assertThatThrownBy(() -> opened.saveCore(core)).hasMessageContaining("post-mortem");
        }
        gdbOpens(program, core, tids.size());
    }

    private long storedBytes(Path core) throws Exception {
        return 512
                * Long.parseLong(
                        Tools.run(folder, "stat", "-c", "%b", core.toString()).strip());
    }

    private void gdbOpens(Path program, Path core, int threads) throws Exception {
        String said = Tools.run(
                folder,
                "gdb",
                "-nx",
                "-q",
                "-batch",
                "-iex",
                "set debuginfod enabled off",
                "-iex",
                "set auto-load off",
                "-ex",
                "thread apply all -q bt 12",
                "-ex",
                "print text",
                "-ex",
                "x/s room+4096*5",
                "-ex",
                "info proc cmdline",
                "-ex",
                "info auxv",
                program.toString(),
                core.toString());
        assertThat(said).doesNotContainIgnoringCase("warning").doesNotContain("Cannot access");
        assertThat(said.split("waiter \\(arg=", -1)).as(said).hasSize(threads);
        assertThat(said).contains("reach (depth=0)", "reach (depth=2)", "main ()", "\"changed\"", "\"near\"");
        assertThat(said).contains("AT_ENTRY", program.getFileName().toString());
        String notes = Tools.run(folder, "readelf", "-nlW", core.toString());
        assertThat(notes).contains("NT_PRPSINFO", "NT_AUXV", "NT_FILE").doesNotContainIgnoringCase("warning");
    }

    @Test
    void aRunningProgramRunsOn() throws Exception {
        Path program = Tools.compile(folder, "spin.c", "gcc", "-g", "-O0");
        LaunchOptions options = new LaunchOptions(
                program, List.of(), folder, null, false, false, List.of(), null, KmSessionTest.km(folder), Map.of());
        try (Session session = Session.launch(options, events)) {
            session.start();
            savesWhileRunning(session, program, folder.resolve("km.core"));
        }
        try (GdbServer server = GdbServer.start(program);
                Session session =
                        Session.attach(new AttachOptions("127.0.0.1", server.port, program, Map.of()), events)) {
            session.start();
            events.awaitStop();
            session.resume(0);
            savesWhileRunning(session, program, folder.resolve("gdbserver.core"));
        }
    }

    private void savesWhileRunning(Session session, Path program, Path core) throws Exception {
        assertThat(Console.answer("core " + core, 0, session)).contains("core written to " + core);
        assertThat(session.isStopped()).isFalse();
        try (Session opened = Session.openCore(new CoreOptions(core, program, Map.of()), new Events())) {
            assertThat(opened.threads()).isNotEmpty();
            assertThat(opened.report(1).signal()).isNull();
        }
        session.pause();
        assertThat(events.awaitStop().reason()).isEqualTo(new StopReason.Pause());
        session.terminate();
        events.await(Events.Exited.class);
        events.await(Events.Terminated.class);
    }

    @Test
    void whatHasNoMapIsRefused() throws Exception {
        Path program = Tools.compile(folder, "steps.c", "gcc", "-g", "-O0", "-static");
        try (ForeignStub server = ForeignStub.qemuUser(folder, program);
                Session session =
                        Session.attach(new AttachOptions("127.0.0.1", server.port, program, Map.of()), events)) {
            session.start();
            events.awaitStop();
            assertThatThrownBy(() -> session.saveCore(folder.resolve("never.core")))
                    .isInstanceOf(DebuggerException.class)
                    .hasMessageContaining("does not say what memory the program has");
            assertThat(folder.resolve("never.core")).doesNotExist();
        }
    }

    @Test
    void aVariableOfACommandsNameIsAVariable() throws Exception {
        Path program = Tools.compile(folder, "named.c", "gcc", "-g", "-O0");
        Path core = folder.resolve("crash.core");
        GdbView.crash(folder, program, core);
        try (Session session = Session.openCore(new CoreOptions(core, program, Map.of()), events)) {
            List<FrameInfo> frames =
                    session.stack(session.threads().get(0).id(), 0, 0, false).frames();
            int inner = frames.get(0).id();
            int outer = frames.get(1).id();
            assertThat(Console.answer("core", inner, session)).isEmpty();
            assertThatThrownBy(() -> Console.answer("core", outer, session)).hasMessageContaining("post-mortem");
            assertThatThrownBy(() -> Console.answer("`core", inner, session)).hasMessageContaining("post-mortem");
            assertThat(Console.answer("core + 1", inner, session)).isEmpty();
            assertThat(Console.answer("help", inner, session).orElse("")).contains("core [FILE]", "help [COMMAND]");
            assertThat(Console.answer("help core", inner, session))
                    .contains("core [FILE]  writes a core; the program stays as it is");
            assertThatThrownBy(() -> Console.answer("help nothing", inner, session))
                    .hasMessageContaining("no command nothing");
            assertThatThrownBy(() -> Console.answer("`nothing", inner, session)).hasMessageContaining("no command");
            assertThat(Console.answer("helper", inner, session)).isEmpty();
        }
    }
}
