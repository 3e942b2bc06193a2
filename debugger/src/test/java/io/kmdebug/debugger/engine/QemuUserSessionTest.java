package io.kmdebug.debugger.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.Session;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Sessions with native programs behind QEMU's user emulation. */
class QemuUserSessionTest extends ProgramSessionTest {
    private @Nullable ForeignStub server;

    @Override
    Session begin(Path program) throws Exception {
        ForeignStub started = ForeignStub.qemuUser(folder, program);
        server = started;
        return Session.attach(new AttachOptions("127.0.0.1", started.port, program, Map.of()), events);
    }

    @Override
    void awaitEndOfProgram() throws Exception {
        requireNonNull(server, "a stub").awaitEnd();
    }

    /** QEMU 7.2 looks at the connection only when its program stops by itself. */
    @Override
    @Test
    void pauseStopsARunningProgram() throws Exception {
        Path program = Tools.compile(folder, "spin.c", "gcc", "-g", "-O0");
        try (Session session = begin(program)) {
            session.start();
            events.awaitStop();
            session.setFunctionBreakpoints(List.of(BreakpointRequest.function("spin")));
            session.resume(0);
            events.awaitStop();
            session.setFunctionBreakpoints(List.of());
            session.resume(0);
            session.pause();
            events.awaitOutput("cannot interrupt a running program");
            assertThatThrownBy(() -> session.setFunctionBreakpoints(List.of(BreakpointRequest.function("spin"))))
                    .hasMessageContaining("does not stop");
            session.disconnect();
            assertThat(events.output()).contains("left without a detach");
        }
    }

    @Override
    void clear() {
        if (server != null) server.close();
    }
}
