package io.kmdebug.rsp;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The server half of a process whose client is connected elsewhere: at the server of the process that it came of, which
 * sees it as a {@link PeerProcess}. Packets are what is between {@code $} and {@code #}. All but {@link #interrupt} is
 * for one thread; stop replies are given from any.
 */
public final class PacketServer implements AutoCloseable {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    /** What is left to be done when the answer is out. */
    public enum After {
        NOTHING,
        LET_GO,
        KILL
    }

    /** @param reply as it is to be sent; empty for a resume, which a stop reply ends */
    public record Answer(byte[] reply, After after) {}

    private final StubTarget target;
    private final Consumer<byte[]> stopReplies;
    private final Stops stops = new Stops();
    private final ServedSession session;
    private final ServerDispatch dispatch;
    private final PacketWriter reply = new PacketWriter();
    private final PacketWriter stopReply = new PacketWriter();

    /** @param output told of what {@code monitor} commands print */
    public PacketServer(StubTarget target, Consumer<byte[]> stopReplies, Consumer<String> output) {
        this.target = target;
        this.stopReplies = stopReplies;
        session = new ServedSession(target, stops, this::stopped);
        dispatch = new ServerDispatch(session, output::accept);
        target.onStop(stops::report);
    }

    /** Takes over what the client has told the parent's server half: {@link StubTarget#remember}. */
    public void setUp(List<byte[]> packets) {
        for (byte[] packet : packets) dispatch.setUp(new PacketCursor(packet, packet.length));
    }

    /** The target stands still already, and the client is going to ask. */
    public void beginStopped() {
        stops.attach(target, STOP_LIMIT);
        session.selectStopped(stops.last().tid());
    }

    /** The target runs, and the client waits for it to stop. */
    public void beginRunning() {
        stops.expect(this::stopped);
    }

    public Answer answer(byte[] packet) {
        ServerDispatch.After after = dispatch.handle(new PacketCursor(packet, packet.length), reply.start());
        return switch (after) {
            case REPLY -> new Answer(reply.content(), After.NOTHING);
            case REPLY_LATER -> new Answer(new byte[0], After.NOTHING);
            case REPLY_AND_CLOSE -> new Answer(reply.content(), After.LET_GO);
            case REPLY_AND_KILL, CLOSE -> new Answer(reply.content(), After.KILL);
        };
    }

    public void interrupt() {
        if (stops.isRunning()) target.interrupt();
    }

    /** Lets the target go on without a debugger, wherever it is. */
    public void letGo() {
        stops.detach(target, STOP_LIMIT);
    }

    private void stopped(StubTarget.Stop stop) {
        StopReply.write(stop, session, stopReply);
        stopReplies.accept(stopReply.content());
    }

    @Override
    public void close() {
        dispatch.close();
    }
}
