package io.kmdebug.monitor.stub;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.thread.PayloadThread;
import io.kmdebug.rsp.StubTarget.Action;
import io.kmdebug.rsp.StubTarget.StopReason;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** What the debugger knows and wants of one thread. Guarded by the lock of {@link RunControl}. */
final class DebuggedThread {
    static final long TRAP_FLAG = 0x100;

    final PayloadThread thread;

    /** What it does while the payload runs; null: it is held. */
    @Nullable
    Action action;
    /** What happened to it and was not reported yet. */
    @Nullable
    StopReason pending;
    /** The pc of its last reported stop: a breakpoint there is stepped over. */
    long reportedPc;
    /** The signal in whose delivery it waits for a decision. */
    @Nullable
    SignalInfo waiting;
    /** Linux number to deliver instead, 0 for none; null: undecided, which delivers. */
    @Nullable
    Integer decision;
    /** Signals that the debugger sent itself and need not hear of. */
    final BitSet injected = new BitSet();
    /** Handlers that interrupt a range step and run at full speed; a stop meanwhile does not end them. */
    int handlers;
    /** Its beginning is to be told. */
    boolean isNew;

    /** Where the instruction being stepped starts. */
    long steppedFrom;

    /** The stack pointer and the pc of the call that was reported to begin; its end is due. 0: none. */
    long callStack;

    long callPc;

    DebuggedThread(PayloadThread thread) {
        this.thread = thread;
    }

    long pc() {
        return thread.context().get(GuestContext.RIP);
    }

    /** The next instruction is reported. */
    void arm() {
        steppedFrom = pc();
        thread.stepping(true);
        flags(flags() | TRAP_FLAG);
    }

    /** Steps on as its action says; a handler that interrupted a range step is run to its end first. */
    void armAgain() {
        if (thread.stepping()) return;
        if (handlers > 0) thread.stepping(true);
        else arm();
    }

    /** No instruction is reported any more. */
    void disarm() {
        if (!thread.stepping()) return;
        thread.stepping(false);
        flags(flags() & ~TRAP_FLAG);
    }

    /** Whether what was asked for is a step, and there is nothing left of it where the thread is now. */
    boolean isStepDone() {
        if (action instanceof Action.StepRange range) {
            return Long.compareUnsigned(pc(), range.start()) < 0 || Long.compareUnsigned(pc(), range.end()) >= 0;
        }
        return action instanceof Action.Step;
    }

    long flags() {
        return thread.context().get(GuestContext.RFLAGS);
    }

    void flags(long flags) {
        thread.context().set(GuestContext.RFLAGS, flags);
    }

    boolean isAlive() {
        return thread.state() != PayloadThread.State.EXITED;
    }
}
