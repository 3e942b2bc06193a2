package io.kmdebug.symbols;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds out, for code without call frame information, where the frame stands at one instruction: follows the
 * function's instructions from its entry along every branch and keeps, at each, what all the ways there agree on.
 *
 * <p>Two things make the real ways differ from the ones seen here. A call that does not return seems to run into
 * whatever stands behind it; so a state that comes from behind a call gives way to one that comes by a jump. The
 * targets of a jump through a table are not seen; so code that nothing seems to reach begins as the last indirect jump
 * before it left off, and gives way likewise.
 */
final class StackAnalysis {
    private static final int INSTRUCTION_LIMIT = 100_000;

    private final byte[] code;
    private final TreeMap<Integer, StackState> states = new TreeMap<>();
    private final Deque<Integer> pending = new ArrayDeque<>();
    private final TreeMap<Integer, StackState> indirectJumps = new TreeMap<>();
    private final TreeSet<Integer> behindEnds = new TreeSet<>();
    /** States at jump targets outside of the code. */
    private final TreeMap<Integer, StackState> exits = new TreeMap<>();

    private final Amd64Instruction instruction = new Amd64Instruction();

    private StackAnalysis(byte[] code) {
        this.code = code;
    }

    /**
     * Analyses a function.
     *
     * @param code the function from its first instruction on
     */
    static StackAnalysis of(byte[] code) {
        StackAnalysis analysis = new StackAnalysis(code);
        analysis.arrive(0, StackState.atEntry(), false);
        analysis.run();
        return analysis;
    }

    /**
     * Analyses a part that the compiler put elsewhere because it is seldom used: it is entered by jumps alone.
     *
     * @param whole the function that jumps there
     * @param distance bytes from the start of {@code whole} to the start of {@code code}
     */
    static StackAnalysis ofPart(byte[] code, StackAnalysis whole, int distance) {
        StackAnalysis analysis = new StackAnalysis(code);
        whole.exits.forEach((at, state) -> analysis.arrive(at - distance, state, false));
        analysis.run();
        return analysis;
    }

    /** The state before the instruction that holds the byte {@code offset}; empty when nothing reaches it. */
    Optional<StackState> before(int offset) {
        var entry = states.floorEntry(offset);
        if (entry == null) return Optional.empty();
        boolean holds =
                instruction.decode(code, entry.getKey(), code.length) && offset < entry.getKey() + instruction.length;
        return holds ? Optional.of(entry.getValue()) : Optional.empty();
    }

    private void run() {
        for (int steps = 0; steps < INSTRUCTION_LIMIT; steps++) {
            @Nullable Integer at = pending.poll();
            if (at == null) at = unreached();
            if (at == null) return;
            StackState state = states.get(at);
            if (state != null && instruction.decode(code, at, code.length)) follow(at, state);
        }
    }

    /** The next instruction that may be the target of an indirect jump, with the state of that jump. */
    private @Nullable Integer unreached() {
        while (!behindEnds.isEmpty() && !indirectJumps.isEmpty()) {
            int at = behindEnds.pollFirst();
            if (at >= code.length || states.containsKey(at)) continue;
            var jump = indirectJumps.floorEntry(at);
            if (jump == null) jump = indirectJumps.firstEntry();
            states.put(at, jump.getValue().copy(true));
            return at;
        }
        return null;
    }

    private void follow(int at, StackState state) {
        int next = at + instruction.length;
        int target = next + (int) instruction.immediate;
        StackState after = state.copy(state.onlyBehindCall);
        InstructionEffect.apply(instruction, after);
        if (instruction.isConditionalJump() || instruction.isDirectJump()) arrive(target, after, false);
        if (instruction.isIndirectJump()) indirectJumps.put(at, after);
        if (instruction.isDirectJump() || instruction.isIndirectJump() || instruction.isEnd()) behindEnds.add(next);
        else arrive(next, after, instruction.isCall() || state.onlyBehindCall);
    }

    private static StackState common(StackState one, StackState other) {
        one.meet(other);
        return one;
    }

    private void arrive(int at, StackState state, boolean behindCall) {
        if (at < 0 || at >= code.length) {
            exits.merge(at, state.copy(behindCall), StackAnalysis::common);
            return;
        }
        StackState known = states.get(at);
        if (known == null) {
            states.put(at, state.copy(behindCall));
        } else if (!known.agreesOnStackPointer(state) && known.onlyBehindCall != behindCall) {
            if (behindCall) return;
            states.put(at, state.copy(false));
        } else if (known.onlyBehindCall && !behindCall) {
            known.meet(state);
            states.put(at, known.copy(false));
        } else if (!known.meet(state)) {
            return;
        }
        pending.add(at);
    }
}
