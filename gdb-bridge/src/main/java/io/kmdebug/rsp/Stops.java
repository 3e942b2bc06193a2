package io.kmdebug.rsp;

import io.kmdebug.rsp.StubTarget.Stop;
import io.kmdebug.rsp.StubTarget.StopReason;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether the target runs, and who waits for it to stop. The one place where the target's threads and the server's
 * meet: a stop reply is written under this lock by the thread that reports the stop, so that a client's next packet is
 * looked at only afterwards, and a step costs no change of threads.
 */
final class Stops {
    private boolean running = true;
    private int peers;
    private @Nullable Stop last;
    private @Nullable Consumer<Stop> owed;

    /** The target's report. */
    synchronized void report(Stop stop) {
        Consumer<Stop> client = owed;
        owed = null;
        last = stop;
        try {
            if (client != null) client.accept(stop);
        } finally {
            running = false;
            notifyAll();
        }
    }

    synchronized boolean isRunning() {
        return running;
    }

    /** Whether the process is gone. */
    synchronized boolean isOver() {
        return last != null && isEnd(last);
    }

    /** The last stop; asked only when there was one. */
    synchronized Stop last() {
        if (last == null) throw new IllegalStateException("asked for a stop before the first one");
        return last;
    }

    private synchronized void forgetClient() {
        owed = null;
    }

    /** The target runs; {@code client} is told of its next stop. */
    synchronized void expect(Consumer<Stop> client) {
        running = true;
        owed = client;
    }

    /** How many other processes the client debugs through this server. */
    synchronized void peers(int count) {
        peers = count;
        notifyAll();
    }

    synchronized boolean hasPeers() {
        return peers > 0;
    }

    /** Waits until the client debugs no other process through this server. */
    synchronized void awaitNoPeers() {
        boolean interrupted = false;
        while (peers > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    /** Resumes; {@code client} is told of the stop that ends it. */
    void resume(StubTarget target, Map<Integer, StubTarget.Action> actions, boolean newborns, Consumer<Stop> client) {
        synchronized (this) {
            running = true;
            owed = client;
        }
        boolean resumed = false;
        try {
            target.resume(actions, newborns);
            resumed = true;
        } finally {
            if (!resumed) stayStopped();
        }
    }

    private synchronized void stayStopped() {
        running = false;
        owed = null;
    }

    /** Stops the target for a client. Returns whether it is stopped, or over, within {@code limit}. */
    boolean attach(StubTarget target, Duration limit) {
        synchronized (this) {
            if (isOver()) return true;
            running = true;
        }
        target.attach();
        return awaitStop(limit);
    }

    /** Lets the target go without a client, wherever it is. */
    void detach(StubTarget target, Duration limit) {
        forgetClient();
        if (isRunning()) {
            target.interrupt();
            awaitStop(limit);
        }
        synchronized (this) {
            if (isOver() || running) return;
            running = true;
        }
        target.detach();
    }

    /** Returns whether the target is stopped, or over. */
    synchronized boolean awaitStop(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        while (running) {
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (millis <= 0) break;
            try {
                wait(millis);
            } catch (InterruptedException e) {
                interrupted = true;
                break;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        return !running;
    }

    static boolean isEnd(Stop stop) {
        return stop.reason() instanceof StopReason.Exited || stop.reason() instanceof StopReason.Killed;
    }
}
