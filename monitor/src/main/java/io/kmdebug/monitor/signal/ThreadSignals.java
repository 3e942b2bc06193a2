package io.kmdebug.monitor.signal;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.state.ThreadSignalState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Signal state of one thread: mask, pending queue, alternate stack. Made by {@link ProcessSignals#thread}. */
public final class ThreadSignals {
    /** SIGTTIN, SIGTTOU: whether they are blocked decides what the terminal does to a call. */
    private static final long TERMINAL = SignalSet.bit(21) | SignalSet.bit(22);

    private final ProcessSignals process;
    private volatile int tid;

    // guarded by the lock of ProcessSignals, as other threads post
    final SignalQueue queue = new SignalQueue();
    long blocked;
    /** What sigtimedwait(2) waits for: wakes the thread although it is blocked, and is never dropped as ignored. */
    long waitingFor;

    // the thread's own
    /** Taken from its queue, and with the debugger that decides about it. */
    @Nullable
    SignalInfo delivering;

    AlternateStack alternate = AlternateStack.NONE;
    long maskToRestore;
    boolean restoresMask;
    int trap;
    long errorCode;
    long cr2;

    ThreadSignals(ProcessSignals process, int tid, long blocked) {
        this.process = process;
        this.tid = tid;
        this.blocked = blocked;
    }

    public int tid() {
        return tid;
    }

    /** exec: the thread has the process's number from now on. */
    public void tid(int changed) {
        tid = changed;
    }

    public ProcessSignals process() {
        return process;
    }

    /** The signals that are blocked now. */
    public long mask() {
        synchronized (process) {
            return blocked;
        }
    }

    /** Blocks exactly {@code mask}, without SIGKILL and SIGSTOP; what becomes deliverable wakes the thread. */
    public void mask(long mask) {
        long changed = (blocked ^ mask) & TERMINAL;
        process.mask(this, mask & ~SignalSet.UNBLOCKABLE);
        if (changed != 0) process.host().hostActions().maskChanged(mask);
    }

    /**
     * Blocks {@code mask} until the boundary after this call: sigsuspend, ppoll, pselect, epoll_pwait. The handler that
     * interrupts the call runs with it, and its return brings the old mask back.
     */
    public void maskForThisCall(long mask) {
        if (!restoresMask) maskToRestore = mask();
        restoresMask = true;
        mask(mask);
    }

    /** The call with its own mask was not interrupted: the old mask comes back at once. */
    public void endMaskForThisCall() {
        if (!restoresMask) return;
        restoresMask = false;
        mask(maskToRestore);
    }

    public AlternateStack alternateStack() {
        return alternate;
    }

    public void alternateStack(AlternateStack stack) {
        alternate = stack;
    }

    /** Signals that are pending for this thread alone. */
    public long ownPending() {
        return process.ownPending(this);
    }

    /** Signals that are pending for the thread or the process. */
    public long pending() {
        return process.pending(this);
    }

    /**
     * Takes a pending signal of {@code set}; if there is none, null, and one that comes wakes the thread until {@link
     * #endWait()}.
     */
    public @Nullable SignalInfo takeOrWait(long set) {
        synchronized (process) {
            SignalInfo info = process.take(this, set);
            waitingFor = info == null ? set : 0;
            return info;
        }
    }

    public void endWait() {
        synchronized (process) {
            waitingFor = 0;
        }
    }

    /** Everything of a thread at rest. */
    public ThreadSignalState capture() {
        synchronized (process) {
            List<SignalInfo> pending = new ArrayList<>(queue.all());
            SignalInfo undecided = delivering;
            if (undecided != null) pending.add(0, undecided);
            return new ThreadSignalState(
                    blocked, restoresMask, maskToRestore, alternate, pending, trap, errorCode, cr2);
        }
    }

    /** Takes over what {@link #capture} gave, on a thread that does not run yet. */
    public void restore(ThreadSignalState state) {
        synchronized (process) {
            blocked = state.blocked();
            restoresMask = state.restoresMask();
            maskToRestore = state.maskToRestore();
            alternate = state.alternate();
            for (SignalInfo info : state.pending()) queue.add(info);
            trap = state.trap();
            errorCode = state.errorCode();
            cr2 = state.cr2();
        }
    }

    /** Whether a signal waits that the thread does not block. */
    public boolean hasDeliverable() {
        return process.hasDeliverable(this);
    }
}
