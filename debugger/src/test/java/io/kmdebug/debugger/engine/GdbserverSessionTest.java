package io.kmdebug.debugger.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.BreakpointStatus;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.StepKind;
import io.kmdebug.debugger.StopReason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Sessions with native programs behind gdbserver. */
class GdbserverSessionTest extends LiveSessionTest {
    private @Nullable GdbServer server;

    @Override
    Session begin(Path program) throws Exception {
        GdbServer started = GdbServer.start(program);
        server = started;
        return Session.attach(new AttachOptions("127.0.0.1", started.port, program, Map.of()), events);
    }

    @Override
    void awaitEndOfProgram() throws Exception {
        assertThat(requireNonNull(server, "a server").awaitEnd()).isTrue();
    }

    @Override
    void clear() {
        if (server != null) server.close();
    }

    @Test
    void breakpointsInLibrariesWaitForThem() throws Exception {
        Path shared = Tools.compile(folder, "shared.c", "gcc", "-g", "-O0", "-shared", "-fPIC");
        Path plugin = Tools.compile(folder, "plugin.c", "gcc", "-g", "-O0", "-shared", "-fPIC");
        Path program = Tools.compile(folder, "loader.c", "gcc", "-g", "-O0", shared.toString(), "-Wl,-z,lazy");
        GdbServer started = GdbServer.start(program, plugin.toString());
        server = started;
        try (Session session =
                Session.attach(new AttachOptions("127.0.0.1", started.port, program, Map.of()), events)) {
            session.start();
            long tid = events.awaitStop().thread();
            Path source = folder.resolve("plugin.c");
            BreakpointStatus pending = session.setSourceBreakpoints(
                            source.toString(), List.of(BreakpointRequest.line(Tools.line(source, "in plugin"))))
                    .get(0);
            assertThat(pending.verified()).isFalse();
            assertThat(pending.message()).contains("plugin.c");
            Path main = folder.resolve("loader.c");
            session.setSourceBreakpoints(
                    main.toString(), List.of(BreakpointRequest.line(Tools.line(main, "calls shared"))));
            session.resume(tid);
            events.awaitStop();
            session.step(tid, StepKind.INTO);
            events.awaitStop();
            assertThat(session.stack(tid, 0, 1, false).frames().get(0).function())
                    .isEqualTo("shared_work");
            assertThat(value(session, tid, "shared_local")).isEqualTo("21");
            assertThat(value(session, tid, "main_local")).isEqualTo("31");
            session.resume(tid);
            assertThat(events.await(Events.Changed.class).status().verified()).isTrue();
            assertThat(events.awaitStop().reason()).isEqualTo(new StopReason.Breakpoint(List.of(pending.id())));
            assertThat(value(session, tid, "n")).isEqualTo("5");
            // glibc makes the block of a library that came late when the thread first uses it
            assertThat(value(session, tid, "plugin_local")).isEqualTo("11 <not allocated yet in this thread>");
            for (int i = 0; i < 3; i++) {
                session.step(tid, StepKind.OVER);
                events.awaitStop();
            }
            assertThat(value(session, tid, "plugin_local")).isEqualTo("21");
            assertThat(session.modules()).extracting(m -> m.path()).contains(plugin.toString(), shared.toString());
        }
    }

    private static String value(Session session, long tid, String expression) {
        int frame = session.stack(tid, 0, 1, false).frames().get(0).id();
        return session.evaluate(expression, frame, EvaluationContext.WATCH, false)
                .value();
    }
}
