package io.kmdebug.monitor.stub;

import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.syscall.SyscallNames;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import io.kmdebug.rsp.StubTarget.Action;
import io.kmdebug.rsp.StubTarget.Stop;
import io.kmdebug.rsp.StubTarget.StopReason;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stops and resumes the payload for a debugger. A stop holds every thread; the thread whose event caused it waits in
 * the hook that reported it. Events of other threads that come while a stop is under way are kept for the next resume
 * that covers them.
 *
 * <pre>
 * FREE --attach--> STOPPING --all at rest--> STOPPED --resume--> RUNNING --event, interrupt--> STOPPING
 *   ^                                           |                   |
 *   '------------------ detach -----------------'                   '--the process ends--> OVER
 * </pre>
 */
final class RunControl {
    enum Phase {
        FREE,
        RUNNING,
        STOPPING,
        STOPPED,
        OVER
    }

    /** What keeps a thread from the instruction that it is at. */
    private interface Obstacle {
        /** Makes the instruction possible; false when nothing is in its way any more. */
        boolean lift();
    }

    private static final long LOOK_NANOS = 50_000;

    private final Payload payload;
    private final Breakpoints breakpoints;
    private final Watchpoints watchpoints;
    private final Object lock;
    /** The payload runs on the memory of another one, which has breakpoints and watchpoints there as well. */
    private final boolean borrows;

    // all guarded by lock
    private final DebuggedThreads threads;
    private final StepOvers stepOvers;
    private final ThreadEvents threadEvents = new ThreadEvents();
    private Phase phase = Phase.FREE;
    private boolean newbornsRun = true;
    private Set<Integer> passed = Set.of();
    /** System calls that are stops: null none, empty all. */
    private @Nullable Set<Integer> caught;

    private boolean execCaught;
    /** Signals that the payload may have after a detach; null: all. */
    private @Nullable Set<Integer> allowed;

    private int lastTid;
    /** Resumes so far. */
    private long turn;
    /** Waits for all others to rest, to do an instruction alone. */
    private @Nullable DebuggedThread gatherer;

    private volatile boolean catchesCalls;

    /** The payload waits at its entry for the first debugger. */
    private volatile boolean nobodyCame;

    private volatile Consumer<Stop> listener = stop -> {};

    /** @param lender who has the payload's memory and debugs it, too; null: nobody */
    RunControl(Payload payload, Breakpoints breakpoints, Watchpoints watchpoints, @Nullable RunControl lender) {
        this.payload = payload;
        lock = lender == null ? new Object() : lender.lock;
        borrows = lender != null;
        this.breakpoints = breakpoints;
        this.watchpoints = watchpoints;
        threads = new DebuggedThreads(payload);
        stepOvers = new StepOvers(threads, breakpoints, watchpoints);
    }

    void listener(Consumer<Stop> told) {
        listener = told;
    }

    /** Guards whatever is known of threads, breakpoints and phases. */
    Object lock() {
        return lock;
    }

    DebuggedThreads threads() {
        return threads;
    }

    StepOvers stepOvers() {
        return stepOvers;
    }

    ThreadEvents threadEvents() {
        return threadEvents;
    }

    /** To be asked under the lock. */
    Phase phase() {
        return phase;
    }

    /** Whether threads that are born now run. To be asked under the lock. */
    boolean newbornsRun() {
        return phase == Phase.FREE || (phase == Phase.RUNNING && newbornsRun);
    }

    /** Whether a signal is delivered without a stop. To be asked under the lock. */
    boolean isPassed(int signal) {
        return phase == Phase.FREE || passed.contains(signal);
    }

    /** The threads wait where they are until a debugger lets them go. To be called before they run. */
    void holdAtStart() {
        synchronized (lock) {
            for (PayloadThread thread : payload.threads()) thread.hold();
            phase = Phase.STOPPED;
            nobodyCame = true;
        }
    }

    /** The debugger takes the payload for running. To be called before its threads run. */
    void runDebugged() {
        synchronized (lock) {
            phase = Phase.RUNNING;
            for (DebuggedThread one : threads.live()) one.action = new Action.Continue(0);
        }
    }

