package io.kmdebug.monitor.stub;

import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.rsp.PacketLog;
import io.kmdebug.rsp.RspServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Offers the payload to debuggers on a loopback port, and says so as KM does. */
public final class DebugServer {
    /** The last line of the banner; tools wait for it. */
    public static final String STARTED = "GdbServerStubStarted";

    private DebugServer() {}

    /**
     * Starts serving. To be called before the first thread runs.
     *
     * @param port wanted TCP port; a taken one gives the next, 0 any
     * @param held whether the payload's threads wait for a debugger; else they run at once
     * @param endsWithLostClient whether the payload ends when a debugger's connection breaks; a detach lets it go on
     * @param banner where the three lines go: a hint, the command for gdb with the real port, {@link #STARTED}
     */
    public static void start(Payload payload, int port, boolean held, boolean endsWithLostClient, OutputStream banner)
            throws IOException {
        MonitorStub stub = new MonitorStub(payload, endsWithLostClient);
        RspServer server;
        try {
            server =
                    RspServer.open(stub, port, Trace.on(Trace.GDB) ? DebugServer::trace : PacketLog.NONE, payload::log);
        } catch (IOException e) {
            payload.log("cannot listen for debuggers on port " + port + ", going on without: " + e.getMessage());
            return;
        }
        payload.debugPort(server.port());
        payload.debugHook(stub.events(() -> close(server, payload)));
        if (held) stub.control().holdAtStart();
        String text = "Waiting for a debugger. Connect to it with:\n\tgdb -q --ex=\"target remote 127.0.0.1:"
                + server.port() + "\" " + payload.executable() + "\n" + STARTED + "\n";
        banner.write(text.getBytes(StandardCharsets.UTF_8));
        banner.flush();
    }

    private static void trace(boolean sent, String packet) {
        Trace.line(Trace.GDB, (sent ? "out " : "in  ").concat(packet));
    }

    private static void close(RspServer server, Payload payload) {
        try {
            server.close();
        } catch (IOException e) {
            payload.log("closing the debugger's connection: " + e.getMessage());
        }
    }
}
