package io.kmdebug.debugger.engine;

import io.kmdebug.machine.Registers;
import io.kmdebug.machine.UnreadableMemoryException;

/** One instruction; when it is a call and calls are run through, until that returns. */
final class InstructionStep extends StepPlan {
    private static final int MAX_INSTRUCTION_BYTES = 15;

    private final boolean overCalls;
    private long pc;
    private long sp;

    InstructionStep(Payload payload, long tid, boolean overCalls, PlantedBreakpoints planted) {
        super(payload, tid, planted);
        this.overCalls = overCalls;
    }

    @Override
    Next begin() {
        Registers before = payload.target().generalRegisters(tid());
        pc = before.pc();
        sp = before.sp();
        return new Next.Move(new Motion.StepInstruction(tid()));
    }

    @Override
    Next moved() {
        Registers now = payload.target().generalRegisters(tid());
        return overCalls && isCall(now) && await(returnAddress(now), sp) ? run() : new Next.Done();
    }

    @Override
    Next trapped() {
        return new Next.Done();
    }

    /** A call has pushed the address behind itself. */
    private boolean isCall(Registers now) {
        if (now.sp() != sp - 8) return false;
        long distance = returnAddress(now) - pc;
        return distance > 0 && distance <= MAX_INSTRUCTION_BYTES && now.pc() != pc + distance;
    }

    private long returnAddress(Registers now) {
        try {
            return payload.target().memory().readLong(now.sp());
        } catch (UnreadableMemoryException e) {
            return 0;
        }
    }
}
