package io.kmdebug.debugger.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.LaunchOptions;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.SessionListener.OutputKind;
import io.kmdebug.debugger.StopReason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Starting and ending a payload: its output, its status, its core, and nothing left behind. */
@Timeout(60)
class KmLaunchTest {
    @TempDir
    Path folder = Path.of("");

    private final Events events = new Events();
    private Path km = Path.of("");

    @BeforeEach
    void launcher() throws Exception {
        km = KmSessionTest.km(folder);
    }

    private LaunchOptions options(Path program, String... arguments) {
        return new LaunchOptions(
                program, List.of(arguments), folder, null, false, false, List.of(), null, km, Map.of());
    }

    private Path compile(String name) throws Exception {
        return Tools.compile(folder, name + ".c", "musl-gcc", "-g", "-O0", "-static");
    }

    @Test
    void outputArgumentsAndStatusAreThePayloads() throws Exception {
        Path program = compile("speak");
        try (Session session = Session.launch(options(program, "one", "two words"), events)) {
            session.start();
            assertThat(events.await(Events.Exited.class).code()).isEqualTo(42);
            events.await(Events.Terminated.class);
            assertThat(events.output(OutputKind.STDOUT)).isEqualTo("out: one|two words|\u00e9\u4e2d\n");
            assertThat(events.output(OutputKind.STDERR)).isEqualTo("err: " + folder.toRealPath() + "\n");
        }
    }

    @Test
    void theEnvironmentIsTheOneOfTheLaunch() throws Exception {
        Path program = compile("speak");
        LaunchOptions o = options(program, "env");
        LaunchOptions with = new LaunchOptions(
                o.program(),
                o.arguments(),
                folder,
                Map.of("WORD", "given"),
                false,
                false,
                List.of(),
                null,
                km,
                Map.of());
        try (Session session = Session.launch(with, events)) {
            session.start();
            events.await(Events.Exited.class);
            assertThat(events.output()).contains("WORD=given").doesNotContain("PATH=");
        }
    }

