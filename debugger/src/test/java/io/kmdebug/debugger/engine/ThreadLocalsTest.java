package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.LaunchOptions;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.ThreadInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each thread's own values of thread-local variables: of C libraries, of ways to link, live and in cores. */
@Timeout(90)
class ThreadLocalsTest {
    private static final List<String> VARIABLES = List.of("own", "wide.real", "zero", "near_own", "errno");
    private static final String[] VALUES = {"1000 2.5 0 21 7", "32 2.5 -1 22 41", "33 5 -2 23 42"};
    private static final String UNTOUCHED = " <not allocated yet in this thread>";

    @TempDir
    Path folder = Path.of("");

    private final Events events = new Events();
    private String near = "";
    private String late = "";
    private String later = "";

    @BeforeEach
    void sources() throws Exception {
        folder = folder.toRealPath();
    }

    private Path compile(String compiler, String linking) throws Exception {
        if (linking.equals("dynamic")) {
            near = library("near.c", compiler);
            late = library("late.c", compiler);
            later = library("later.c", compiler);
            return Tools.compile(folder, "threadlocal.c", compiler, "-g", "-O1", near);
        }
        String object = Tools.compile(folder, "near.c", compiler, "-g", "-c").toString();
        return Tools.compile(folder, "threadlocal.c", compiler, "-g", "-O1", "-w", linking, object);
    }

    private String library(String source, String compiler) throws Exception {
        return Tools.compile(folder, source, compiler, "-g", "-shared", "-fPIC").toString();
    }

    private List<String> everyThread(Session session, List<String> expressions) {
        List<String> lines = new ArrayList<>();
        for (ThreadInfo thread : session.threads()) {
            int frame = session.stack(thread.id(), 0, 1, false).frames().get(0).id();
            List<String> values = new ArrayList<>();
            for (String expression : expressions) values.add(value(session, expression, frame));
            lines.add(String.join(" ", values));
        }
        return lines;
    }

    private static String value(Session session, String expression, int frame) {
        try {
            return session.evaluate(expression, frame, EvaluationContext.WATCH, false)
                    .value();
        } catch (DebuggerException e) {
            return "(" + e.getMessage() + ")";
        }
    }

    @ParameterizedTest
    @CsvSource({"gcc,dynamic", "gcc,-static", "gcc,-static-pie", "musl-gcc,dynamic", "musl-gcc,-static"})
    void ofTheExecutableAndOfALinkedLibraryInKmAndInItsCore(String compiler, String linking) throws Exception {
        Path program = compile(compiler, linking);
        Path core = folder.resolve("kmcore");
        LaunchOptions options = new LaunchOptions(
                program, List.of(), folder, null, false, false, List.of(), core, KmSessionTest.km(folder), Map.of());
        try (Session session = Session.launch(options, events)) {
            session.start();
            long tid = events.awaitStop().thread();
            assertThat(everyThread(session, VARIABLES)).containsExactlyInAnyOrder(VALUES);
            session.resume(tid);
            events.await(Events.CoreWritten.class);
        }
        try (Session session = Session.openCore(new CoreOptions(core, program, Map.of()), events)) {
            session.start();
            assertThat(everyThread(session, VARIABLES)).containsExactlyInAnyOrder(VALUES);
        }
    }

    @Test
    void glibcMakesTheBlockOfALateLibraryAtItsFirstUse() throws Exception {
        Path program = compile("gcc", "dynamic");
        try (GdbServer server = GdbServer.start(program, late);
                Session session =
                        Session.attach(new AttachOptions("127.0.0.1", server.port, program, Map.of()), events)) {
            session.start();
            session.resume(events.awaitStop().thread());
            events.awaitStop();
            assertThat(everyThread(session, VARIABLES)).containsExactlyInAnyOrder(VALUES);
            assertThat(everyThread(session, List.of("own", "late_own", "late_own + 1")))
                    .containsExactlyInAnyOrder("1000 11" + UNTOUCHED + " 12", "32 12 13", "33 11" + UNTOUCHED + " 12");
            assertThat(everyThread(session, List.of("&late_own")))
                    .filteredOn(v -> v.startsWith("0x"))
                    .hasSize(1);
        }
    }

    @Test
    void aBlockOfALibraryThatIsGoneIsNotTakenForThatOfItsSuccessor() throws Exception {
        Path program = compile("gcc", "dynamic");
        Path core = folder.resolve("core");
        GdbView.crash(folder, program, core, late, later);
        try (Session session = Session.openCore(new CoreOptions(core, program, Map.of()), events)) {
            session.start();
            assertThat(everyThread(session, List.of("own", "later_own")))
                    .containsExactlyInAnyOrder("1000 60", "32 55" + UNTOUCHED, "33 55" + UNTOUCHED);
        }
    }

    @Test
    void muslMakesAllBlocksWhenItLoadsALibrary() throws Exception {
        Path program = compile("musl-gcc", "dynamic");
        LaunchOptions options = new LaunchOptions(
                program,
                List.of(late),
                folder,
                null,
                false,
                false,
                List.of(),
                null,
                KmSessionTest.km(folder),
                Map.of());
        try (Session session = Session.launch(options, events)) {
            session.start();
            events.awaitStop();
            assertThat(everyThread(session, List.of("own", "late_own")))
                    .containsExactlyInAnyOrder("1000 11", "32 12", "33 11");
        }
    }
}
