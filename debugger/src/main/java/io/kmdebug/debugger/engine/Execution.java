package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.SignalPolicy;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.target.LiveTarget;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.rsp.RspException;
import io.kmdebug.rsp.StopEvent;
import io.kmdebug.rsp.StubTarget;
import io.kmdebug.rsp.ThreadAction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs and stops a live payload. A watcher thread waits for the stub's stops and hands them to the session's owner
 * thread, where it is decided whether the user is to see them.
 */
final class Execution {
    private static final Logger LOG = System.getLogger(Execution.class.getName());

    private static final Duration LATE_INTERRUPT = Duration.ofSeconds(2);
    private static final int MOST_LATE_STOPS = 100;
    private static final Duration PAUSE_NOTICE = Duration.ofSeconds(3);

    /** Who is told. All on the owner thread. */
    interface Host {
        /** All threads stand, and the user is to know. */
        void stopped(StopReason reason, long tid);

        /** The process is gone. */
        void ended(StopEvent event);

        /** The stub is gone. */
        void lost(RspException cause);

        /** The dynamic linker has changed its list, or has done its work at the start. */
        void imagesChanged();

        /** A line for the user. */
        void say(String text);
    }

    private enum State {
        STOPPED,
        RUNNING,
        GONE
    }

    private final OwnerThread owner;
    private final LiveTarget target;
    private final PlantedBreakpoints planted;
    private final BreakpointHits hits;
    private final HeldThreads held;
    private final Inspector inspector;
    private final Host host;

    private final OwnBreakpoints own;
    private final StopWatcher watcher;
    private final Interrupts interrupts;

    private SignalPolicy policy = new SignalPolicy(Set.of());
    private Motion motion = new Motion.Run();
    private @Nullable StepPlan plan;
    private HeldThreads.@Nullable StepOver steppingOver;
    private volatile State state = State.STOPPED;
    private volatile boolean pauseAsked;
    private boolean pauseToldOf;

    Execution(
            OwnerThread owner,
            LiveTarget target,
            PlantedBreakpoints planted,
            OwnBreakpoints own,
            BreakpointTable breakpoints,
            Inspector inspector,
            Host host) {
        this.owner = owner;
        this.target = target;
        this.planted = planted;
        this.own = own;
        this.hits = new BreakpointHits(breakpoints, inspector, host::say);
        this.held = new HeldThreads(target, planted);
        this.inspector = inspector;
        this.host = host;
        this.watcher = new StopWatcher(target);
        this.interrupts = new Interrupts(
                target::resume, target::interrupt, !target.keepsLateInterrupts() && !target.stepsOverBreakpoints());
        watcher.start(() -> owner.offer(this::takeStop), cause -> owner.post(() -> lose(cause)));
    }

    boolean isStopped() {
        return state == State.STOPPED;
    }

    boolean isGone() {
        return state == State.GONE;
    }

    void setPolicy(SignalPolicy wanted) {
        policy = wanted;
        Set<Integer> passed = new TreeSet<>();
        for (int signal = 1; signal <= LinuxSignal.MAX; signal++) {
            boolean ours = signal == LinuxSignal.SIGTRAP.number() || signal == LinuxSignal.SIGINT.number();
            boolean never = signal == LinuxSignal.SIGKILL.number() || signal == LinuxSignal.SIGSTOP.number();
            if (!ours && !never && !wanted.stopsAt(signal)) passed.add(signal);
        }
        target.passSignals(passed);
    }

    void resume() {
        start(null);
    }

    void step(StepPlan wanted) {
        start(wanted);
    }

    private void start(@Nullable StepPlan wanted) {
        owner.check();
        if (state == State.GONE) throw new DebuggerException("The payload is gone.");
        if (state != State.STOPPED) throw new DebuggerException("The payload runs already.");
        pauseAsked = false;
        plan = wanted;
        if (wanted == null) {
            go(new Motion.Run());
            return;
        }
        try {
            follow(wanted, wanted.begin());
        } catch (DebuggerException e) {
            wanted.dispose();
            plan = null;
            throw e;
        }
    }

    private void follow(StepPlan of, StepPlan.Next next) {
        if (next instanceof StepPlan.Next.Move move) go(move.motion());
        else stop(new StopReason.Step(), of.tid());
    }