    /**
     * The payload, on another one's memory, goes on in another monitor; a stop that is under way comes first.
     *
     * @return whether it is debugged
     */
    boolean leaves(PayloadThread thread) {
        while (true) {
            synchronized (lock) {
                if (phase == Phase.FREE || phase == Phase.OVER) return false;
                if (phase == Phase.RUNNING) {
                    phase = Phase.OVER;
                    breakpoints.removeAll();
                    return true;
                }
            }
            thread.parkWhileHeld();
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    // ---- what the debugger asks for

    void attach() {
        boolean held;
        synchronized (lock) {
            if (phase == Phase.OVER) return;
            nobodyCame = false;
            held = phase == Phase.STOPPED;
            if (!held) phase = Phase.STOPPING;
        }
        if (!held) {
            payload.stopper().holdAll(null);
            stopped();
        }
        tell(someTid(), new StopReason.Attached());
    }

    void interrupt() {
        synchronized (lock) {
            if (phase != Phase.RUNNING) return; // a stop is on its way already
            phase = Phase.STOPPING;
        }
        payload.stopper().holdAll(null);
        stopped();
        tell(someTid(), new StopReason.Interrupted());
    }

    void passSignals(Set<Integer> signals) {
        synchronized (lock) {
            passed = Set.copyOf(signals);
        }
    }

    private void withdraw(DebuggedThread one) {
        SignalInfo info = one.waiting;
        Set<Integer> some = allowed;
        boolean refused = info != null && some != null && !some.contains(info.signal());
        if (refused && one.decision == null) one.decision = 0;
    }

    void programSignals(Set<Integer> signals) {
        synchronized (lock) {
            allowed = Set.copyOf(signals);
        }
    }

    void catchCalls(@Nullable Set<Integer> calls) {
        synchronized (lock) {
            caught = calls == null ? null : Set.copyOf(calls);
            catchesCalls = calls != null;
        }
        if (calls != null) payload.answerNothingInGuest();
    }

    /** Whether any system call is a stop. */
    boolean catchesCalls() {
        return catchesCalls;
    }

    /** Whether this one is. To be asked under the lock. */
    boolean catches(int call) {
        Set<Integer> calls = caught;
        return phase != Phase.FREE && calls != null && (calls.isEmpty() || calls.contains(call));
    }

    void catchExec(boolean on) {
        synchronized (lock) {
            execCaught = on;
        }
    }

    /** Whether a new program is a stop. */
    boolean catchesExec() {
        synchronized (lock) {
            return phase != Phase.FREE && execCaught;
        }
    }

    void detach() {
        synchronized (lock) {
            if (phase != Phase.STOPPED) return;
            breakpoints.removeAll();
            if (!borrows) watchpoints.removeAll();
            phase = Phase.FREE;
            passed = Set.of();
            caught = null;
            catchesCalls = false;
            execCaught = false;
            threadEvents.forget();
            for (DebuggedThread one : threads.live()) withdraw(one);
            allowed = null;
            newbornsRun = true;
            for (DebuggedThread one : threads.live()) {
                one.disarm();
                one.pending = null;
                one.action = null;
                one.handlers = 0;
                one.thread.letGo();
            }
            lock.notifyAll();
        }
    }

    void resume(Map<Integer, Action> actions, boolean newborns) {
        Stop due;
        synchronized (lock) {
            if (phase != Phase.STOPPED) throw new IllegalStateException("resumed while " + phase);
            for (DebuggedThread one : threads.live()) prepare(one, actions.get(one.thread.tid()));
            due = duePending();
            if (due == null) {
                newbornsRun = newborns;
                phase = Phase.RUNNING;
                turn++;
                stepOvers.begin();
                lock.notifyAll();
            }
        }
        if (due != null) tell(due.tid(), due.reason());
    }

    private void prepare(DebuggedThread one, @Nullable Action action) {
        one.action = action;
        if (action == null) return;
        if (!(action instanceof Action.StepRange) || !one.isStepDone()) one.handlers = 0;
        int signal = signalOf(action);
        if (one.waiting != null && one.pending == null) {
            if (one.decision == null) one.decision = signal;
        } else if (signal != 0) {
            one.injected.set(signal);
            payload.signals().post(one.thread.signals(), SignalInfo.sent(signal, SignalInfo.SI_USER, payload.pid(), 0));
        }
    }

    private static int signalOf(Action action) {
        if (action instanceof Action.Continue go) return go.signal();
        return action instanceof Action.Step step ? step.signal() : 0;
    }

    /**
     * An event of a covered thread that nobody has heard of yet, and that still stands. As with gdbserver, a step that
     * was done when another thread's event was reported is told to whoever asks for that step again.
     */
    private @Nullable Stop duePending() {
        Stop end = threadEvents.due();
        if (end != null) return end;
        for (DebuggedThread one : threads.live()) {
            StopReason reason = one.pending;
            if (one.action == null || reason == null) continue;
            one.pending = null;
            if (reason instanceof StopReason.Breakpoint && !breakpoints.isPlanted(one.pc())) continue;
            if (reason instanceof StopReason.Stepped && (!one.isStepDone() || signalOf(one.action) != 0)) continue;
            return new Stop(one.thread.tid(), reason);
        }
        return null;
    }

    // ---- stops

    /** To be called on the thread it happened to; returns when the thread may go on. */
    void event(PayloadThread thread, StopReason reason) {
        boolean first = false;
        thread.cpu().settle();
        synchronized (lock) {
            if (phase == Phase.FREE) return;
            thread.hold();
            if (phase == Phase.RUNNING) {
                phase = Phase.STOPPING;
                first = true;
            } else {
                threads.of(thread).pending = reason;
            }
        }
        if (first) {
            payload.stopper().holdAll(thread);
            stopped();
            tell(thread.tid(), reason);
        }
        thread.parkWhileHeld();
    }

    /** To be called on a thread that met a watched page; it is going to do the instruction again, alone when it may. */
    void meets(PayloadThread thread, MemoryAccess access) {
        gather(thread, () -> watchpoints.open(access));
    }

    /** To be called on a thread at a breakpoint that is no stop; it is going to step over it, alone. */
    void passes(PayloadThread thread) {
        gather(thread, () -> breakpoints.lift(thread.context().get(GuestContext.RIP)));
    }

    private void gather(PayloadThread thread, Obstacle obstacle) {
        long begun;
        DebuggedThread one;
        synchronized (lock) {
            one = threads.of(thread);
            if (stepOvers.isOver(one)) {
                obstacle.lift();
                return;
            }
            if (phase == Phase.STOPPING || phase == Phase.STOPPED || gatherer != null || stepOvers.isUnderWay()) {
                thread.hold();
                return;
            }
            if (phase != Phase.RUNNING) return;
            gatherer = one;
            begun = turn;
        }
        thread.cpu().settle();
        payload.stopper().holdAll(thread);
        synchronized (lock) {
            if (gatherer != one || phase != Phase.RUNNING || turn != begun) return; // a stop came first
            gatherer = null;
            if (obstacle.lift()) stepOvers.alone(one);
            else stepOvers.next();
        }
    }

    /** All threads are at rest. */
    private void stopped() {
        synchronized (lock) {
            gatherer = null;
            stepOvers.abandon();
            for (DebuggedThread one : threads.live()) one.disarm();
            phase = Phase.STOPPED;
            lock.notifyAll();
        }
    }

    private void tell(int tid, StopReason reason) {
        synchronized (lock) {
            lastTid = tid;
            DebuggedThread one = threads.find(tid);
            if (one != null) one.reportedPc = one.pc();
        }
        listener.accept(new Stop(tid, reason));
    }

    /** The one that the last stop was about, or another live one. */
    int currentThread() {
        return someTid();
    }

    private int someTid() {
        synchronized (lock) {
            List<DebuggedThread> live = threads.live();
            for (DebuggedThread one : live) if (one.thread.tid() == lastTid) return lastTid;
            return live.isEmpty() ? payload.pid() : live.get(0).thread.tid();
        }
    }

    /** The signal in whose delivery a stopped thread waits. */
    @Nullable
    SignalInfo waiting(int tid) {
        synchronized (lock) {
            DebuggedThread one = threads.find(tid);
            return one == null ? null : one.waiting;
        }
    }

    /** Another siginfo for the signal in whose delivery the thread waits; false when it waits in none. */
    boolean replaceWaiting(int tid, SignalInfo info) {
        synchronized (lock) {
            DebuggedThread one = threads.find(tid);
            if (one == null || one.waiting == null) return false;
            one.waiting = info;
            return true;
        }
    }

    /** The debugger has set the pc: a breakpoint there is hit, and what happened at the old place is forgotten. */
    void moved(PayloadThread thread) {
        synchronized (lock) {
            DebuggedThread one = threads.of(thread);
            one.reportedPc = 0;
            if (!(one.pending instanceof StopReason.Signalled)) one.pending = null;
        }
    }

    /** Whoever waits for a debugger that never came waits no longer. */
    void stopWaiting() {
        synchronized (lock) {
            if (nobodyCame) detach();
            nobodyCame = false;
        }
    }

    boolean nobodyCame() {
        return nobodyCame;
    }

    /** To be called on a thread that has done its last instruction, before those that wait for its end are told. */
    void leaving(PayloadThread thread) {
        synchronized (lock) {
            if (phase != Phase.FREE && phase != Phase.OVER) threadEvents.leaves(thread.tid());
        }
    }

    /** To be called on a thread that has ended and is none of the payload's any more. */
    void left(PayloadThread thread) {
        synchronized (lock) {
            if (!threadEvents.left(thread.tid())) return;
            lock.notifyAll();
            if (phase == Phase.FREE || phase == Phase.OVER || payload.threads().isEmpty()) return;
            threadEvents.ended(thread.tid(), thread.exitStatus());
            if (phase != Phase.RUNNING) return;
            phase = Phase.STOPPING;
        }
        payload.stopper().holdAll(thread);
        stopped();
        Stop end;
        synchronized (lock) {
            end = threadEvents.due();
        }
        if (end != null) tell(end.tid(), end.reason());
        else tell(someTid(), new StopReason.Interrupted());
    }

    /** A thread is gone; when all others are held, nothing will ever stop. */
    void ended(PayloadThread thread) {
        Stop nobody = null;
        synchronized (lock) {
            DebuggedThread one = threads.remove(thread.tid());
            if (one != null && stepOvers.isOver(one)) {
                stepOvers.finish();
                stepOvers.next();
            }
            List<DebuggedThread> live = threads.live();
            if (phase == Phase.RUNNING && !live.isEmpty() && live.stream().allMatch(left -> left.action == null)) {
                phase = Phase.STOPPED;
                nobody = new Stop(live.get(0).thread.tid(), new StopReason.NothingResumed());
            }
        }
        if (nobody != null) tell(nobody.tid(), nobody.reason());
    }

    /**
     * The process is gone. A stop that is under way comes first; the end is told when the payload is resumed.
     *
     * @param self the calling thread when it is the payload's
     */
    void over(@Nullable PayloadThread self, StopReason end) {
        synchronized (lock) {
            boolean interrupted = false;
            while (phase == Phase.STOPPING || phase == Phase.STOPPED || threadEvents.isAnyLeaving()) {
                if (self != null) self.state(PayloadThread.State.PARKED);
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) Thread.currentThread().interrupt();
            if (phase == Phase.OVER) return; // it left this monitor
            phase = Phase.OVER;
            if (borrows) breakpoints.removeAll();
        }
        tell(0, end);
    }

    /** For people: the signal or the system call in which a stopped thread is; else nothing. */
    String describe(PayloadThread thread) {
        SignalInfo info = waiting(thread.tid());
        if (info != null) return "received " + LinuxSignal.nameOf(info.signal());
        if (!thread.isCallInterrupted()) return "";
        return "in " + SyscallNames.name((int) thread.context().originalRax());
    }
}
