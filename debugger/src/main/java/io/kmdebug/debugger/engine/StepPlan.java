package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.StepKind;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.AddressRange;
import io.kmdebug.symbols.Unwinder;

/** A step in progress: at each stop of its thread it says how to go on, until it is done. */
abstract class StepPlan {
    /** What a plan wants next. */
    sealed interface Next {
        record Move(Motion motion) implements Next {}

        record Done() implements Next {}
    }

    final Payload payload;
    private final ReturnTrap trap;
    /** In a Go program what steps is the goroutine, which may go on in another thread. */
    private final long goroutine;

    private long tid;
    private long stackHigh;
    /** Whether the awaited place is on the goroutine's stack, and not on one of its thread's: a signal handler's. */
    private boolean awaitsGoroutine;

    StepPlan(Payload payload, long tid, PlantedBreakpoints planted) {
        this.payload = payload;
        this.tid = tid;
        this.trap = new ReturnTrap(planted);
        this.goroutine = goroutineOn(payload, payload.target().generalRegisters(tid));
        this.stackHigh = payload.goroutines().stackHigh(goroutine);
    }

    /** 0 when the thread is on a stack of its own: there it is the thread that steps. */
    private static long goroutineOn(Payload payload, Registers registers) {
        long current = payload.goroutines().current(registers);
        return current != 0 && payload.goroutines().isOnStack(current, registers.sp()) ? current : 0;
    }

    static StepPlan of(StepKind kind, Payload payload, long tid, PlantedBreakpoints planted) {
        return switch (kind) {
            case INTO -> new LineStep(payload, tid, true, planted);
            case OVER -> new LineStep(payload, tid, false, planted);
            case OUT -> new StepOut(payload, tid, planted);
            case INSTRUCTION -> new InstructionStep(payload, tid, false, planted);
            case INSTRUCTION_OVER -> new InstructionStep(payload, tid, true, planted);
        };
    }

    final long tid() {
        return tid;
    }

    /** Whether a stop of {@code thread} is one of this plan: what it steps goes on there from now on. */
    final boolean isOf(long thread) {
        if (!trap.isArmed() || !awaitsGoroutine) return thread == tid;
        Registers registers = payload.target().generalRegisters(thread);
        if (!trap.isAt(registers.pc())) return thread == tid;
        if (!payload.goroutines().isOnStack(goroutine, registers.sp())) return false;
        tid = thread;
        return true;
    }

    /** Whether it can go on without the thread that it began in. */
    final boolean outlivesThread() {
        return trap.isArmed() && awaitsGoroutine;
    }

    /** A goroutine's stack moves when it has to grow, with everything that is known of places on it. */
    private void followStack() {
        if (goroutine == 0) return;
        long high = payload.goroutines().stackHigh(goroutine);
        if (high == 0 || high == stackHigh) return;
        if (awaitsGoroutine) trap.move(high - stackHigh);
        stackMoved(high - stackHigh);
        stackHigh = high;
    }

    /** All of the stack lies {@code bytes} higher than before. */
    void stackMoved(long bytes) {}

    /** The first motion, from where the thread stands. */
    abstract Next begin();

    /** The thread stands: a motion of this plan ended, or it met a breakpoint of this plan. */
    final Next arrived() {
        followStack();
        if (!trap.isArmed()) return moved();
        if (!trap.isReached(payload.target().generalRegisters(tid))) return run();
        trap.disarm();
        return trapped();
    }

    /** The thread has done its motion. */
    abstract Next moved();

    /** The thread has come to where it was awaited. */
    Next trapped() {
        return moved();
    }

    /** Takes this plan's breakpoints out; the payload stands. */
    final void dispose() {
        trap.disarm();
    }

    /** Awaits the thread at {@code address}, in an activation as at {@link ReturnTrap#arm}. */
    final boolean await(long address, long lowestSp) {
        awaitsGoroutine = goroutine != 0 && payload.goroutines().isOnStack(goroutine, lowestSp);
        return trap.arm(address, lowestSp);
    }

    /** Awaits the thread where {@code caller} goes on. */
    final boolean await(Unwinder.Frame caller) {
        return await(caller.pc(), caller.registers().sp());
    }

    final Next run() {
        return new Next.Move(new Motion.Run());
    }

    final Next within(AddressRange range) {
        return new Next.Move(new Motion.StepRange(tid, range.low(), range.high()));
    }
}
