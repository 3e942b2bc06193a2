package io.kmdebug.monitor.stub;

import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.process.Channel;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.rsp.PacketLog;
import io.kmdebug.rsp.RspServer;
import io.kmdebug.rsp.StubListener;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Offers the payload to debuggers, and says so as KM does. */
public final class DebugServer {
    /** The last line of the banner; tools wait for it. */
    public static final String STARTED = "GdbServerStubStarted";

    private DebugServer() {}

    /**
     * Starts serving. To be called before the first thread runs.
     *
     * @param held whether the payload's threads wait for a debugger; else they run at once
     * @param endsWithLostClient whether the payload ends when a debugger's connection breaks; a detach lets it go on
     * @param banner where the three lines go: a hint, the command for gdb with the real place, {@link #STARTED}
     */
    public static void start(
            Payload payload, DebugPlaces places, boolean held, boolean endsWithLostClient, OutputStream banner)
            throws IOException {
        List<StubListener> listeners = places.open(payload::log);
        if (listeners.isEmpty()) return;
        MonitorStub stub = new MonitorStub(payload, endsWithLostClient);
        PacketLog trace = Trace.on(Trace.GDB) ? DebugServer::trace : PacketLog.NONE;
        RspServer server = RspServer.open(stub, listeners, trace, payload::log);
        payload.debugPort(server.port());
        payload.debugHook(stub.events(() -> close(server, payload)));
        if (held) stub.control().holdAtStart();
        String command = places.command(listeners.get(0), payload.executable());
        String text = "Waiting for a debugger. Connect to it with:\n\t" + command + "\n" + STARTED + "\n";
        banner.write(text.getBytes(StandardCharsets.UTF_8));
        banner.flush();
    }

    /**
     * Has the payload debugged through the monitor of an ancestor's. Its threads are there and do not run yet.
     *
     * @param line its end of the line to there
     * @param settings as {@link ChildSettings} has them
     * @param held whether the payload stands still; else it runs, to the client's knowledge
     */
    public static void join(Payload payload, int line, byte[] settings, boolean held) throws IOException {
        ChildSettings told = ChildSettings.of(settings);
        ChildLink link = new ChildLink(new Channel(line));
        MonitorStub stub = MonitorStub.ofChild(payload, told.endsWithLostClient(), link);
        ChildServer server = new ChildServer(payload, stub, link);
        payload.debugHook(stub.events(server::leave));
        if (held) stub.control().holdAtStart();
        else stub.control().runDebugged();
        for (long address : told.breakpoints()) stub.insertBreakpoint(address);
        server.start(told.packets(), held);
    }

    private static void trace(boolean sent, String packet) {
        Trace.line(Trace.GDB, (sent ? "out " : "in  ").concat(packet));
    }

    private static void close(RspServer server, Payload payload) {
        // the client still debugs children through this monitor: nothing else of the payload is left meanwhile
        if (server.hasPeers()) {
            payload.stopper().holdAll(PayloadEvents.current(payload));
            payload.services().descriptors().closeAll();
        }
        try {
            server.close();
        } catch (IOException e) {
            payload.log("closing the debugger's connection: " + e.getMessage());
        }
    }
}
