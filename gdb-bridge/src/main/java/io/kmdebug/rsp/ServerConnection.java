package io.kmdebug.rsp;

import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * One client from its first byte to its last. Runs on a thread of its own; only stop replies are written by others
 * (see {@link Stops}).
 */
final class ServerConnection {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final int MOST_WAITING = 64;

    private final Wire wire;
    private final InputStream in;
    private final OutputStream out;
    private final PacketReader reader;
    private final Stops stops;
    private final StubTarget target;
    private final ServedSession session;
    private final ClientProcesses processes;
    private final PacketRouter router;
    private final PacketLog log;
    private final PacketWriter reply = new PacketWriter();
    private final PacketWriter stopReply = new PacketWriter();
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private PacketWriter lastSent = reply;
    private volatile boolean acknowledges = true;
    private boolean attached;
    /** The client has said that it goes, or has no reason left to stay. */
    private volatile boolean takesLeave;

    ServerConnection(Wire wire, StubTarget target, Stops stops, PacketLog log) throws IOException {
        this.wire = wire;
        this.target = target;
        this.stops = stops;
        this.log = log;
        in = new Questions(wire.in());
        out = new BufferedOutputStream(wire.out(), 1 << 16);
        reader = new PacketReader(in, false, ServedSession.PACKET_BYTES);
        session = new ServedSession(target, stops, this::stopped);
        ServerDispatch dispatch = new ServerDispatch(session, this::console);
        processes = new ClientProcesses(target, stops, dispatch, this::tell, this::console);
        router = new PacketRouter(processes);
    }

    /** What the client sends. Questions that come together are answered together: before the next wait for more. */
    private final class Questions extends FilterInputStream {
        Questions(InputStream from) {
            super(from);
        }

        @Override
        public int read(byte[] into, int offset, int count) throws IOException {
            flush();
            return super.read(into, offset, count);
        }
    }

    /** Serves until the client leaves or is lost; the payload goes on then, or ends with a lost client if it is to. */
    void run() throws IOException {
        try (processes) {
            boolean open = true;
            while (open) open = step();
        } finally {
            if (attached) processes.leave(!takesLeave && target.endsWithLostClient());
        }
    }

    private boolean step() throws IOException {
        if (!waiting.isEmpty() && !reader.hasBuffered() && in.available() == 0) {
            // the client spoke while the payload runs: keep an eye on both
            flush();
            processes.awaitStop(LOOK_AGAIN);
            return processes.isRunning() ? !isClientGone() : answerWaiting();
        }
        switch (reader.next()) {
            case END -> {
                return false;
            }
            case PACKET -> {
                acknowledge('+');
                if (waiting.size() == MOST_WAITING) return false;
                waiting.add(Arrays.copyOf(reader.data(), reader.length()));
                return answerWaiting();
            }
            case INTERRUPT -> {
                log.packet(false, "<interrupt>");
                if (attached && processes.isRunning()) processes.interrupt();
            }
            case BROKEN -> acknowledge('-');
            case NACK -> resend();
            case TOO_LONG -> {
                acknowledge('+');
                Refusal.because("packet longer than " + ServedSession.PACKET_BYTES + " bytes")
                        .write(reply);
                send(reply);
            }
            case ACK, NOTIFICATION -> {}
        }
        return true;
    }

    private boolean isClientGone() throws IOException {
        wire.readTimeout(1);
        try {
            return !reader.fill();
        } catch (SocketTimeoutException stillThere) {
            return false;
        } finally {
            wire.readTimeout(0);
        }
    }

    private boolean answerWaiting() throws IOException {
        if (!attached && !attach()) return false;
        while (!waiting.isEmpty() && !processes.isRunning()) {
            byte[] packet = waiting.remove();
            if (!answer(packet)) return false;
        }
        return true;
    }

    private boolean attach() throws IOException {
        attached = true;
        if (!stops.attach(target, STOP_LIMIT)) {
            Refusal.because("the payload did not stop in " + STOP_LIMIT.toSeconds() + " s")
                    .write(reply);
            send(reply);
            return false;
        }
        session.selectStopped(stops.last().tid());
        return true;
    }

    private boolean answer(byte[] packet) throws IOException {
        PacketCursor request = new PacketCursor(packet, packet.length);
        if (log != PacketLog.NONE) log.packet(false, request.toString());
        ServerDispatch.After after = router.handle(request, reply.start());
        if (after == ServerDispatch.After.REPLY_LATER) return true;
        if (after != ServerDispatch.After.REPLY) takesLeave = true;
        if (after == ServerDispatch.After.CLOSE) {
            flush();
            return false;
        }
        put(reply);
        if (after != ServerDispatch.After.REPLY) flush();
        if (after == ServerDispatch.After.REPLY_AND_KILL) target.kill();
        if (isRequest(packet, "QStartNoAckMode")) acknowledges = false;
        return after == ServerDispatch.After.REPLY;
    }

    private static boolean isRequest(byte[] packet, String name) {
        return packet.length == name.length() && new PacketCursor(packet, packet.length).skip(name);
    }

    /** Called by the thread that reports the stop, under the lock of {@link Stops}. */
    private void stopped(StubTarget.Stop stop) {
        PacketWriter written = new PacketWriter();
        StopReply.write(stop, session, written);
        processes.stopped(target.pid(), written.content());
    }

    /** The stop that the client waits for; called by one thread at a time. */
    private void tell(byte[] reply) {
        if (processes.areGone()) takesLeave = true;
        router.selectOf(reply);
        try {
            send(stopReply.start().content(reply));
        } catch (IOException e) {
            // the client is lost; this connection's own thread sees the same and lets the payload go
            System.getLogger(ServerConnection.class.getName()).log(System.Logger.Level.DEBUG, "stop reply", e);
        }
    }

    private void console(String text) {
        PacketWriter output = new PacketWriter();
        output.start().text('O').hexText(text);
        try {
            send(output);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private synchronized void send(PacketWriter packet) throws IOException {
        put(packet);
        out.flush();
    }

    /** Into the buffer, which {@link #flush} empties. */
    private synchronized void put(PacketWriter packet) throws IOException {
        lastSent = packet.finish();
        if (log != PacketLog.NONE) log.packet(true, packet.logText(log.mostCharacters()));
        out.write(packet.frame(), 0, packet.length());
    }

    private synchronized void flush() throws IOException {
        out.flush();
    }

    private synchronized void resend() throws IOException {
        if (lastSent.length() == 0) return;
        out.write(lastSent.frame(), 0, lastSent.length());
        out.flush();
    }

    private synchronized void acknowledge(char with) throws IOException {
        if (!acknowledges) return;
        out.write(with);
        out.flush();
    }

    /** Tells a client that there is one already. */
    void refuse() throws IOException {
        wire.readTimeout(1000);
        PacketReader.Kind kind = reader.next();
        while (kind == PacketReader.Kind.ACK || kind == PacketReader.Kind.NACK) kind = reader.next();
        acknowledge('+');
        Refusal.because("another debugger is connected").write(reply);
        send(reply);
    }
}
