package io.kmdebug.symbols;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.UnreadableMemoryException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds a caller from the machine code alone: from the function's entry on where that is known, else ahead to a return.
 */
final class CodeStep {
    /** rbx, rbp and r12 to r15 as instructions number them: SysV amd64 §3.2.1. */
    private static final Map<Integer, AmdRegister> CALLEE_SAVED = Map.of(
            3, AmdRegister.RBX,
            5, AmdRegister.RBP,
            12, AmdRegister.R12,
            13, AmdRegister.R13,
            14, AmdRegister.R14,
            15, AmdRegister.R15);

    private static final int LOOK_AHEAD_BYTES = 4096;
    private static final int LOOK_AHEAD_INSTRUCTIONS = 2000;

    private final ImageCode code;
    private final Registers registers;
    private final MemoryReader memory;

    CodeStep(ImageCode code, Registers registers, MemoryReader memory) {
        this.code = code;
        this.registers = registers;
        this.memory = memory;
    }

    /**
     * A function, or the part of one that stands elsewhere.
     *
     * @param entry run-time address of its first instruction
     * @param bytes its size, or as much as is to be looked at
     */
    record Function(long entry, int bytes) {
        // what a record has by itself is made at run time, at the cost of a start
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Function that && entry == that.entry && bytes == that.bytes;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(entry) * 31 + bytes;
        }
    }

    /**
     * Follows the function from its entry to the instruction at {@code lookupPc}.
     *
     * @param analysis of {@code function}
     */
    Optional<CallerStep> fromEntry(StackAnalysis analysis, Function function, long lookupPc)
            throws UnreadableMemoryException {
        StackState state = analysis.before((int) (lookupPc - function.entry)).orElse(null);
        if (state == null) return Optional.empty();
        boolean frameChainEnds =
                state.get(StackState.RBP) == StackState.ZERO && !StackState.isOffset(state.savedAt(StackState.RBP));
        // SysV amd64 §3.4.1: rbp is zero in the outermost frame, and only its code makes it so
        if (frameChainEnds) return Optional.of(new CallerStep.End(CallerStep.OUTERMOST));
        OptionalLong cfa = cfa(state);
        if (cfa.isEmpty()) return Optional.empty();
        Registers caller = registers.forCaller();
        CallFrames.copySystemRegisters(registers, caller);
        for (Map.Entry<Integer, AmdRegister> each : CALLEE_SAVED.entrySet()) {
            long slot = state.savedAt(each.getKey());
            if (StackState.isOffset(slot)) load(caller, each.getValue(), cfa.getAsLong() + slot);
            else if (state.get(each.getKey()) == StackState.entry(each.getKey())) keep(caller, each.getValue());
        }
        caller.set(AmdRegister.RSP, cfa.getAsLong());
        caller.set(AmdRegister.RIP, memory.readLong(cfa.getAsLong() - 8));
        return Optional.of(new CallerStep.Found(caller, cfa, false, null));
    }

    /** From rsp, or from a register that the code keeps at a known distance, as a frame pointer. */
    private OptionalLong cfa(StackState state) {
        long top = state.get(StackState.RSP);
        if (StackState.isOffset(top)) return OptionalLong.of(registers.sp() - top);
        for (Map.Entry<Integer, AmdRegister> each : CALLEE_SAVED.entrySet()) {
            long offset = state.get(each.getKey());
            if (StackState.isOffset(offset) && registers.has(each.getValue())) {
                return OptionalLong.of(registers.get(each.getValue()) - offset);
            }
        }
        return OptionalLong.empty();
    }

    /** Follows the code from the pc on, along every branch, to the first return whose address lies behind a call. */
    Optional<CallerStep> aheadToReturn() {
        byte[] bytes = code.read(registers.pc(), LOOK_AHEAD_BYTES);
        record Place(int at, StackState state) {}
        Deque<Place> pending = new ArrayDeque<>();
        Set<Integer> seen = new HashSet<>();
        pending.add(new Place(0, StackState.atHere()));
        Amd64Instruction instruction = new Amd64Instruction();
        for (int i = 0; i < LOOK_AHEAD_INSTRUCTIONS && !pending.isEmpty(); i++) {
            Place place = pending.poll();
            if (!seen.add(place.at) || !instruction.decode(bytes, place.at, bytes.length)) continue;
            if (instruction.isNearReturn()) {
                Optional<CallerStep> found = atReturn(place.state);
                if (found.isPresent()) return found;
                continue;
            }
            StackState after = place.state.copy(false);
            InstructionEffect.apply(instruction, after);
            int next = place.at + instruction.length;
            int target = next + (int) instruction.immediate;
            boolean jump = instruction.isDirectJump();
            if ((jump || instruction.isConditionalJump()) && target >= 0) pending.add(new Place(target, after));
            if (!jump && !instruction.isIndirectJump() && !instruction.isEnd()) pending.add(new Place(next, after));
        }
        return Optional.empty();
    }

    private Optional<CallerStep> atReturn(StackState state) {
        long top = state.get(StackState.RSP);
        if (!StackState.isOffset(top) || top < 0) return Optional.empty();
        Registers caller = registers.forCaller();
        CallFrames.copySystemRegisters(registers, caller);
        load(caller, AmdRegister.RIP, registers.sp() + top);
        if (!code.followsCall(caller.pc())) return Optional.empty();
        for (Map.Entry<Integer, AmdRegister> each : CALLEE_SAVED.entrySet()) {
            long value = state.get(each.getKey());
            if (StackState.isSlotContent(value))
                load(caller, each.getValue(), registers.sp() + StackState.slotOf(value));
            else if (value == StackState.entry(each.getKey())) keep(caller, each.getValue());
        }
        long cfa = registers.sp() + top + 8;
        caller.set(AmdRegister.RSP, cfa);
        return Optional.of(new CallerStep.Found(caller, OptionalLong.of(cfa), false, "by looking ahead in the code"));
    }

    private void keep(Registers caller, AmdRegister register) {
        if (registers.has(register)) caller.set(register, registers.get(register));
    }

    /** A slot that cannot be read leaves the register absent. */
    private void load(Registers caller, AmdRegister register, long address) {
        byte[] raw = new byte[8];
        if (memory.read(address, raw, 0, 8) == 8) caller.set(register, raw);
    }
}
