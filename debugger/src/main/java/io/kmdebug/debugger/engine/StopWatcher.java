package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.target.LiveTarget;
import io.kmdebug.rsp.RspException;
import io.kmdebug.rsp.StopEvent;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Waits in a thread of its own for the stub's stops, one for each resume, and keeps them for the owner thread. */
final class StopWatcher {
    private static final Duration INTERRUPT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration WATCH = Duration.ofHours(1);

    private final LiveTarget target;
    private final LinkedBlockingQueue<StopEvent> stops = new LinkedBlockingQueue<>();
    private final Semaphore resumed = new Semaphore(0);
    private volatile boolean closed;

    StopWatcher(LiveTarget target) {
        this.target = target;
    }

    /**
     * Begins to wait.
     *
     * @param arrived is told, in the watcher's thread, that there may be a stop to {@link #poll}
     * @param lost is told, in the watcher's thread, that the stub is gone
     */
    void start(Runnable arrived, Consumer<RspException> lost) {
        Thread watcher = new Thread(() -> watch(arrived, lost), "kmdebug-stop-watcher");
        watcher.setDaemon(true);
        watcher.start();
    }

    private void watch(Runnable arrived, Consumer<RspException> lost) {
        try {
            while (!closed) {
                resumed.acquire();
                StopEvent event = null;
                while (event == null && !closed)
                    event = target.waitForStop(WATCH).orElse(null);
                if (event != null) stops.add(event);
                arrived.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RspException e) {
            lost.accept(e);
        }
    }

    /** The payload has been resumed: its next stop is to be waited for. */
    void resumed() {
        resumed.release();
    }

    /** A stop that nobody has taken yet; null when there is none, or all is over. */
    @Nullable
    StopEvent poll() {
        return closed ? null : stops.poll();
    }

    /** The stop that an interrupt brings about. */
    StopEvent await() {
        StopEvent event = await(INTERRUPT_TIMEOUT);
        if (event == null) throw new DebuggerException("The payload does not stop.");
        return event;
    }

    /** The next stop; null when it does not come in time. */
    @Nullable
    StopEvent await(Duration limit) {
        try {
            return stops.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DebuggerException("The request was interrupted.", e);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Any thread. */
    void close() {
        closed = true;
        resumed.release();
    }
}
