package io.kmdebug.monitor.thread;

import static io.kmdebug.monitor.signal.GuestContext.RAX;

import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.KickSignal;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.platform.Exit;
import io.kmdebug.monitor.platform.VirtualCpu;
import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.signal.ThreadSignals;
import io.kmdebug.monitor.state.Standing;
import io.kmdebug.monitor.state.ThreadState;
import io.kmdebug.monitor.syscall.Access;
import io.kmdebug.monitor.syscall.GuestMemory;
import io.kmdebug.monitor.syscall.RestartBlock;
import io.kmdebug.monitor.syscall.SyscallThread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A thread of the payload: one platform thread, one virtual CPU. Whoever wants its attention sets a bit in
 * {@link Requests} and kicks; the thread looks at the bits at one place, its boundary, before it enters the guest.
 */
public final class PayloadThread implements SyscallThread, Runnable {
    private static final int EINTR = 4;
    private static final long TRAP_FLAG = 0x100;

    /** Where the thread is. */
    public enum State {
        /** The virtual CPU runs: a kick gets it out. */
        GUEST,
        /** In Java. */
        HANDLING,
        /** In a host call that a kick interrupts. */
        BLOCKED,
        /** At its boundary, its registers at rest. */
        PARKED,
        EXITED
    }

    private final Payload payload;
    private final VirtualCpu cpu;
    private final CpuContext context;
    private final RestartBlock restartBlock = new RestartBlock();
    private final Requests requests = new Requests();
    private final long[] arguments = new long[6];
    private final FaultSignals faults = new FaultSignals();
    private final HostStanding standing = new HostStanding();
    private volatile int tid;
    private @Nullable ThreadSignals signals;
    private volatile int hostTid;
    private volatile String name;
    private boolean callInterrupted;

    private boolean stepping;
    private boolean stepDone;
    private int exitStatus;
    private boolean leaves;
    /** Where to write 0 and wake a waiter when the thread ends; 0: nowhere. set_tid_address(2). */
    private long clearChildTid;

    private long robustList;
    private long lastStack;
    private long lastStackBytes;
    private @Nullable Thread carrier;
    /** Only when statistics are wanted. */
    private final @Nullable ThreadClock clock;

    PayloadThread(Payload payload, int tid, VirtualCpu cpu, String name) {
        this.payload = payload;
        this.tid = tid;
        this.cpu = cpu;
        this.context = new CpuContext(cpu, payload.platform(), payload.memory(), payload.argumentCells());
        this.name = name;
        CallStatistics statistics = payload.statistics();
        this.clock = statistics == null ? null : statistics.newThread();
    }

    /** To be called on the platform thread that is going to run it. */
    void bind() {
        if (Trace.on(Trace.VCPU))
            Trace.line(Trace.VCPU, "thread " + tid + " begins at rip 0x" + Long.toHexString(cpu.get(GuestContext.RIP)));
        carrier = Thread.currentThread();
        hostTid = HostCall.gettid();
        KickSignal.block();
        HostThreadName.show(this);
    }

    /** To be called on its platform thread, once the host's signals are taken care of: lets them in. */
    public void openToHost() {
        payload.hostActions().maskChanged(signals().mask());
    }

    void signals(ThreadSignals state) {
        signals = state;
    }

    /** Runs the payload until this thread of it ends. */
    @Override
    public void run() {
        while (boundary()) {
            requests.enter(State.GUEST);
            if (requests.isUrgent()) {
                requests.enter(State.HANDLING);
                continue;
            }
            Exit exit = enter();
            requests.enter(State.HANDLING);
            handle(exit);
        }
        if (clock != null) clock.end = System.nanoTime();
        if (Trace.on(Trace.VCPU)) Trace.line(Trace.VCPU, "thread " + tid + " ends");
        payload.ended(this);
    }

