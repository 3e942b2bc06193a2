package io.kmdebug.monitor.signal;

import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.state.SignalState;
import io.kmdebug.monitor.syscall.GuestFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Signal state that all threads share: dispositions and the process-wide pending queue. Thread-safe. */
public final class ProcessSignals {
    private static final int SIGNALS = 64;
    private static final int SIGKILL = 9;
    private static final int SIGCONT = 18;
    private static final int FIRST_REAL_TIME = 32;

    /** RLIMIT_SIGPENDING. */
    public interface QueueLimit {
        long mostQueued();
    }

    /** Told when a signal becomes pending or is taken; signalfd(2) hangs on it. Called with the lock held. */
    public interface Listener {
        void pendingChanged(long pending);
    }

    private final SignalHost host;
    private @Nullable QueueLimit queueLimit;
    private final SignalAction[] actions = new SignalAction[SIGNALS + 1];
    private final SignalQueue shared = new SignalQueue();
    private final List<ThreadSignals> threads = new ArrayList<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    public ProcessSignals(SignalHost host) {
        this.host = host;
        Arrays.fill(actions, SignalAction.INITIAL);
    }

    SignalHost host() {
        return host;
    }

    /** State of a new thread, which inherits the creator's mask (null: the first thread, nothing blocked). */
    public synchronized ThreadSignals thread(int tid, @Nullable ThreadSignals creator) {
        ThreadSignals made = new ThreadSignals(this, tid, creator == null ? 0 : creator.blocked);
        threads.add(made);
        return made;
    }

    /** The thread is gone; its own pending signals with it. What it would have taken of the process's wakes others. */
    public synchronized void remove(ThreadSignals thread) {
        threads.remove(thread);
        for (int signal = 1; signal <= SIGNALS; signal++) {
            if (SignalSet.has(shared.pending(), signal)) wakeOne(signal);
        }
        tellListeners();
    }

    public synchronized SignalAction action(int signal) {
        return actions[signal];
    }

    /** Returns the old action. A signal that is ignored from now on is no longer pending. */
    public synchronized SignalAction action(int signal, SignalAction action) {
        SignalAction old = actions[signal];
        actions[signal] = action;
        if (action.ignores(signal)) {
            shared.discard(SignalSet.bit(signal));
            for (ThreadSignals thread : threads) thread.queue.discard(SignalSet.bit(signal));
            tellListeners();
        }
        if (HostActions.concerns(signal)) host.hostActions().changed(signal, action);
        return old;
    }

    /** The program begins with the signals of {@code set} ignored. */
    public synchronized void ignore(long set) {
        for (int signal = 1; signal <= SIGNALS; signal++) {
            boolean possible = !SignalSet.has(SignalSet.UNBLOCKABLE, signal);
            if (possible && SignalSet.has(set, signal)) {
                actions[signal] = new SignalAction(SignalAction.IGNORE, 0, 0, 0);
            }
        }
    }

    /** Sends to the process: an unblocked thread is chosen and woken. False when the queue is full (EAGAIN). */
    public synchronized boolean post(SignalInfo info) {
        int signal = info.signal();
        trace("for the process:", info);
        prepare(signal);
        if (threads.isEmpty() || ignored(threads.get(0), signal)) return true;
        SignalInfo admitted = admit(shared, info);
        if (admitted == null) return false;
        if (shared.add(admitted)) {
            tellListeners();
            wakeOne(signal);
        }
        return true;
    }

    /** Sends to one thread. False when the queue is full (EAGAIN). */
    public synchronized boolean post(ThreadSignals thread, SignalInfo info) {
        int signal = info.signal();
        if (Trace.on(Trace.SIGNALS)) trace("for thread " + thread.tid() + ":", info);
        prepare(signal);
        if (ignored(thread, signal)) return true;
        SignalInfo admitted = admit(thread.queue, info);
        if (admitted == null) return false;
        if (thread.queue.add(admitted)) {
            tellListeners();
            if (wants(thread, signal)) host.wake(thread.tid());
        }
        return true;
    }

    /**
     * What is queued when the limit on queued signals is met: the kernel's own and faults all the same, others without
     * their siginfo, and null for a real-time signal that was sent with one. signal(7), sigqueue(3).
     */
    private @Nullable SignalInfo admit(SignalQueue queue, SignalInfo info) {
        QueueLimit limit = queueLimit;
        if (limit == null) return info;
        boolean realTime = info.signal() >= FIRST_REAL_TIME;
        if (!realTime && info.code() >= 0 || info.code() == SignalInfo.SI_TIMER) return info;
        long queued = shared.size();
        for (ThreadSignals thread : threads) queued += thread.queue.size();
        if (queued < limit.mostQueued()) return info;
        if (realTime && info.code() != SignalInfo.SI_USER) return null;
        return SignalQueue.bare(info.signal());
    }

