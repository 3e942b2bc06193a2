package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An interrupt that a breakpoint overtakes, just before the program is left to itself. */
@Timeout(120)
class LateInterruptTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void aProgramThatWasAboutToBePausedSurvivesTheDetach() throws Exception {
        Path program = Tools.compile(folder, "leaves.c", "gcc", "-g", "-O0");
        Path source = folder.resolve("leaves.c");
        Events events = new Events();
        try (GdbServer server = GdbServer.start(program);
                LateStub late = new LateStub(server.port);
                StubRelay relay = StubRelay.to(late);
                Session session =
                        Session.attach(new AttachOptions("127.0.0.1", relay.port(), program, Map.of()), events)) {
            session.start();
            events.awaitStop();
            int line = Tools.line(source, "turns");
            session.setSourceBreakpoints(source.toString(), List.of(BreakpointRequest.line(line)));
            session.resume(0);
            events.awaitStop();
            late.holdNextStop();
            session.resume(0);
            session.pause();
            events.awaitStop();
            session.disconnect();
            Files.createFile(folder.resolve("leaves.c.go"));
            Tools.awaitFile(folder.resolve("leaves.c.gone"));
        }
    }

    /** A stub that keeps a stop back until an interrupt has gone by. */
    private static final class LateStub implements StubRelay.Streams {
        private static final int INTERRUPT = 3;

        private final Socket stub;
        private final Semaphore interrupts = new Semaphore(0);
        private volatile boolean holds;

        LateStub(int port) throws IOException {
            stub = new Socket(InetAddress.getLoopbackAddress(), port);
            stub.setTcpNoDelay(true);
        }

        void holdNextStop() {
            interrupts.drainPermits();
            holds = true;
        }

        @Override
        public int read(byte[] chunk) throws IOException {
            int count = stub.getInputStream().read(chunk);
            if (holds && text(chunk, count).contains("$T")) {
                holds = false;
                interrupts.acquireUninterruptibly();
            }
            return count;
        }

        @Override
        public void write(byte[] chunk, int count) throws IOException {
            stub.getOutputStream().write(chunk, 0, count);
            if (text(chunk, count).indexOf(INTERRUPT) >= 0) interrupts.release();
        }

        private static String text(byte[] chunk, int count) {
            return new String(chunk, 0, Math.max(0, count), StandardCharsets.ISO_8859_1);
        }

        @Override
        public void close() throws IOException {
            stub.close();
        }
    }
}
