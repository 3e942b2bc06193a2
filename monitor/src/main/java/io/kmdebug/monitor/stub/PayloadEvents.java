package io.kmdebug.monitor.stub;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.stub.RunControl.Phase;
import io.kmdebug.monitor.thread.DebugHook;
import io.kmdebug.monitor.thread.DebuggedBirth;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import io.kmdebug.rsp.BreakpointCondition;
import io.kmdebug.rsp.StubTarget.Action;
import io.kmdebug.rsp.StubTarget.StopReason;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happens to the payload's threads, and which of it is a stop for the debugger. */
final class PayloadEvents implements DebugHook {
    private static final int SIGRETURN = 15;
    private static final int PUSHF = 0x9c;
    private static final int OPERAND_SIZE = 0x66;

    private final Payload payload;
    private final RunControl control;
    private final Breakpoints breakpoints;
    private final Watchpoints watchpoints;
    private final ChildSessions children;
    private final Runnable lastWords;
    private final DebugHook undebugged = new DebugHook.None();
    private final Object lock;
    private final DebuggedThreads threads;
    private final StepOvers stepOvers;

    /** @param lastWords what is done when the process has ended and its end was told, before the monitor goes */
    PayloadEvents(
            Payload payload,
            RunControl control,
            Breakpoints breakpoints,
            Watchpoints watchpoints,
            ChildSessions children,
            Runnable lastWords) {
        this.children = children;
        this.payload = payload;
        this.control = control;
        this.breakpoints = breakpoints;
        this.watchpoints = watchpoints;
        this.lastWords = lastWords;
        lock = control.lock();
        threads = control.threads();
        stepOvers = control.stepOvers();
    }

    @Override
    public void breakpoint(PayloadThread thread) {
        long address = thread.context().get(GuestContext.RIP) - 1;
        boolean ours;
        boolean stops;
        synchronized (lock) {
            ours = breakpoints.isPlanted(address);
            boolean payloads = !ours && breakpoints.isInt3(address);
            if (!payloads) thread.context().set(GuestContext.RIP, address); // also when it was taken out meanwhile
            else undebugged.breakpoint(thread);
            stops = ours && breakpoints.isStop(address, circumstances(thread));
        }
        if (stops) control.event(thread, new StopReason.Breakpoint());
        else if (ours) control.passes(thread);
    }

    private BreakpointCondition.Circumstances circumstances(PayloadThread thread) {
        return new BreakpointCondition.Circumstances() {
            private @Nullable Registers general;

            @Override
            public byte @Nullable [] register(AmdRegister register) {
                Registers read = general;
                if (read == null) general = read = ThreadRegisters.general(thread);
                byte[] value = read.bytes(register);
                return value != null ? value : ThreadRegisters.read(thread).bytes(register);
            }

            @Override
            public MemoryReader memory() {
                return breakpoints::readMemory;
            }
        };
    }

    @Override
    public void trap(PayloadThread thread) {
        if (!thread.stepping()) {
            undebugged.trap(thread);
            return;
        }
        synchronized (lock) {
            hideFlagOfPushf(threads.of(thread));
        }
        instructionDone(thread);
    }

    @Override
    public void stepped(PayloadThread thread) {
        instructionDone(thread);
    }

    private void instructionDone(PayloadThread thread) {
        StopReason met = null;
        synchronized (lock) {
            DebuggedThread one = threads.of(thread);
            boolean alone = stepOvers.isOver(one);
            if (one.handlers > 0 && !alone) return; // a call inside a handler, which runs at full speed
            if (alone) {
                met = watchpoints.any() ? watchpoints.instructionDone() : null;
                stepOvers.finish();
            }
            if (met == null && (one.handlers > 0 || !one.isStepDone())) {
                goOn(one, alone);
                return;
            }
        }
        control.event(thread, met != null ? met : new StopReason.Stepped());
    }

    /** There is more to do of what was asked for. */
    private void goOn(DebuggedThread one, boolean wasAlone) {
        if (one.handlers > 0) one.flags(one.flags() & ~DebuggedThread.TRAP_FLAG);
        else if (one.action instanceof Action.StepRange) one.arm();
        else one.disarm();
        if (wasAlone && control.phase() == Phase.RUNNING) stepOvers.nextAfter(one);
    }

