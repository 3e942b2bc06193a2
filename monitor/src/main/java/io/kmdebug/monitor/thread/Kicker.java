package io.kmdebug.monitor.thread;

import java.util.ArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Kicks threads until they have seen their requests. One kick may come between a thread's look at its requests and its
 * host call and be lost, so whoever cannot wait leaves the repetition to the thread of this class.
 */
final class Kicker implements Runnable {
    private static final long FIRST_PAUSE_NANOS = 50_000;
    private static final long LONGEST_PAUSE_NANOS = 2_000_000;

    private final ArrayList<PayloadThread> waiting = new ArrayList<>();
    private @Nullable Thread runner;

    /** Kicks now and goes on in the background; never blocks for long. */
    void kick(PayloadThread thread) {
        thread.kick();
        synchronized (waiting) {
            if (!waiting.contains(thread)) waiting.add(thread);
            if (runner == null) {
                runner = new Thread(null, this, "km-kicker", 0, false);
                runner.setDaemon(true);
                runner.start();
            }
            waiting.notifyAll();
        }
    }

    @Override
    public void run() {
        long pause = FIRST_PAUSE_NANOS;
        while (true) {
            synchronized (waiting) {
                waiting.removeIf(Kicker::sawRequests);
                while (waiting.isEmpty()) {
                    pause = FIRST_PAUSE_NANOS;
                    try {
                        waiting.wait();
                    } catch (InterruptedException e) {
                        return;
                    }
                    waiting.removeIf(Kicker::sawRequests);
                }
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            synchronized (waiting) {
                for (PayloadThread thread : waiting) if (thread.needsKick()) thread.kick();
            }
        }
    }

    private static boolean sawRequests(PayloadThread thread) {
        return !thread.needsKick();
    }
}
