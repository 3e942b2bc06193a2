package io.kmdebug.monitor.stub;

import io.kmdebug.monitor.process.Channel;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.rsp.PacketServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Serves a process to a client that is connected to the monitor of an ancestor's. */
final class ChildServer implements Runnable {
    private final Payload payload;
    private final MonitorStub stub;
    private final ChildLink link;
    private final PacketServer server;
    /** The line ends because the process does, or leaves this monitor. */
    private volatile boolean leaves;

    ChildServer(Payload payload, MonitorStub stub, ChildLink link) {
        this.payload = payload;
        this.stub = stub;
        this.link = link;
        server = new PacketServer(
                stub,
                reply -> tell(ChildLink.STOP, reply),
                text -> tell(ChildLink.OUTPUT, text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * @param packets what the client set up
     * @param held whether the process stands still; else it runs and the client waits for its next stop
     */
    void start(List<byte[]> packets, boolean held) {
        server.setUp(packets);
        if (held) server.beginStopped();
        else server.beginRunning();
        Thread thread = new Thread(null, this, "gdb-parent", 0, false);
        thread.setDaemon(true);
        thread.start();
    }

    private void tell(int kind, byte[] bytes) {
        try {
            link.send(kind, bytes);
        } catch (IOException gone) {
            // the thread that receives sees the same, and lets the process go
            link.shutDown();
        }
    }

    @Override
    public void run() {
        try {
            boolean open = true;
            while (open) open = serve(link.receive());
        } catch (IOException lost) {
            if (!leaves && stub.endsWithLostClient()) stub.kill();
            else if (!leaves) server.letGo();
        }
        link.close();
        server.close();
    }

    private boolean serve(Channel.Message message) throws IOException {
        switch (message.kind()) {
            case ChildLink.ASK -> {
                PacketServer.Answer answer = server.answer(message.bytes());
                link.send(ChildLink.ANSWER, answer.reply());
            }
            case ChildLink.INTERRUPT -> server.interrupt();
            case ChildLink.LET_GO -> {
                server.letGo();
                return false;
            }
            case ChildLink.KILL -> {
                stub.kill();
                return false;
            }
            default -> payload.log("message " + message.kind() + " of a debugger's line");
        }
        return true;
    }

    /** The process's last word is said, or it goes on in another monitor. */
    void leave() {
        leaves = true;
        link.shutDown();
    }
}