    /**
     * Everything of a thread at rest, or of the calling one.
     *
     * @throws IOException when the host does not tell its part of it
     */
    public ThreadState capture() throws IOException {
        long[] general = new long[ThreadState.GENERAL_REGISTERS];
        for (int register = 0; register < general.length; register++) general[register] = context.get(register);
        // the trap flag of a debugger's step is no part of the payload
        if (stepping) general[GuestContext.RFLAGS] &= ~TRAP_FLAG;
        return new ThreadState(
                tid,
                general,
                cpu.fsBase(),
                cpu.gsBase(),
                context.originalRax(),
                context.portCallBytes(),
                context.continuedAt(),
                context.continuedStack(),
                callInterrupted,
                restartBlock.capture(System.nanoTime()),
                cpu.xsave(),
                signals().capture(),
                clearChildTid,
                robustList,
                name,
                Affinity.of(hostTid),
                standing.capture(hostTid, payload.changes()));
    }

    /** Takes over what {@link #capture} gave, in a thread that has not run yet; its tid and name are set already. */
    void restore(ThreadState state) {
        for (int register = 0; register < ThreadState.GENERAL_REGISTERS; register++) {
            context.set(register, state.general()[register]);
        }
        cpu.fsBase(state.fsBase());
        cpu.gsBase(state.gsBase());
        cpu.xsave(state.xsave());
        context.originalRax(state.originalRax());
        context.continues(state.callBytes(), state.continuedAt(), state.continuedStack());
        callInterrupted = state.callInterrupted();
        restartBlock.restore(state.restart(), System.nanoTime());
        signals().restore(state.signals());
        clearChildTid = state.clearChildTid();
        robustList = state.robustList();
        stands(state.standing());
        // signals may wait: the first boundary looks
        requests.set(Requests.SIGNAL);
    }

    private Exit enter() {
        if (!Trace.on(Trace.VCPU)) return run(cpu);
        Exit exit = run(cpu);
        Trace.line(Trace.VCPU, "exit at rip 0x" + Long.toHexString(cpu.get(GuestContext.RIP)) + ": " + exit);
        return exit;
    }

    private Exit run(VirtualCpu cpu) {
        ThreadClock measured = clock;
        if (measured == null) return cpu.run();
        long start = System.nanoTime();
        Exit exit = cpu.run();
        measured.guest += System.nanoTime() - start;
        measured.exits++;
        return exit;
    }

    /** Serves what is asked of the thread; false when it is to end. */
    private boolean boundary() {
        while (true) {
            int wanted = requests.get();
            if ((wanted & Requests.EXIT) != 0) return false;
            if (stepDone) {
                stepDone = false;
                payload.debugHook().stepped(this);
                continue;
            }
            if ((wanted & (Requests.STOP | Requests.HOLD)) != 0) {
                park();
                continue;
            }
            if (!requests.isUrgent(wanted) && !callInterrupted) {
                if (payload.debugHook().entersGuest(this)) continue;
                return true;
            }
            requests.clear(Requests.SIGNAL);
            callInterrupted = false;
            long stack = context.get(GuestContext.RSP);
            payload.signals().deliverPending(signals(), context);
            boolean framePushed = context.get(GuestContext.RSP) != stack;
            if (stepping && framePushed) payload.debugHook().entersHandler(this);
        }
    }

    /** exec: the thread that stays is the process's first one from now on, and knows nothing of the old program. */
    void becomeFirst(int pid, String program) {
        tid = pid;
        signals().tid(pid);
        name = program;
        clearChildTid = 0;
        robustList = 0;
        context.originalRax(-1);
        payload.renumbered(this);
    }

    HostStanding standing() {
        return standing;
    }

    /** Its host thread has been given these, or will be. */
    public void stands(Standing given) {
        standing.note(given);
        payload.changes().add(given);
    }

    /** Has the calling host thread scheduled so, and gives it the rights; null, or what it cannot have. */
    public static @Nullable String take(Standing standing) {
        List<String> refused = new ArrayList<>();
        HostStanding.rank(HostCall.gettid(), standing, refused::add);
        String right = HostStanding.take(standing);
        if (right != null) return right;
        return refused.isEmpty() ? null : refused.get(0);
    }

    /** Runs on these processors from now on; an empty set changes nothing. */
    public void inheritAffinity(byte[] processors) {
        Affinity.set(hostTid, processors);
    }

