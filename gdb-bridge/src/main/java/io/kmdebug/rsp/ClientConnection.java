package io.kmdebug.rsp;

import io.kmdebug.rsp.RspException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packets out and packets in over one socket. Reading is done by the one thread that uses the client; writing is
 * locked, because an interrupt may come from any.
 */
final class ClientConnection implements AutoCloseable {
    private static final int MOST_REPLY_BYTES = 16 << 20;
    private static final int MOST_RESENDS = 3;
    /** Of the timeout: what a reply may take that has begun. */
    private static final int LONGEST_REPLY = 6;

    private final Wire wire;
    private final OutputStream out;
    private final PacketReader reader;
    private final PacketLog log;
    private final int timeoutMillis;
    private final long longestReplyNanos;
    private boolean acknowledges = true;
    private volatile boolean broken;
    /** Until when bytes are waited for. */
    private long readDeadline;
    /** A packet that the stub may send once more; null for none. */
    private byte @Nullable [] repeated;

    ClientConnection(Wire wire, Duration timeout, PacketLog log) throws IOException {
        this.wire = wire;
        this.log = log;
        timeoutMillis = millis(timeout);
        out = wire.out();
        longestReplyNanos = LONGEST_REPLY * timeoutMillis * 1_000_000L;
        reader = new PacketReader(new Arriving(wire.in()), true, MOST_REPLY_BYTES);
    }

    static ClientConnection open(StubAddress address, Duration timeout, PacketLog log) {
        try {
            Wire wire = Wire.connect(address, timeout);
            return new ClientConnection(wire, timeout, log);
        } catch (IOException e) {
            log.closed();
            throw new RspException(
                    Kind.LOST, "cannot connect to a debug stub at " + address + ": " + e.getMessage(), e);
        }
    }

