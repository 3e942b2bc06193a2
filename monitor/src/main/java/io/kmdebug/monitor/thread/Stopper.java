package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.Trace;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stops the world: afterwards every thread of the payload is at its boundary, its registers at rest, or gone. A call
 * that blocks in the host is interrupted and made again later, so a stop changes nothing in the world.
 */
public final class Stopper {
    private static final long FIRST_WAIT_MILLIS = 1;
    private static final long LONGEST_WAIT_MILLIS = 4;

    private final List<PayloadThread> threads;
    private boolean stopped;

    /** @param threads live threads; guards itself */
    Stopper(List<PayloadThread> threads) {
        this.threads = threads;
    }

    /**
     * Stops all threads but the caller, if it is one: that one counts as stopped while it waits for another stop to
     * end. Returns when they are at rest.
     *
     * @param self the calling thread when it is the payload's, else null
     */
    public void stopAll(@Nullable PayloadThread self) {
        stop(begin(self, false));
    }

    /**
     * Like {@link #stopAll}, for a thread that has nothing to do any more once it is to end: it does not wait then for
     * another stop, whose maker may wait for its end.
     *
     * @return false, and nothing is stopped, when it is to end
     */
    public boolean stopAllUnlessEnding(PayloadThread self) {
        List<PayloadThread> others = begin(self, true);
        if (others == null) return false;
        stop(others);
        return true;
    }

    /** A thread that may wait in {@link #stopAllUnlessEnding} is to look again. */
    synchronized void tell() {
        notifyAll();
    }

    private static void stop(@Nullable List<PayloadThread> others) {
        if (others == null) return;
        if (Trace.on(Trace.SCHED)) Trace.line(Trace.SCHED, "all threads stop, " + others.size() + " others");
        for (PayloadThread thread : others) if (thread.request(Requests.STOP)) thread.kick();
        awaitRest(others);
    }

    /**
     * Holds all threads but the caller, if it is one, for the debugger; those that are born meanwhile too. Returns when
     * they are at rest. A held thread stays so when a {@link #stopAll} ends.
     */
    public void holdAll(@Nullable PayloadThread self) {
        while (true) {
            List<PayloadThread> moving = new ArrayList<>();
            synchronized (threads) {
                for (PayloadThread thread : threads) {
                    if (thread != self && !(thread.isHeld() && thread.isResting())) moving.add(thread);
                }
            }
            if (moving.isEmpty()) break;
            for (PayloadThread thread : moving) if (thread.request(Requests.HOLD)) thread.kick();
            // one of them may wait for this thread's rest itself, in a stop of its own
            if (self != null) self.state(PayloadThread.State.PARKED);
            awaitRest(moving);
        }
        if (self != null) self.state(PayloadThread.State.HANDLING);
    }

    private static void awaitRest(List<PayloadThread> others) {
        boolean interrupted = false;
        for (PayloadThread thread : others) {
            long wait = FIRST_WAIT_MILLIS;
            while (!thread.isResting()) {
                if (thread.needsKick()) thread.kick();
                try {
                    if (thread.awaitRest(wait)) break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                wait = Math.min(2 * wait, LONGEST_WAIT_MILLIS);
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private synchronized @Nullable List<PayloadThread> begin(@Nullable PayloadThread self, boolean unlessEnding) {
        boolean interrupted = false;
        if (stopped && self != null) {
            self.cpu().settle();
            self.state(PayloadThread.State.PARKED);
        }
        while (stopped && !(unlessEnding && self != null && self.isEnding())) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        if (self != null) self.state(PayloadThread.State.HANDLING);
        if (stopped) return null;
        stopped = true;
        synchronized (threads) {
            List<PayloadThread> others = new ArrayList<>(threads);
            if (self != null) others.remove(self);
            return others;
        }
    }

    /** Whether the world is stopped; new threads are born stopped then. */
    public synchronized boolean isStopped() {
        return stopped;
    }

    /** Lets some threads go on while the world stays stopped for the others. */
    public void release(PayloadThread thread) {
        thread.release();
    }

    /** Ends the stop for all threads. */
    public synchronized void resumeAll() {
        if (Trace.on(Trace.SCHED)) Trace.line(Trace.SCHED, "all threads go on");
        stopped = false;
        synchronized (threads) {
            for (PayloadThread thread : threads) thread.release();
        }
        notifyAll();
    }
}
