package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.code.Disassembler;
import io.kmdebug.debugger.code.Instruction;
import io.kmdebug.machine.Registers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An instruction at which something went wrong, in a frame.
 *
 * @param frames the activation's function and what is inlined into it there, innermost first; then its callers
 * @param registers as they were before the instruction; those that are not known are absent
 */
record FaultPlace(Payload payload, List<StackFrame> frames, Registers registers, long address) {
    private static final int MOST_INSTRUCTIONS = 20_000;
    private static final int MOST_BYTES = 1 << 17;

    /** Where the first of {@code frames} stands. */
    static FaultPlace of(Payload payload, List<StackFrame> frames) {
        StackFrame first = frames.get(0);
        return new FaultPlace(payload, frames, first.registers(), first.pc());
    }

    /** The frames of the one activation in which it happened. */
    List<StackFrame> here() {
        StackFrame first = frames.get(0);
        return frames.stream()
                .takeWhile(f -> f.activation() == first.activation())
                .toList();
    }

    /** The same frames, at another instruction of the first one. */
    FaultPlace at(long other) {
        return new FaultPlace(payload, frames, registers, other);
    }

    /** @throws io.kmdebug.debugger.DebuggerException where there is no disassembler */
    Instruction instruction() {
        return Instruction.of(
                Disassembler.disassemble(new CodeView(payload), address, 0, 1).get(0));
    }

    /** The instruction that ends here, as the call before a return address does. */
    Instruction instructionBefore() {
        return Instruction.of(
                Disassembler.disassemble(new CodeView(payload), address, -1, 1).get(0));
    }

    /**
     * The function's instructions from where every way to this place comes by, up to it: there is no jump into them.
     * Only the last one where the function is not known, or too long.
     */
    List<Instruction> straightCode() {
        CodeView view = new CodeView(payload);
        Disassembler.Code.Symbol symbol = view.symbolAt(address).orElse(null);
        boolean known = symbol != null
                && symbol.size() > 0
                && symbol.size() <= MOST_BYTES
                && Long.compareUnsigned(address - symbol.start(), symbol.size()) < 0;
        if (symbol == null || !known) return List.of(instruction());
        List<Instruction> before = new ArrayList<>();
        Set<Long> targets = new HashSet<>();
        long end = symbol.start() + symbol.size();
        int from = 0;
        for (var row : Disassembler.disassemble(view, symbol.start(), 0, rows(symbol))) {
            Instruction instruction = Instruction.of(row);
            if (Long.compareUnsigned(instruction.address(), end) >= 0) break;
            targets.add(instruction.jumpTarget());
            if (Long.compareUnsigned(instruction.address(), address) <= 0) before.add(instruction);
        }
        if (before.isEmpty() || before.get(before.size() - 1).address() != address) return List.of(instruction());
        for (int i = 0; i < before.size(); i++) {
            boolean entered = targets.contains(before.get(i).address());
            boolean afterEnd = i > 0 && before.get(i - 1).isEnd();
            if (entered || afterEnd) from = i;
        }
        return before.subList(from, before.size());
    }

    private static int rows(Disassembler.Code.Symbol symbol) {
        return (int) Math.min(MOST_INSTRUCTIONS, symbol.size());
    }
}
