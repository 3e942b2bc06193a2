package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.host.HostCall;
import org.jspecify.annotations.Nullable;

/** The platform thread for a new payload thread: tells its tid, waits for its payload thread, runs it. */
final class ThreadStart implements Runnable {
    private int hostTid;
    private boolean dismissed;
    private final @Nullable Runnable preparation;
    private @Nullable PayloadThread thread;

    ThreadStart() {
        this(null);
    }

    /** @param preparation done first, on the new thread */
    ThreadStart(@Nullable Runnable preparation) {
        this.preparation = preparation;
    }

    /** Starts it; returns the host's tid, which becomes the payload thread's. */
    synchronized int start() {
        Thread carrier = new Thread(null, this, "payload", 0, false);
        // whoever makes it may be a daemon; the monitor must not end when its main thread does
        carrier.setDaemon(false);
        carrier.start();
        boolean interrupted = false;
        while (hostTid == 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        return hostTid;
    }

    /** The host's tid of a started one. */
    synchronized int hostTid() {
        return hostTid;
    }

    /** It is not needed: the platform thread ends. */
    synchronized void dismiss() {
        dismissed = true;
        notifyAll();
    }

    synchronized void go(PayloadThread ready) {
        thread = ready;
        notifyAll();
    }

    @Override
    public void run() {
        PayloadThread mine = await();
        if (mine == null) return;
        if (preparation != null) preparation.run();
        mine.bind();
        mine.openToHost();
        mine.run();
    }

    private synchronized @Nullable PayloadThread await() {
        hostTid = HostCall.gettid();
        notifyAll();
        while (true) {
            PayloadThread ready = thread;
            if (ready != null || dismissed) return ready;
            try {
                wait();
            } catch (InterruptedException e) {
                // Nobody interrupts this thread; if somebody did, it still has a payload thread to run.
                Thread.interrupted();
            }
        }
    }
}