    /** The thread leaves at its next boundary. */
    public void end() {
        request(Requests.EXIT);
    }

    boolean isEnding() {
        return requests.has(Requests.EXIT);
    }

    private void park() {
        cpu.settle();
        requests.park(null);
    }

    /** Somebody who waits for the thread's requests, or the thread itself at a gate, is to look again. */
    void tell() {
        requests.tell();
    }

    /** Waits at rest until the gate is open and nobody stops or holds the thread; false when it is to end. */
    boolean awaitGate(Gate gate) {
        requests.park(gate);
        return !isEnding();
    }

    /** Waits at rest, on the thread itself, until nobody stops or holds it any more. */
    public void parkWhileHeld() {
        if (requests.has(Requests.STOP | Requests.HOLD)) park();
    }

    /** The debugger wants the thread to park; it does so at its boundary, or in {@link #parkWhileHeld}. */
    public void hold() {
        request(Requests.HOLD);
    }

    public boolean isHeld() {
        return requests.has(Requests.HOLD);
    }

    /** Ends {@link #hold}. */
    public void letGo() {
        requests.end(Requests.HOLD);
    }

    /** Whether signals wait, for the one instruction that steps over a breakpoint. */
    public void deferSignals(boolean wait) {
        requests.defer(wait ? Requests.SIGNAL : 0);
    }

    /** Whether the thread is in a call that was interrupted and is going to be made again. */
    public boolean isCallInterrupted() {
        return callInterrupted;
    }

    /** The six arguments of that call. */
    public List<Long> interruptedArguments() {
        return Arrays.stream(arguments).boxed().toList();
    }

    private void handle(Exit exit) {
        if (exit == Exit.SYSCALL) {
            serveCall();
            return;
        }
        context.originalRax(-1);
        if (exit instanceof Exit.Fault fault) faults.fault(this, fault);
        else if (exit == Exit.BREAKPOINT) payload.debugHook().breakpoint(this);
        else if (exit == Exit.STEP) payload.debugHook().trap(this);
        else if (exit instanceof Exit.HostFault fault) faults.hostFault(this, fault.address());
        else if (exit instanceof Exit.Shutdown shutdown) payload.machineFailed(this, shutdown.reason());
    }

    private void serveCall() {
        // As Linux: the upper half of rax does not count.
        long number = (int) context.get(RAX);
        context.originalRax(number);
        if (stepping) {
            // SYSCALL saved the trap flag in r11, where the payload must not see it
            context.set(GuestContext.R11, context.get(GuestContext.R11) & ~TRAP_FLAG);
            payload.debugHook().entersCall(this);
        }
        DebugHook hook = payload.debugHook();
        boolean told = hook.wantsCalls();
        if (told) {
            hook.callBegins(this);
            if (isEnding()) return;
            number = (int) context.originalRax();
        }
        arguments[0] = context.get(GuestContext.RDI);
        arguments[1] = context.get(GuestContext.RSI);
        arguments[2] = context.get(GuestContext.RDX);
        arguments[3] = context.get(GuestContext.R10);
        arguments[4] = context.get(GuestContext.R8);
        arguments[5] = context.get(GuestContext.R9);
        long result = payload.serve(this, number, arguments);
        context.set(RAX, result);
        callInterrupted = Restart.is(result);
        if (told && !callInterrupted && !isEnding()) hook.callEnds(this, (int) number);
        // The trap flag is off inside the kernel; the instruction that was stepped is the SYSCALL itself.
        stepDone = stepping && !callInterrupted;
    }

    /** A call made through a port, whose arguments and result are in a block; see {@link PortCalls}. */
    void servePortCall(int number, int bytes, long block) {
        int served = context.beginPortCall(number, bytes);
        if (stepping) payload.debugHook().entersCall(this);
        GuestMemory memory = memory();
        for (int i = 0; i < arguments.length; i++) arguments[i] = memory.readLong(block + 8L * (i + 1));
        long result = payload.servePortCall(this, served, arguments);
        callInterrupted = Restart.is(result);
        stepDone = stepping && !callInterrupted;
        // After execve and rt_sigreturn the block is another program's or another call's.
        if (context.originalRax() < 0) return;
        if (memory.accessible(block, 8, Access.WRITE) == 8) context.callResult(result);
    }