    @Test
    void stopsAtMainWhenAsked() throws Exception {
        Path program = compile("steps");
        LaunchOptions o = options(program);
        LaunchOptions atMain =
                new LaunchOptions(program, List.of(), folder, null, false, true, List.of(), null, km, Map.of());
        assertThat(o.stopAtMain()).isFalse();
        try (Session session = Session.launch(atMain, events)) {
            session.start();
            Events.Stopped stop = events.awaitStop();
            assertThat(stop.reason()).isEqualTo(new StopReason.Entry());
            FrameInfo top = session.stack(stop.thread(), 0, 1, false).frames().get(0);
            assertThat(top.function()).isEqualTo("main");
            assertThat(requireNonNull(top.location()).line())
                    .isEqualTo(Tools.line(folder.resolve("steps.c"), "first line"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "crash.c,musl-gcc,-O0,-static,3",
        "crash.c,gcc,-O2,-static,3",
        "crashhandler.c,musl-gcc,-O0,-static,1",
        "crashhandler.c,gcc,-O2,-static-pie,1",
        "abort.c,gcc,-O0,-static,1",
        "inlined.c,clang,-O2,-static,1",
        "divide.c,gcc,-O1,-static,1",
    })
    void aCrashLeavesACoreThatTellsTheSameAsTheLivePayload(
            String source, String compiler, String level, String linking, int threads) throws Exception {
        Path program = Tools.compile(folder, source, compiler, "-g", level, linking);
        Path core = folder.resolve("my.core");
        LaunchOptions o =
                new LaunchOptions(program, List.of(), folder, null, false, false, List.of(), core, km, Map.of());
        CrashReport live;
        try (Session session = Session.launch(o, events)) {
            session.start();
            assertThat(events.awaitStop().reason()).isInstanceOf(StopReason.Signal.class);
            live = session.report(0);
            session.resume(0);
            assertThat(events.await(Events.CoreWritten.class).path()).isEqualTo(core.toString());
            assertThat(events.await(Events.Exited.class).code())
                    .isEqualTo(128 + requireNonNull(live.signal()).signal());
        }
        Events after = new Events();
        try (Session session = Session.openCore(new CoreOptions(core, null, Map.of()), after)) {
            session.start();
            after.awaitStop();
            CrashReport dead = session.report(0);
            assertThat(dead.notices()).isEmpty();
            assertThat(dead.program()).isEqualTo(program.toString());
            assertThat(dead.signal()).isEqualTo(live.signal());
            assertThat(dead.faultingThread()).isEqualTo(live.faultingThread());
            assertThat(lines(dead, dead.faultingThread())).isEqualTo(lines(live, live.faultingThread()));
            Map<Long, List<GdbView.Frame>> gdb = GdbView.ofCore(folder, program, core);
            assertThat(gdb).hasSize(threads);
            assertThat(dead.threads()).hasSize(threads);
            for (var each : gdb.entrySet()) CoreSessionTest.compareStack(session, each.getKey(), each.getValue());
        }
    }

    private static List<String> lines(CrashReport report, long thread) {
        return report.threads().stream()
                .filter(t -> t.thread().id() == thread)
                .flatMap(t -> t.frames().stream())
                .map(f -> f.frame().function() + " " + f.frame().location() + " " + values(f))
                .toList();
    }

    private static String values(CrashReport.FrameReport frame) {
        return Stream.concat(frame.frame().arguments().stream(), frame.locals().stream())
                .map(v -> v.name() + "=" + v.value())
                .toList()
                .toString();
    }

    @Test
    void whatIsNoProgramIsRefusedInWords() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "#!/bin/sh\necho no\n");
        Path program = compile("steps");
        byte[] whole = Files.readAllBytes(program);
        Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, 100));
        byte[] foreign = whole.clone();
        foreign[18] = (byte) 183;
        Path arm = Files.write(folder.resolve("arm"), foreign);
        for (Path bad : List.of(text, cut, arm, folder, folder.resolve("missing"))) {
            assertThatThrownBy(() -> Session.launch(options(bad), events))
                    .isInstanceOf(DebuggerException.class)
                    .hasMessageContaining(bad.toString());
        }
        assertThatThrownBy(() -> Session.launch(options(arm), events)).hasMessageContaining("aarch64");
        LaunchOptions nowhere = new LaunchOptions(
                program, List.of(), folder, null, false, false, List.of(), null, folder.resolve("nokm"), Map.of());
        assertThatThrownBy(() -> Session.launch(nowhere, events)).hasMessageContaining("nokm");
        LaunchOptions wrongOption = new LaunchOptions(
                program, List.of(), folder, null, false, false, List.of("--no-such-option"), null, km, Map.of());
        assertThatThrownBy(() -> Session.launch(wrongOption, events))
                .isInstanceOf(DebuggerException.class)
                .hasMessageContaining("no-such-option");
    }

    @Test
    void closeAndTerminateEndTheMonitorAtOnce() throws Exception {
        Path program = compile("spin");
        for (boolean running : new boolean[] {true, false}) {
            for (boolean terminate : new boolean[] {true, false}) {
                Events seen = new Events();
                Session session = Session.launch(options(program), seen);
                List<ProcessHandle> monitors = children();
                assertThat(monitors).isNotEmpty();
                session.start();
                if (!running) {
                    session.pause();
                    seen.awaitStop();
                }
                if (terminate) {
                    session.terminate();
                    seen.await(Events.Exited.class);
                    seen.await(Events.Terminated.class);
                }
                session.close();
                for (ProcessHandle monitor : monitors) {
                    monitor.onExit().get(60, java.util.concurrent.TimeUnit.SECONDS);
                }
                assertThatThrownBy(() -> session.setSourceBreakpoints("spin.c", List.of(BreakpointRequest.line(1))))
                        .isInstanceOf(DebuggerException.class);
            }
        }
    }

    private static List<ProcessHandle> children() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
    }

    @Test
    void disconnectLeavesThePayloadRunning() throws Exception {
        Path program = compile("linger");
        Path sign = folder.resolve("sign");
        Session session = Session.launch(options(program, sign.toString()), events);
        List<ProcessHandle> monitors = children();
        session.setFunctionBreakpoints(List.of(BreakpointRequest.function("main")));
        session.start();
        assertThat(events.awaitStop().reason()).isInstanceOf(StopReason.Breakpoint.class);
        session.disconnect();
        for (ProcessHandle monitor : monitors) monitor.onExit().get(60, java.util.concurrent.TimeUnit.SECONDS);
        assertThat(sign).hasContent("done");
    }
}