    @Override
    public boolean touches(PayloadThread thread, long address, boolean write) {
        if (!watchpoints.any()) return false;
        MemoryAccess access;
        synchronized (lock) {
            if (!watchpoints.covers(address)) return false;
            byte[] code = new byte[MemoryAccess.CODE_BYTES];
            breakpoints.readMemory(thread.context().get(GuestContext.RIP), code, 0, code.length);
            access = MemoryAccess.of(code, address, write);
        }
        control.meets(thread, access);
        return true;
    }

    @Override
    public boolean entersGuest(PayloadThread thread) {
        if (control.threadEvents().areWanted() && begins(thread)) {
            control.event(thread, new StopReason.ThreadCreated());
            return true;
        }
        if (!watchpoints.any()) return false;
        StopReason met;
        synchronized (lock) {
            met = watchpoints.changed();
        }
        if (met == null) return false;
        control.event(thread, met);
        return true;
    }

    private boolean begins(PayloadThread thread) {
        synchronized (lock) {
            DebuggedThread one = threads.of(thread);
            boolean begins = one.isNew;
            one.isNew = false;
            return begins;
        }
    }

    @Override
    public boolean open(long address) {
        synchronized (lock) {
            return watchpoints.any() && watchpoints.open(new MemoryAccess(address, 1, false, true));
        }
    }

    @Override
    public void close(long address) {
        synchronized (lock) {
            watchpoints.closeAll();
        }
    }

    /** PUSHF saved the trap flag where the payload would see it, and POPF bring it back. */
    private void hideFlagOfPushf(DebuggedThread one) {
        byte[] code = new byte[2];
        breakpoints.readMemory(one.steppedFrom, code, 0, code.length);
        int opcode = (code[0] & 0xff) == OPERAND_SIZE ? code[1] & 0xff : code[0] & 0xff;
        if (opcode != PUSHF) return;
        long at = one.thread.context().get(GuestContext.RSP) + 1;
        byte[] high = new byte[1];
        if (breakpoints.readMemory(at, high, 0, 1) != 1) return;
        high[0] = (byte) (high[0] & ~(DebuggedThread.TRAP_FLAG >> 8));
        breakpoints.writeMemory(at, high);
    }

    @Override
    public void entersCall(PayloadThread thread) {
        synchronized (lock) {
            DebuggedThread one = threads.of(thread);
            if (one.handlers > 0 && (int) thread.context().originalRax() == SIGRETURN) one.handlers--;
            if (!stepOvers.isOver(one)) return;
            // the instruction is done as far as the breakpoint goes, and the call may need the other threads
            stepOvers.finish();
            stepOvers.next();
        }
    }

    @Override
    public void entersHandler(PayloadThread thread) {
        synchronized (lock) {
            DebuggedThread one = threads.of(thread);
            boolean alone = stepOvers.isOver(one); // its instruction raised a signal that is not reported
            if (alone) stepOvers.finish();
            boolean steps = one.action instanceof Action.Step;
            if (one.action instanceof Action.StepRange) one.handlers++;
            else if (!steps) one.disarm();
            if (alone && !steps && control.phase() == Phase.RUNNING) stepOvers.nextAfter(one);
            if (!steps) return;
        }
        control.event(thread, new StopReason.Stepped());
    }

    @Override
    public @Nullable SignalInfo signal(PayloadThread thread, SignalInfo info) {
        DebuggedThread one;
        int signal = info.signal();
        synchronized (lock) {
            one = threads.of(thread);
            one.callStack = 0; // its handler makes calls of its own, and the interrupted one may end by it
            if (one.injected.get(signal)) {
                one.injected.clear(signal);
                return undressed(one, info);
            }
            if (control.isPassed(signal)) return undressed(one, info);
            one.waiting = info;
            one.decision = null;
        }
        control.event(thread, new StopReason.Signalled(signal));
        synchronized (lock) {
            Integer decision = one.decision;
            SignalInfo changed = one.waiting;
            one.waiting = null;
            one.decision = null;
            // as ptrace(2): the debugger's siginfo counts when it is the signal's
            SignalInfo original = changed != null && changed.signal() == signal ? changed : info;
            if (decision == null || decision == signal) return undressed(one, original);
            return decision == 0 ? null : SignalInfo.sent(decision, SignalInfo.SI_USER, payload.pid(), 0);
        }
    }