    private static int millis(Duration timeout) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, timeout.toMillis()));
    }

    boolean acknowledges() {
        return acknowledges;
    }

    void stopAcknowledging() {
        acknowledges = false;
    }

    /** Sends and returns the reply, which is valid until the next one. */
    PacketCursor exchange(PacketWriter request) {
        send(request);
        return reply(request);
    }

    void send(PacketWriter request) {
        request.finish();
        write(request, null);
    }

    /** Sends a request that was sent before once more. */
    void sendAgain(PacketWriter request) {
        write(request, null);
    }

    /** Two requests in one write; their replies come one after the other. */
    void send(PacketWriter first, PacketWriter second) {
        first.finish();
        second.finish();
        write(first, second);
    }

    /** Many requests in one write; their replies come one after the other, and all of them have to be taken. */
    void send(List<PacketWriter> requests) {
        for (PacketWriter each : requests) each.finish();
        writeAll(requests);
    }

    private synchronized void writeAll(List<PacketWriter> requests) {
        if (broken) throw new RspException(Kind.LOST, "the connection to the stub is closed");
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (PacketWriter each : requests) {
            if (log != PacketLog.NONE) log.packet(true, each.logText(log.mostCharacters()));
            frames.write(each.frame(), 0, each.length());
        }
        try {
            out.write(frames.toByteArray());
        } catch (IOException e) {
            throw lost(requests.get(0), e);
        }
    }

    private synchronized void write(PacketWriter first, @Nullable PacketWriter second) {
        if (broken) throw new RspException(Kind.LOST, "the connection to the stub is closed");
        try {
            if (log != PacketLog.NONE) log.packet(true, first.logText(log.mostCharacters()));
            if (second == null) {
                out.write(first.frame(), 0, first.length());
            } else {
                if (log != PacketLog.NONE) log.packet(true, second.logText(log.mostCharacters()));
                byte[] both = Arrays.copyOf(first.frame(), first.length() + second.length());
                System.arraycopy(second.frame(), 0, both, first.length(), second.length());
                out.write(both);
            }
        } catch (IOException e) {
            throw lost(first, e);
        }
    }

    /** Byte 0x03. */
    synchronized void interrupt() {
        if (broken) return;
        try {
            log.packet(true, "<interrupt>");
            out.write(0x03);
        } catch (IOException e) {
            throw new RspException(Kind.LOST, "interrupt: connection to the stub lost: " + e.getMessage(), e);
        }
    }

    /**
     * The stub may send this packet, the last one, again: one that takes whatever comes after a packet for its
     * acknowledgement (QEMU, KM) takes an interrupt for a refusal. Has no effect without acknowledgements.
     */
    void mayRepeat(PacketCursor packet) {
        if (acknowledges) repeated = Arrays.copyOf(packet.data(), packet.length());
    }

    /** What {@link #mayRepeat} said is over. */
    void nothingRepeats() {
        repeated = null;
    }

    private boolean isRepeated() {
        byte[] last = repeated;
        return last != null && Arrays.equals(last, 0, last.length, reader.data(), 0, reader.length());
    }

    /** The reply to a request that was sent; within the connection's timeout. */
    PacketCursor reply(PacketWriter request) {
        PacketCursor packet = read(request, System.nanoTime() + timeoutMillis * 1_000_000L);
        if (packet != null) return packet;
        close();
        throw new RspException(
                Kind.TIMEOUT, "no reply in " + timeoutMillis + " ms to packet \"" + request.logText(120) + "\"");
    }

    /** The next packet, which may be long in coming; null when it has not begun after {@code limit}. */
    @Nullable
    PacketCursor await(PacketWriter request, Duration limit) {
        return read(request, System.nanoTime() + limit.toNanos());
    }

    private @Nullable PacketCursor read(PacketWriter request, long deadline) {
        int resends = 0;
        int wrong = 0;
        boolean first = true;
        try {
            while (true) {
                if (!beginsBefore(deadline, first)) return null;
                first = false;
                switch (reader.next()) {
                    case PACKET -> {
                        if (log != PacketLog.NONE) log.packet(false, received());
                        if (isRepeated()) continue; // acknowledged already
                        if (acknowledges) acknowledge('+');
                        return new PacketCursor(reader.data(), reader.length());
                    }
                    case BROKEN -> {
                        if (!acknowledges || ++wrong > MOST_RESENDS) {
                            throw broken(request, "reply with a wrong checksum");
                        }
                        acknowledge('-');
                    }
                    case TOO_LONG -> throw broken(request, "reply longer than " + MOST_REPLY_BYTES + " bytes");
                    case NACK -> {
                        if (++resends > MOST_RESENDS) throw broken(request, "the stub refuses to understand");
                        write(request, null);
                    }
                    case END -> throw broken(request, null);
                    case ACK, INTERRUPT, NOTIFICATION -> {}
                }
            }
        } catch (SocketTimeoutException e) {
            close();
            throw new RspException(Kind.TIMEOUT, "half a reply to packet \"" + request.logText(120) + "\"", e);
        } catch (IOException e) {
            throw lost(request, e);
        }
    }

    /** Waits for bytes until the deadline. What is at hand then may become a reply a while longer. */
    private boolean beginsBefore(long deadline, boolean first) throws IOException {
        boolean waits = !reader.hasBuffered();
        if (waits) {
            if (deadline - System.nanoTime() <= 0) return false;
            readDeadline = deadline;
            try {
                reader.fill();
            } catch (SocketTimeoutException e) {
                return false;
            }
        }
        long now = System.nanoTime();
        if (waits || first) readDeadline = now + longestReplyNanos;
        else if (now - readDeadline > 0) throw new SocketTimeoutException("nothing but noise");
        return true;
    }

    /** The wire's bytes, each read with what is left of the time. */
    private final class Arriving extends InputStream {
        private final InputStream in;

        Arriving(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            long left = (readDeadline - System.nanoTime() + 999_999) / 1_000_000;
            if (left <= 0) throw new SocketTimeoutException("the time is up");
            // a stub that says nothing in the middle of a reply is not waited for as long as one that is slow
            wire.readTimeout(
                    (int) Math.min(Integer.MAX_VALUE, reader.isInPacket() ? Math.min(left, timeoutMillis) : left));
            return in.read(target, offset, length);
        }
    }

    private synchronized void acknowledge(char with) throws IOException {
        out.write(with);
    }

    private String received() {
        int most = log.mostCharacters();
        if (reader.length() <= most) return reader.text();
        return reader.text().substring(0, most) + "...(" + reader.length() + " bytes)";
    }

    private RspException broken(PacketWriter request, @Nullable String why) {
        close();
        String packet = "packet \"" + request.logText(120) + "\": ";
        if (why != null) return new RspException(Kind.MALFORMED, packet + why);
        return new RspException(Kind.LOST, packet + "the stub closed the connection");
    }

    private RspException lost(PacketWriter request, IOException cause) {
        close();
        String message = "packet \"" + request.logText(120) + "\": connection to the stub lost: " + cause.getMessage();
        return new RspException(Kind.LOST, message, cause);
    }

    @Override
    public void close() {
        broken = true;
        log.closed();
        try {
            wire.close();
        } catch (IOException e) {
            System.getLogger(ClientConnection.class.getName()).log(System.Logger.Level.DEBUG, "close", e);
        }
    }
}