    /** Resumes; first those threads that stand on a breakpoint are taken over it, one by one. */
    private void go(Motion wanted) {
        motion = wanted;
        if (pauseAsked) {
            stop(new StopReason.Pause(), plan == null ? firstThread() : plan.tid());
            return;
        }
        HeldThreads.StepOver over = target.stepsOverBreakpoints() ? null : held.nextStepOver(wanted);
        List<ThreadAction> actions;
        if (over != null) {
            planted.lift(over.address());
            steppingOver = over;
            actions = List.of(ThreadAction.step((int) over.tid()));
        } else {
            actions = Motion.actions(wanted, held.takeSignals(wanted));
        }
        inspector.forget();
        state = State.RUNNING;
        interrupts.resume(actions);
        watcher.resumed();
        // A pause that came between the question above and the resume has interrupted nothing.
        if (pauseAsked) interrupts.send();
    }

    private long firstThread() {
        return target.threads().get(0).id();
    }

    private void lose(RspException cause) {
        if (watcher.isClosed() || state == State.GONE) return;
        state = State.GONE;
        plan = null;
        planted.forget();
        host.lost(cause);
    }

    private void takeStop() {
        StopEvent event = watcher.poll();
        if (event == null) return;
        try {
            arrive(event);
            decide(event);
        } catch (RspException e) {
            if (e.kind() == RspException.Kind.LOST) lose(e);
            else fail(event, e);
        } catch (DebuggerException | CorruptFileException e) {
            fail(event, e);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a stop could not be handled", e);
            fail(event, e);
        }
    }

    /** The payload stands, and it cannot be said why: the user decides. */
    private void fail(StopEvent event, RuntimeException cause) {
        host.say("The payload was stopped because of an error: " + cause.getMessage());
        stop(new StopReason.Pause(), event.tid());
    }

    private void arrive(StopEvent event) {
        target.arrived(event);
        HeldThreads.StepOver over = steppingOver;
        steppingOver = null;
        if (event.isExit() || over == null) return;
        planted.lower(over.address());
        boolean moved = event.tid() == over.tid() && !(event.reason() instanceof StubTarget.StopReason.Signalled);
        if (moved) held.moved(over.tid());
    }

    /**
     * Resumes after a stop that nobody is to see. The stepping thread may have come out of its range meanwhile, which
     * not every stub reports after it has reported another stop; or it may have ended.
     */
    private void goOn() {
        StepPlan active = plan;
        if (active == null) {
            go(new Motion.Run());
        } else if (!active.outlivesThread() && !isThere(active.tid())) {
            active.dispose();
            plan = null;
            go(new Motion.Run());
        } else if (motion instanceof Motion.StepRange range
                && !range.holds(target.generalRegisters(range.tid()).pc())) {
            follow(active, active.arrived());
        } else {
            go(motion);
        }
    }

    private boolean isThere(long tid) {
        try {
            target.registers(tid);
            return true;
        } catch (DebuggerException e) {
            // Its registers cannot be had because it has ended.
            return false;
        }
    }

    private void decide(StopEvent event) {
        boolean interrupted = interrupts.explain(event);
        if (event.isExit()) {
            state = State.GONE;
            plan = null;
            planted.forget();
            host.ended(event);
        } else if (interrupted) {
            if (pauseAsked) stop(new StopReason.Pause(), event.tid());
            else goOn();
        } else if (event.reason() instanceof StubTarget.StopReason.Signalled s
                && !isSignal(event, LinuxSignal.SIGTRAP)) {
            signalled(event.tid(), s.signal());
        } else {
            trapped(event);
        }
    }

    static boolean isSignal(StopEvent event, LinuxSignal signal) {
        return event.reason() instanceof StubTarget.StopReason.Signalled s && s.signal() == signal.number();
    }

    private void signalled(long tid, int signal) {
        held.deliver(tid, signal);
        if (policy.stopsAt(signal)) {
            stop(SignalTexts.describe(signal, target.signalInfo(tid).orElse(null)), tid);
        } else if (plan != null && plan.tid() == tid && !(motion instanceof Motion.Run)) {
            // Into the handler, if there is one: the plan runs it to its end as it does with a call.
            go(new Motion.StepInstruction(tid));
        } else {
            goOn();
        }
    }