    public void queueLimit(QueueLimit limit) {
        queueLimit = limit;
    }

    private static boolean wants(ThreadSignals thread, int signal) {
        return SignalSet.has(~thread.blocked | thread.waitingFor, signal);
    }

    /** A blocked signal stays pending even when it is ignored: the action may change before it is unblocked. */
    private boolean ignored(ThreadSignals thread, int signal) {
        return !SignalSet.has(thread.blocked | thread.waitingFor, signal) && actions[signal].ignores(signal);
    }

    /** SIGCONT and the stop signals cancel each other when they are sent. */
    private void prepare(int signal) {
        if (signal == SIGCONT) {
            discardEverywhere(SignalSet.STOPPING);
            host.proceed();
        } else if (SignalSet.has(SignalSet.STOPPING, signal)) {
            discardEverywhere(SignalSet.CONTINUING);
        } else if (signal == SIGKILL) {
            host.proceed();
        }
    }

    private void discardEverywhere(long set) {
        shared.discard(set);
        for (ThreadSignals thread : threads) thread.queue.discard(set);
    }

    /** The first thread if it does not block the signal, as the kernel prefers it, else any that does not. */
    private void wakeOne(int signal) {
        for (ThreadSignals thread : threads) {
            if (!wants(thread, signal)) continue;
            host.wake(thread.tid());
            return;
        }
    }

    /**
     * A fault of the thread itself, delivered at its next boundary; it kills when blocked or ignored.
     *
     * @param trap processor vector, 0 to 31; for the signal frame, like the next two
     * @param errorCode as the processor pushed it, 0 when it pushes none
     * @param cr2 the faulting address of a page fault
     */
    public synchronized void fault(ThreadSignals thread, SignalInfo info, int trap, long errorCode, long cr2) {
        thread.trap = trap;
        thread.errorCode = errorCode;
        thread.cr2 = cr2;
        if (Trace.on(Trace.SIGNALS)) trace("fault of thread " + thread.tid() + ":", info);
        force(thread, info);
    }

    private static void trace(String what, SignalInfo info) {
        if (!Trace.on(Trace.SIGNALS)) return;
        String address = info.hasFaultAddress() ? ", address 0x" + Long.toHexString(info.faultAddress()) : "";
        Trace.line(Trace.SIGNALS, what + " " + LinuxSignal.nameOf(info.signal()) + ", code " + info.code() + address);
    }

    private void force(ThreadSignals thread, SignalInfo info) {
        int signal = info.signal();
        boolean blocked = SignalSet.has(thread.blocked, signal);
        if (blocked || actions[signal].handler() == SignalAction.IGNORE) {
            actions[signal] = SignalAction.INITIAL;
            thread.blocked &= ~SignalSet.bit(signal);
        }
        // the fault's own siginfo counts, not that of one sent before
        thread.queue.discard(SignalSet.bit(signal));
        thread.queue.add(info);
        host.wake(thread.tid());
    }

    /** The frame could not be written: SIGSEGV, which kills when it was the handler of SIGSEGV that could not start. */
    private synchronized void frameFault(ThreadSignals thread, int failed) {
        SignalInfo info = SignalInfo.fault(11, SignalInfo.SI_KERNEL, 0);
        if (failed == 11) actions[11] = SignalAction.INITIAL;
        force(thread, info);
    }

    synchronized void mask(ThreadSignals thread, long mask) {
        thread.blocked = mask;
        if (deliverable(thread)) host.wake(thread.tid());
    }

    private boolean deliverable(ThreadSignals thread) {
        return ((thread.queue.pending() | shared.pending()) & ~thread.blocked) != 0;
    }

    synchronized boolean hasDeliverable(ThreadSignals thread) {
        return deliverable(thread);
    }

    synchronized long pending(ThreadSignals thread) {
        return thread.queue.pending() | shared.pending();
    }

    /** Whether this very siginfo waits to be delivered. */
    public synchronized boolean isQueued(SignalInfo info) {
        if (shared.holds(info)) return true;
        for (ThreadSignals thread : threads) if (thread.queue.holds(info)) return true;
        return false;
    }

    /** Takes one pending signal of {@code wanted}, the thread's before the process's; null when there is none. */
    public synchronized @Nullable SignalInfo take(ThreadSignals thread, long wanted) {
        SignalInfo info = thread.queue.take(wanted, SignalSet.SYNCHRONOUS);
        if (info == null) info = shared.take(wanted, SignalSet.SYNCHRONOUS);
        if (info != null) tellListeners();
        return info;
    }

