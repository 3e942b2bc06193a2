package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.thread.PayloadThread.State;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What others ask of a payload thread, and where that thread is. Whoever asks sets a bit and kicks the thread if it is
 * away; the thread says where it goes before it looks at the bits. So either it sees them or it is kicked.
 */
final class Requests {
    /** Park until resumed. */
    static final int STOP = 1;
    /** A signal may be deliverable. */
    static final int SIGNAL = 2;
    /** Leave for good. */
    static final int EXIT = 4;
    /** Park until the debugger lets go; independent of {@link #STOP}. */
    static final int HOLD = 8;

    private final AtomicInteger bits = new AtomicInteger();
    private volatile State state = State.HANDLING;
    /** Bits that are looked at later. */
    private volatile int deferred;

    int get() {
        return bits.get();
    }

    boolean has(int some) {
        return (bits.get() & some) != 0;
    }

    /** Whether a bit is set that does not wait. */
    boolean isUrgent() {
        return isUrgent(bits.get());
    }

    boolean isUrgent(int some) {
        return (some & ~deferred) != 0;
    }

    /** These bits wait from now on, and no others. */
    void defer(int some) {
        deferred = some;
    }

    /** Sets bits; returns whether the thread must be kicked to see them. */
    boolean set(int some) {
        int old;
        do old = bits.get();
        while (!bits.compareAndSet(old, old | some));
        tell();
        return isAway();
    }

    void clear(int some) {
        int old;
        do old = bits.get();
        while (!bits.compareAndSet(old, old & ~some));
    }

    /** Clears bits; a parked thread looks again. */
    void end(int some) {
        clear(some);
        tell();
    }

    /** Somebody who waits for the thread, or the thread itself where it parks, is to look again. */
    synchronized void tell() {
        notifyAll();
    }

    State state() {
        return state;
    }

    /** The thread itself says where it goes, to nobody who waits. */
    void enter(State next) {
        state = next;
    }

    /** Whoever waits for the thread looks again. */
    void announce(State next) {
        state = next;
        tell();
    }

    /** Whether the thread is somewhere where it does not see requests, and some are set. */
    boolean needsKick() {
        return isAway() && isUrgent();
    }

    private boolean isAway() {
        State now = state;
        return now == State.GUEST || now == State.BLOCKED;
    }

    boolean isAtRest() {
        State now = state;
        return now == State.PARKED || now == State.EXITED;
    }

    /** Like {@link #isAtRest}, and for sure no thread that is about to leave its rest. */
    synchronized boolean isResting() {
        return isAtRest();
    }

    /** Waits until the thread is parked or gone, at most so long. */
    synchronized boolean awaitRest(long millis) throws InterruptedException {
        if (!isAtRest()) wait(millis);
        return isAtRest();
    }

    /**
     * Waits at rest, on the thread itself, until the gate, if any, is open and nobody stops or holds it, or it is to
     * end.
     */
    synchronized void park(@Nullable Gate gate) {
        state = State.PARKED;
        notifyAll();
        boolean interrupted = false;
        while ((gate != null && !gate.isOpen() || has(STOP | HOLD)) && !has(EXIT)) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        // inside the lock: whoever asks for a rest finds either the rest or a thread that will see the request
        state = State.HANDLING;
    }
}
