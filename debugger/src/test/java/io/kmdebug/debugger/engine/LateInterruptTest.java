package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
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
                Relay relay = new Relay(server.port);
                Session session =
                        Session.attach(new AttachOptions("127.0.0.1", relay.port(), program, Map.of()), events)) {
            session.start();
            events.awaitStop();
            int line = Tools.line(source, "turns");
            session.setSourceBreakpoints(source.toString(), List.of(BreakpointRequest.line(line)));
            session.resume(0);
            events.awaitStop();
            relay.holdNextStop();
            session.resume(0);
            session.pause();
            events.awaitStop();
            session.disconnect();
            Files.createFile(folder.resolve("leaves.c.go"));
            Tools.awaitFile(folder.resolve("leaves.c.gone"));
        }
    }

    /** Between a client and a stub; keeps a stop back until an interrupt has gone by. */
    private static final class Relay implements AutoCloseable {
        private static final int INTERRUPT = 3;

        private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final Semaphore interrupts = new Semaphore(0);
        private final Socket stub;
        private volatile boolean holds;

        Relay(int stubPort) throws IOException {
            stub = new Socket(InetAddress.getLoopbackAddress(), stubPort);
            stub.setTcpNoDelay(true);
            start(this::serve);
        }

        int port() {
            return listener.getLocalPort();
        }

        void holdNextStop() {
            interrupts.drainPermits();
            holds = true;
        }

        private void serve() {
            try (Socket client = listener.accept()) {
                client.setTcpNoDelay(true);
                start(() -> copy(stub, client, true));
                copy(client, stub, false);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private void copy(Socket from, Socket to, boolean fromStub) {
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                byte[] bytes = new byte[1 << 16];
                for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                    String text = new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
                    if (fromStub && holds && text.contains("$T")) {
                        holds = false;
                        interrupts.acquire();
                    }
                    out.write(bytes, 0, count);
                    if (!fromStub && text.indexOf(INTERRUPT) >= 0) interrupts.release();
                }
                to.shutdownOutput();
            } catch (IOException e) {
                // One of them is gone; the other is told by the end of its connection.
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static void start(Runnable work) {
            Thread thread = new Thread(work, "relay");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            listener.close();
            stub.close();
        }
    }
}