    /** The unblocked signal to deliver next, or null. */
    private synchronized @Nullable SignalInfo next(ThreadSignals thread) {
        return take(thread, ~thread.blocked);
    }

    /** The action as it holds for this delivery; SA_RESETHAND takes effect. */
    private synchronized SignalAction use(int signal) {
        SignalAction action = actions[signal];
        boolean handled = action.handler() != SignalAction.DEFAULT && action.handler() != SignalAction.IGNORE;
        if (handled && action.has(SignalAction.SA_RESETHAND)) {
            actions[signal] = new SignalAction(SignalAction.DEFAULT, action.flags(), action.restorer(), action.mask());
        }
        return action;
    }

    /**
     * The thread's boundary: finishes an interrupted call (rax is one of the codes of {@code SyscallThread.Restart})
     * and delivers what is deliverable. To be called on the thread, before it enters the guest again, when its SIGNAL
     * request is set (clear the request first) or when the last call was interrupted.
     */
    public void deliverPending(ThreadSignals thread, GuestContext context) {
        boolean handled = false;
        for (SignalInfo info = next(thread); info != null; info = next(thread)) {
            if (info.signal() != SIGKILL) {
                thread.delivering = info;
                SignalInfo decided = host.beforeDelivery(thread.tid(), info);
                thread.delivering = null;
                if (decided == null) continue;
                info = decided;
            }
            SignalAction action = use(info.signal());
            if (action.handler() == SignalAction.IGNORE) continue;
            if (action.handler() == SignalAction.DEFAULT) {
                if (Trace.on(Trace.SIGNALS)) trace("default action in thread " + thread.tid() + " for", info);
                if (defaultAction(thread, info)) return;
                continue;
            }
            handled |= handle(thread, context, info, action);
        }
        if (handled) return;
        InterruptedCall.again(context);
        thread.endMaskForThisCall();
    }

    private boolean handle(ThreadSignals thread, GuestContext context, SignalInfo info, SignalAction action) {
        InterruptedCall.beforeHandler(context, action);
        try {
            new SignalFrame(thread, context, host).push(info, action);
        } catch (GuestFault noStack) {
            frameFault(thread, info.signal());
            return false;
        }
        if (Trace.on(Trace.SIGNALS)) {
            trace("handler 0x" + Long.toHexString(action.handler()) + " in thread " + thread.tid() + " for", info);
        }
        thread.restoresMask = false;
        long blocked = thread.mask() | action.mask();
        if (!action.has(SignalAction.SA_NODEFER)) blocked |= SignalSet.bit(info.signal());
        thread.mask(blocked);
        return true;
    }

    /** Whether the thread is to leave. */
    private boolean defaultAction(ThreadSignals thread, SignalInfo info) {
        switch (LinuxSignal.defaultActionOf(info.signal())) {
            case TERMINATE -> host.terminate(thread.tid(), info, false);
            case CORE -> host.terminate(thread.tid(), info, true);
            case STOP -> {
                host.stop(thread.tid(), info);
                return false;
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** exec: handlers become default, ignored stays ignored, the alternate stack is forgotten. */
    public synchronized void exec(ThreadSignals survivor) {
        for (int signal = 1; signal <= SIGNALS; signal++) {
            if (actions[signal].handler() != SignalAction.IGNORE) actions[signal] = SignalAction.INITIAL;
        }
        survivor.alternate = AlternateStack.NONE;
        survivor.restoresMask = false;
    }

    /** Dispositions and what is pending for the process. */
    public synchronized SignalState capture() {
        return new SignalState(List.of(actions).subList(1, SIGNALS + 1), shared.all());
    }

    /** Takes over what {@link #capture} gave, in a process that has sent nothing yet. */
    public synchronized void restore(SignalState state) {
        for (int signal = 1; signal <= SIGNALS; signal++)
            actions[signal] = state.actions().get(signal - 1);
        for (SignalInfo info : state.pending()) shared.add(info);
        tellListeners();
    }

    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    public void removeListener(Listener listener) {
        listeners.remove(listener);
    }

    /** Signals that are pending for the process as a whole. */
    public synchronized long sharedPending() {
        return shared.pending();
    }

    synchronized long ownPending(ThreadSignals thread) {
        return thread.queue.pending();
    }

    /** Signals that are pending for the process or any of its threads. */
    public synchronized long pending() {
        long pending = shared.pending();
        for (ThreadSignals thread : threads) pending |= thread.queue.pending();
        return pending;
    }

    private void tellListeners() {
        if (listeners.isEmpty()) return;
        long pending = pending();
        for (Listener listener : listeners) listener.pendingChanged(pending);
    }
}
