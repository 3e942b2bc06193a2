package io.kmdebug.debugger.engine;

import static java.util.Objects.requireNonNull;

import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.Session;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sessions with native programs behind valgrind's gdbserver. */
class ValgrindSessionTest extends ThreadedSessionTest {
    private @Nullable ForeignStub server;

    @Override
    Session begin(Path program) throws Exception {
        ForeignStub started = ForeignStub.valgrind(folder, program);
        server = started;
        return Session.attach(new AttachOptions("127.0.0.1", started.port, program, Map.of()), events);
    }

    @Override
    void awaitEndOfProgram() throws Exception {
        requireNonNull(server, "a stub").awaitEnd();
    }

    @Override
    void clear() {
        if (server != null) server.close();
    }
}