    /** The frame that a handler is going to return to must not have our trap flag. */
    private static SignalInfo undressed(DebuggedThread one, SignalInfo info) {
        if (one.thread.stepping()) one.flags(one.flags() & ~DebuggedThread.TRAP_FLAG);
        return info;
    }

    /** A payload that waits for a debugger can still be ended by its parent, who knows nothing of debuggers. */
    @Override
    public void woken(PayloadThread thread) {
        if (!control.nobodyCame() || !isDeadly(thread.signals().pending())) return;
        Thread release = new Thread(control::stopWaiting, "gdb-release");
        release.setDaemon(true);
        release.start();
    }

    private static boolean isDeadly(long pending) {
        for (int signal = 1; signal <= LinuxSignal.MAX; signal++) {
            if ((pending & 1L << signal - 1) == 0) continue;
            LinuxSignal.DefaultAction action = LinuxSignal.defaultActionOf(signal);
            if (action == LinuxSignal.DefaultAction.TERMINATE || action == LinuxSignal.DefaultAction.CORE) return true;
        }
        return false;
    }

    @Override
    public void created(PayloadThread thread) {
        synchronized (lock) {
            DebuggedThread one = threads.add(thread);
            boolean runs = control.newbornsRun();
            if (runs) one.action = new Action.Continue(0);
            one.isNew = control.threadEvents().areWanted();
            if (!runs || stepOvers.isUnderWay()) thread.hold();
        }
    }

    @Override
    public void ends(PayloadThread thread) {
        if (control.threadEvents().areWanted() && thread.leaves()) control.leaving(thread);
    }

    @Override
    public void ended(PayloadThread thread) {
        control.left(thread);
        control.ended(thread);
    }

    @Override
    public Map<Long, Byte> hiddenBytes() {
        synchronized (lock) {
            return breakpoints.originals();
        }
    }

    @Override
    public boolean lift(long address) {
        synchronized (lock) {
            if (!breakpoints.isPlanted(address)) return false;
            breakpoints.lift(address);
            return true;
        }
    }

    @Override
    public void plantAgain(long address) {
        synchronized (lock) {
            breakpoints.restore(address);
        }
    }

    @Override
    public void forgetsProgram() {
        synchronized (lock) {
            stepOvers.finish();
            breakpoints.forgetAll();
            watchpoints.removeAll();
        }
    }

    @Override
    public void newProgram(PayloadThread thread) {
        if (control.catchesExec()) control.event(thread, new StopReason.Executed(payload.executable()));
    }

    @Override
    public @Nullable DebuggedBirth birth(boolean sharesMemory) {
        return children.birth(sharesMemory);
    }

    @Override
    public @Nullable DebuggedBirth leaves(PayloadThread thread) {
        return control.leaves(thread) ? children.move() : null;
    }

    @Override
    public boolean wantsCalls() {
        return control.catchesCalls();
    }

    @Override
    public void callBegins(PayloadThread thread) {
        int number = (int) thread.context().originalRax();
        synchronized (lock) {
            if (!control.catches(number)) return;
            DebuggedThread one = threads.of(thread);
            long stack = thread.context().get(GuestContext.RSP);
            // an interrupted call that is made again began before
            if (one.callStack == stack && one.callPc == one.pc()) return;
            one.callStack = stack;
            one.callPc = one.pc();
        }
        control.event(thread, new StopReason.SystemCall(number, false));
    }

    @Override
    public void callEnds(PayloadThread thread, int number) {
        synchronized (lock) {
            DebuggedThread one = threads.of(thread);
            one.callStack = 0;
            one.callPc = 0;
            if (!control.catches(number)) return;
        }
        control.event(thread, new StopReason.SystemCall(number, true));
    }

    @Override
    public void coreComes() {
        synchronized (lock) {
            stepOvers.finish();
            breakpoints.removeAll();
            watchpoints.removeAll();
        }
    }

    @Override
    public void hide(long address, byte[] copy, int offset, int length) {
        synchronized (lock) {
            breakpoints.hide(address, copy, offset, length);
        }
    }

    @Override
    public void processEnds(int status, int signal) {
        control.over(current(payload), signal != 0 ? new StopReason.Killed(signal) : new StopReason.Exited(status));
        lastWords.run();
    }

    /** The calling thread when it is the payload's. */
    static @Nullable PayloadThread current(Payload payload) {
        return payload.threads().stream()
                .filter(PayloadThread::isCurrent)
                .findFirst()
                .orElse(null);
    }
}