    /** The host's mask and state around a call that may block; see {@link SyscallThread#blocking}. */
    @Override
    public long blocking(Restart restart, int number, long... hostArguments) {
        while (true) {
            requests.enter(State.BLOCKED);
            if (requests.get() != 0) {
                requests.enter(State.HANDLING);
                return restart.code();
            }
            KickSignal.unblock();
            if (clock != null) clock.beginsWaiting();
            long result = Native.syscall(number, hostArguments);
            if (clock != null) clock.endsWaiting();
            KickSignal.block();
            requests.enter(State.HANDLING);
            if (result != -EINTR) return result;
            if (requests.get() != 0) return restart.code();
        }
    }

    @Override
    public boolean interrupted() {
        return requests.get() != 0;
    }

    /** Sets request bits; returns whether the thread must be kicked to see them. */
    boolean request(int bits) {
        return requests.set(bits);
    }

    /** Ends a stop. */
    void release() {
        requests.end(Requests.STOP);
    }

    /** Whether the thread is somewhere where it does not see requests, and some are set. */
    boolean needsKick() {
        return requests.needsKick();
    }

    void kick() {
        if (requests.state() == State.GUEST) cpu.kick(hostTid);
        else KickSignal.send(hostTid);
    }

    /** Waits until the thread is parked or gone, at most so long. */
    boolean awaitRest(long millis) throws InterruptedException {
        return requests.awaitRest(millis);
    }

    /** Like {@link #isAtRest}, and for sure no thread that is about to leave its rest. */
    boolean isResting() {
        return requests.isResting();
    }

    boolean isAtRest() {
        return requests.isAtRest();
    }

    public void state(State now) {
        requests.announce(now);
    }

    public State state() {
        return requests.state();
    }

    Payload payload() {
        return payload;
    }

    public VirtualCpu cpu() {
        return cpu;
    }

    public boolean isCurrent() {
        return Thread.currentThread() == carrier;
    }

    @Override
    public int guestTid() {
        return cpu.guestTid();
    }

    @Override
    public int hostTid() {
        return hostTid;
    }

    /** Whether this host thread carries it. */
    public boolean isOn(int hostThread) {
        return hostTid == hostThread;
    }

    /** Whether each instruction, and each system call, is reported; the trap flag itself is the debugger's business. */
    public void stepping(boolean on) {
        stepping = on;
    }

    public boolean stepping() {
        return stepping;
    }

    /** Memory that goes when the thread does: the stack it stands on. */
    void unmapAtEnd(long start, long bytes) {
        lastStack = start;
        lastStackBytes = bytes;
    }

    long lastStack() {
        return lastStack;
    }

    long lastStackBytes() {
        return lastStackBytes;
    }

    void exitStatus(int status) {
        exitStatus = status;
        leaves = true;
    }

    public int exitStatus() {
        return exitStatus;
    }

    /** Whether it ends by itself, not by the process's end or by exec. */
    public boolean leaves() {
        return leaves;
    }

    void clearChildTid(long address) {
        clearChildTid = address;
    }

    long clearChildTid() {
        return clearChildTid;
    }

    void robustList(long head) {
        robustList = head;
    }

    long robustList() {
        return robustList;
    }

    @Override
    public int tid() {
        return tid;
    }

    @Override
    public Payload process() {
        return payload;
    }

    @Override
    public GuestMemory memory() {
        return payload.memory();
    }

    @Override
    public GuestContext context() {
        return context;
    }

    @Override
    public ThreadSignals signals() {
        ThreadSignals mine = signals;
        if (mine == null) throw new IllegalStateException("thread " + tid + " has no signal state yet");
        return mine;
    }

    @Override
    public RestartBlock restartBlock() {
        return restartBlock;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void name(String changed) {
        name = changed;
        HostThreadName.show(this);
    }
}
