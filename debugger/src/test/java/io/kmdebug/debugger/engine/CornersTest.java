package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.LaunchOptions;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.ThreadInfo;
import io.kmdebug.debugger.VariableInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a debugger of Kontain's monitor never showed, in a program that runs in km and in its core: a thread-local
 * variable, a register that an inner function saved, a parameter in an SSE register, a stack through a signal handler,
 * a thread that waits in a system call.
 */
@Timeout(60)
class CornersTest {
    @TempDir
    Path folder = Path.of("");

    private final Events events = new Events();

    private LaunchOptions options(Path program, Path core, String... arguments) throws Exception {
        return new LaunchOptions(
                program,
                List.of(arguments),
                folder,
                null,
                false,
                false,
                List.of(),
                core,
                KmSessionTest.km(folder),
                Map.of());
    }

    @ParameterizedTest
    @CsvSource({"gcc,-pie", "gcc,-static", "musl-gcc,-static", "clang,-pie"})
    void areShownLiveAndInTheCore(String compiler, String linking) throws Exception {
        Path program = Tools.compile(folder, "corners.c", compiler, "-g", "-O2", "-w", linking);
        Path core = folder.resolve("kmcore");
        try (Session session = Session.launch(options(program, core), events)) {
            session.start();
            Events.Stopped stop = events.awaitStop();
            assertThat(stop.reason()).isInstanceOf(StopReason.Signal.class);
            check(session, stop.thread());
            session.resume(stop.thread());
            events.await(Events.CoreWritten.class);
        }
        // the payload's end may still be told to the first
        Events ofCore = new Events();
        try (Session session = Session.openCore(new CoreOptions(core, program, Map.of()), ofCore)) {
            session.start();
            check(session, ofCore.awaitStop().thread());
        }
    }

    private static void check(Session session, long crashed) {
        List<FrameInfo> frames = session.stack(crashed, 0, 0, true).frames();
        assertThat(frames)
                .extracting(FrameInfo::function)
                .startsWith("handler", "<signal handler called>", "interrupted", "scrambles", "keeps", "main");
        FrameInfo interrupted = frames.get(2);
        assertThat(interrupted.arguments())
                .extracting(VariableInfo::name, VariableInfo::value)
                .startsWith(
                        org.assertj.core.groups.Tuple.tuple("x", "3"),
                        org.assertj.core.groups.Tuple.tuple("y", "0.5"),
                        org.assertj.core.groups.Tuple.tuple("z", "0.5"));
        assertThat(value(session, "$xmm1.v4_float[0]", interrupted)).isEqualTo("0.5");
        FrameInfo keeps = frames.get(4);
        assertThat(value(session, "$r12 == 0x1234567812345678", keeps)).isEqualTo("1");
        assertThat(value(session, "kept == $r12", keeps)).isEqualTo("1");
        assertThat(value(session, "mine", keeps)).isEqualTo("6");
        ThreadInfo other = session.threads().stream()
                .filter(t -> t.id() != crashed)
                .findFirst()
                .orElseThrow();
        List<FrameInfo> waiting = session.stack(other.id(), 0, 0, true).frames();
        FrameInfo waits = waiting.stream()
                .filter(f -> f.function().equals("waits"))
                .findFirst()
                .orElseThrow();
        assertThat(waits.location()).isNotNull();
        assertThat(value(session, "mine", waits)).isEqualTo("42");
        assertThat(waiting.get(0).function()).matches(".*pause|__syscall_cp.*");
    }

    private static String value(Session session, String expression, FrameInfo frame) {
        return session.evaluate(expression, frame.id(), EvaluationContext.WATCH, false)
                .value();
    }

    @Test
    void aProgramOfTheSystemThatWaitsIsShownLiveAndInTheCore() throws Exception {
        Path program = Path.of("/bin/sleep").toRealPath();
        Path core = folder.resolve("kmcore");
        List<ProcessHandle> before = ProcessHandle.current().children().toList();
        try (Session session = Session.launch(options(program, core, "1000"), events)) {
            session.start();
            long thread = pausedInCall(session);
            checkSleep(session, thread);
            ProcessHandle monitor = ProcessHandle.current()
                    .children()
                    .filter(p -> !before.contains(p))
                    .findFirst()
                    .orElseThrow();
            Tools.run(folder, "kill", "-ABRT", Long.toString(monitor.pid()));
            session.resume(thread);
            events.awaitStop();
            session.resume(thread);
            events.await(Events.CoreWritten.class);
        }
        Events ofCore = new Events();
        try (Session session = Session.openCore(new CoreOptions(core, program, Map.of()), ofCore)) {
            session.start();
            checkSleep(session, ofCore.awaitStop().thread());
        }
    }

    /** The program takes its time to come to its call: it is stopped again until it has. */
    private long pausedInCall(Session session) throws Exception {
        while (true) {
            session.pause();
            long thread = events.awaitStop().thread();
            List<FrameInfo> frames = session.stack(thread, 0, 0, false).frames();
            if (frames.stream().anyMatch(f -> f.function().contains("nanosleep"))) return thread;
            session.resume(thread);
        }
    }

    private static void checkSleep(Session session, long thread) {
        List<FrameInfo> frames = session.stack(thread, 0, 0, false).frames();
        // with the C library's debug information the names of the same functions differ
        assertThat(frames.stream()
                        .map(f -> f.function().replaceFirst("^(__GI)?_*", "").replaceFirst("(_impl|@.*)$", "")))
                .containsSubsequence("clock_nanosleep", "nanosleep", "libc_start_main");
        assertThat(frames.get(frames.size() - 1).endReason()).isEqualTo("outermost frame");
        assertThat(value(session, "errno", frames.get(0))).isEqualTo("0");
    }
}
