package io.kmdebug.rsp;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Lets clients in that show the token. One that does not, whatever it sends or leaves unsent, meets silence, and the end
 * of the connection at one and the same time after its begin.
 */
final class TokenGate {
    /** How long a client has, and how long one waits that has failed. */
    static final Duration DELAY = Duration.ofSeconds(2);

    private static final int MOST_AT_ONCE = 16;
    private static final long COMPLAINT_PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

    private final StubToken token;
    private final CountDownLatch closed;
    private final Consumer<String> complaints;
    private final Semaphore room = new Semaphore(MOST_AT_ONCE);
    private long lastComplaint = System.nanoTime() - COMPLAINT_PAUSE_NANOS;
    private int refused;

    /** @param closed counted down when nobody is let in any more */
    TokenGate(StubToken token, CountDownLatch closed, Consumer<String> complaints) {
        this.token = token;
        this.closed = closed;
        this.complaints = complaints;
    }

    /** Returns whether the client may go on; if not, the connection is to be closed, and the time for that has come. */
    boolean admits(Wire wire) throws IOException, InterruptedException {
        if (!room.tryAcquire()) return false;
        try {
            long deadline = System.nanoTime() + DELAY.toNanos();
            if (token.admits(firstBytes(wire, deadline))) {
                wire.readTimeout(0);
                StubToken.admit(wire);
                return true;
            }
            complain(wire);
            if (closed.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) return false;
        } finally {
            room.release();
        }
        return false;
    }

    /** As many as the right packet has, less when no more come in time. */
    private byte[] firstBytes(Wire wire, long deadline) throws IOException {
        byte[] bytes = new byte[token.frameBytes()];
        int count = 0;
        InputStream in = wire.in();
        while (count < bytes.length) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) break;
            wire.readTimeout((int) left);
            int more;
            try {
                more = in.read(bytes, count, bytes.length - count);
            } catch (SocketTimeoutException late) {
                break;
            }
            if (more < 0) break;
            count += more;
        }
        return bytes;
    }

    private void complain(Wire wire) {
        int count;
        synchronized (this) {
            refused++;
            if (System.nanoTime() - lastComplaint < COMPLAINT_PAUSE_NANOS) return;
            lastComplaint = System.nanoTime();
            count = refused;
            refused = 0;
        }
        complaints.accept("gdb server: " + wire + " did not show the token"
                + (count > 1 ? ", nor did " + (count - 1) + " before" : ""));
    }
}
