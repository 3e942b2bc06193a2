package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An interrupt that a breakpoint overtakes, just before the program is left to itself. */
@Timeout(120)
class LateInterruptTest {
    private static final int ATTEMPTS = 12;

    @TempDir
    Path folder = Path.of("");

    @Test
    void aProgramThatWasAboutToBePausedSurvivesTheDetach() throws Exception {
        Path program = Tools.compile(folder, "leaves.c", "gcc", "-g", "-O0");
        Path source = folder.resolve("leaves.c");
        Path go = folder.resolve("leaves.c.go");
        int line = Tools.line(source, "turns");
        for (int i = 0; i < ATTEMPTS; i++) {
            Events events = new Events();
            try (GdbServer server = GdbServer.start(program);
                    Session session =
                            Session.attach(new AttachOptions("127.0.0.1", server.port, program, Map.of()), events)) {
                session.start();
                events.awaitStop();
                session.setSourceBreakpoints(source.toString(), List.of(BreakpointRequest.line(line)));
                session.resume(0);
                events.awaitStop();
                session.resume(0);
                session.pause();
                events.awaitStop();
                if (i % 2 == 1) {
                    session.resume(0);
                    session.pause();
                }
                session.disconnect();
                Files.createFile(go);
                Tools.awaitFile(folder.resolve("leaves.c.gone"));
            }
            Files.delete(go);
            Files.delete(folder.resolve("leaves.c.gone"));
        }
    }
}
