package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.LaunchOptions;
import io.kmdebug.debugger.Session;
import io.kmdebug.debugger.StopReason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls of what is no code, stopped at: who called is shown. Of cores {@link CrashAnalysisTest} says the same. */
@Timeout(120)
class BadCallTest {
    private static final List<String> KINDS = List.of("jump", "data", "heap", "table", "nowhere");

    @TempDir
    Path folder = Path.of("");

    @Test
    void inKm() throws Exception {
        Path program = Crashes.of(folder, "c").program();
        Path km = KmSessionTest.km(folder);
        for (String kind : KINDS) {
            Events events = new Events();
            LaunchOptions options = new LaunchOptions(
                    program, List.of(kind), folder, null, false, false, List.of(), null, km, Map.of());
            try (Session session = Session.launch(options, events)) {
                session.start();
                showsTheCaller(session, events, kind);
            }
        }
    }

    @Test
    void behindGdbserver() throws Exception {
        Path program = Crashes.of(folder, "c").program();
        for (String kind : KINDS) {
            Events events = new Events();
            try (GdbServer server = GdbServer.start(program, kind);
                    Session session =
                            Session.attach(new AttachOptions("127.0.0.1", server.port, program, Map.of()), events)) {
                session.start();
                events.awaitStop();
                session.resume(0);
                showsTheCaller(session, events, kind);
            }
        }
    }

    private static void showsTheCaller(Session session, Events events, String kind) throws Exception {
        Events.Stopped stop = events.awaitStop();
        assertThat(stop.reason()).as(kind).isInstanceOf(StopReason.Signal.class);
        List<FrameInfo> frames = session.stack(stop.thread(), 0, 0, false).frames();
        assertThat(frames).extracting(FrameInfo::function).as(kind).containsSubsequence("jump", "main");
        assertThat(frames.get(1).function()).as(kind).isEqualTo("jump");
        // a call stands before the address on top of the stack: it is no guess
        assertThat(frames).extracting(FrameInfo::guess).as(kind).containsOnlyNulls();
        assertThat(session.explanation())
                .as(kind)
                .contains(kind.equals("jump") ? "hook is 0x0" : ", hook is 0x", ", in jump");
    }
}