    /** A breakpoint, or the end of a step. */
    private void trapped(StopEvent event) {
        long tid = event.tid();
        long pc = target.generalRegisters(tid).pc();
        StepPlan active = plan;
        boolean here = planted.isPlanted(pc);
        if (here) held.standsAt(tid, pc);
        if (own.isHook(pc)) host.imagesChanged();
        List<Integer> hit = here ? hits.at(tid, pc) : List.of();
        if (!hit.isEmpty()) {
            stop(new StopReason.Breakpoint(hit), tid);
        } else if (here && own.isMain(pc)) {
            stop(new StopReason.Entry(), tid);
        } else if (active != null && active.isOf(tid)) {
            follow(active, active.arrived());
        } else if (!here && isOfPayload(event, pc)) {
            stop(SignalTexts.describe(LinuxSignal.SIGTRAP.number(), signalInfo(tid)), tid);
        } else {
            goOn();
        }
    }

    private @Nullable SignalInfo signalInfo(long tid) {
        return target.signalInfo(tid).orElse(null);
    }

    /** A trap that neither a breakpoint nor a step of ours explains: an int3 in the program, raise(SIGTRAP). */
    private boolean isOfPayload(StopEvent event, long pc) {
        if (event.reason() instanceof StubTarget.StopReason.Signalled) return true;
        byte[] around = new byte[2];
        int got = target.memory().read(pc - 1, around, 0, 2);
        return got == 2 && (around[0] == (byte) 0xcc || around[1] == (byte) 0xcc);
    }

    private void stop(StopReason reason, long tid) {
        StepPlan ended = plan;
        plan = null;
        if (ended != null) ended.dispose();
        own.forgetMain();
        pauseAsked = false;
        motion = new Motion.Run();
        state = State.STOPPED;
        held.standsAt(tid, target.generalRegisters(tid).pc());
        host.stopped(reason, tid);
    }

    /** Asks for a stop; any thread. */
    void pause() {
        if (state != State.RUNNING) return;
        pauseAsked = true;
        interrupts.send();
        CompletableFuture.delayedExecutor(PAUSE_NOTICE.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> owner.post(this::tellOfPause));
    }

    /** Some stubs, as QEMU's of user programs, look at the connection only when the program stops by itself. */
    private void tellOfPause() {
        if (state != State.RUNNING || !pauseAsked || pauseToldOf) return;
        pauseToldOf = true;
        host.say("The stub has not stopped the program yet. It may be one that cannot interrupt a running program: "
                + "breakpoints that were set before stop it.");
    }

    /** Does something that needs the payload to stand, without the user seeing that it does. */
    <T> T whileStopped(Supplier<T> body) {
        owner.check();
        if (state == State.GONE) throw new DebuggerException("The payload is gone.");
        if (state == State.STOPPED) return body.get();
        interrupts.send();
        StopEvent event = watcher.await();
        arrive(event);
        if (event.isExit()) {
            decide(event);
            throw new DebuggerException("The payload is gone.");
        }
        try {
            return body.get();
        } finally {
            decide(event);
        }
    }

    /** Stops the payload for the last time: nothing resumes it or waits for it any more. It may end instead. */
    void halt() {
        lastStop(() -> {});
    }

    /**
     * As {@link #halt}, for a payload that goes on without us: its breakpoints are taken out, and an interrupt that is
     * late comes to us and not, as a signal that ends it, to the payload.
     */
    void haltToLeave() {
        lastStop(() -> {
            if (!target.keepsLateInterrupts() || !interrupts.areOutstanding()) return;
            planted.takeOut();
            for (int i = 0; i < MOST_LATE_STOPS && interrupts.areOutstanding() && state != State.GONE; i++) takeLate();
        });
    }

    private void lastStop(Runnable last) {
        owner.check();
        try {
            if (state == State.RUNNING) {
                interrupts.send();
                takeLast(watcher.await());
            }
            if (state != State.GONE) last.run();
        } finally {
            state = State.GONE;
            plan = null;
            close();
        }
    }

    /** One stop on the way to that of a late interrupt. */
    private void takeLate() {
        Motion run = new Motion.Run();
        interrupts.resume(Motion.actions(run, held.takeSignals(run)));
        watcher.resumed();
        StopEvent event = watcher.await(LATE_INTERRUPT);
        if (event == null) {
            interrupts.forgetOutstanding();
            interrupts.send();
            event = watcher.await();
        }
        takeLast(event);
    }

    private void takeLast(StopEvent event) {
        arrive(event);
        if (event.isExit()) {
            decide(event);
        } else if (!interrupts.explain(event)
                && event.reason() instanceof StubTarget.StopReason.Signalled s
                && s.signal() != LinuxSignal.SIGTRAP.number()) {
            held.deliver(event.tid(), s.signal());
        }
    }

    /** Any thread. */
    void close() {
        watcher.close();
    }
}
