package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.platform.Platform;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Platform threads and virtual CPUs that are made before the payload asks for them, by a thread of their own: to start
 * a thread takes several turns of the host's scheduler, and so would a payload that makes one after the other. There
 * are none before its second thread, and not many more than it has shown to need.
 *
 * <p>A thread has from its maker what threads of Linux have: processors, nice value, credentials. So nothing is taken
 * from here any more once the payload has changed such; see {@link InheritedAttributes}.
 */
final class ThreadReserve implements Runnable {
    private static final int MOST = 16;

    private final Platform platform;
    private final ArrayDeque<ThreadStart> ready = new ArrayDeque<>();
    private int asked;
    private boolean closed;
    private @Nullable Thread maker;

    ThreadReserve(Platform platform) {
        this.platform = platform;
    }

    /**
     * A platform thread that has started and waits for its payload thread.
     *
     * @throws OutOfMemoryError when the host has no more threads
     */
    ThreadStart take() {
        ThreadStart start = poll();
        if (start != null) return start;
        start = new ThreadStart();
        start.start();
        return start;
    }

    private synchronized @Nullable ThreadStart poll() {
        if (closed) return null;
        asked++;
        if (asked > 1 && maker == null) begin();
        ThreadStart start = ready.poll();
        notifyAll();
        return start;
    }

    private void begin() {
        Thread thread = new Thread(null, this, "km-threads", 0, false);
        thread.setDaemon(true);
        maker = thread;
        try {
            thread.start();
        } catch (OutOfMemoryError none) {
            // whoever asks for a thread is told
            closed = true;
        }
    }

    private int wanted() {
        return Math.min(MOST, asked / 2);
    }

    /** Nothing comes from here any more. */
    synchronized void close() {
        closed = true;
        for (ThreadStart start : ready) start.dismiss();
        ready.clear();
        notifyAll();
    }

    @Override
    public void run() {
        boolean moreCpus = true;
        for (int count = awaitNeed(); count > 0; count = awaitNeed()) {
            try {
                ThreadStart start = new ThreadStart();
                start.start();
                add(start);
                if (moreCpus) platform.reserveCpus(count);
            } catch (OutOfMemoryError none) {
                close();
            } catch (HostFailure none) {
                // those that exist are all there are
                moreCpus = false;
            }
        }
    }

    /** Waits until a thread is missing; returns how many there should be, or 0 when it is over. */
    private synchronized int awaitNeed() {
        while (!closed && ready.size() >= wanted()) {
            try {
                wait();
            } catch (InterruptedException e) {
                // nobody interrupts this thread
                Thread.currentThread().interrupt();
                return 0;
            }
        }
        return closed ? 0 : wanted();
    }

    private synchronized void add(ThreadStart start) {
        if (closed) start.dismiss();
        else ready.add(start);
    }
}
