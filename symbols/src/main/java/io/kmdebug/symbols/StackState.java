package io.kmdebug.symbols;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What is known before one instruction of a function: for each general register (numbered as instructions number them,
 * rsp is 4 and rbp is 5) and each written stack slot an abstract value.
 *
 * <p>A value is an offset from the canonical frame address (CFA: rsp before the call that entered the function), or the
 * value a register had when the function was entered, or zero, or unknown.
 */
final class StackState {
    static final int RSP = 4;
    static final int RBP = 5;
    static final long UNKNOWN = Long.MIN_VALUE;
    static final long ZERO = Long.MIN_VALUE + 1;

    private static final long ENTRY = Long.MIN_VALUE + 16;
    private static final int REGISTERS = 16;
    private static final long OFFSET_LIMIT = 1L << 40;
    private static final long SLOT_CONTENT = 1L << 50;

    private final long[] registers;
    private final Map<Long, Long> slots;

    /** The only way here was behind a call, which perhaps never returns. */
    final boolean onlyBehindCall;

    private StackState(long[] registers, Map<Long, Long> slots, boolean onlyBehindCall) {
        this.registers = registers;
        this.slots = slots;
        this.onlyBehindCall = onlyBehindCall;
    }

    /** At a function's first instruction: rsp points to the return address. */
    static StackState atEntry() {
        long[] registers = new long[REGISTERS];
        for (int i = 0; i < REGISTERS; i++) registers[i] = entry(i);
        registers[RSP] = -8;
        return new StackState(registers, new HashMap<>(), false);
    }

    /** In the midst of a function: offsets count from where rsp is now, and slots hold what they hold now. */
    static StackState atHere() {
        StackState state = atEntry();
        state.registers[RSP] = 0;
        return state;
    }

    /** The value that {@code register} had at the function's entry. */
    static long entry(int register) {
        return ENTRY + register;
    }

    static boolean isOffset(long value) {
        return value > -OFFSET_LIMIT && value < OFFSET_LIMIT;
    }

    StackState copy(boolean behindCall) {
        return new StackState(registers.clone(), new HashMap<>(slots), behindCall);
    }

    long get(int register) {
        return registers[register];
    }

    void set(int register, long value) {
        registers[register] = value;
    }

    /** {@code value + add} where the value is an offset, else unknown. */
    static long plus(long value, long add) {
        return isOffset(value) ? value + add : UNKNOWN;
    }

    void push(long value, int bytes) {
        registers[RSP] = plus(registers[RSP], -bytes);
        store(registers[RSP], bytes == 8 ? value : UNKNOWN);
    }

    long pop(int bytes) {
        long value = bytes == 8 ? load(registers[RSP]) : UNKNOWN;
        registers[RSP] = plus(registers[RSP], bytes);
        return value;
    }

    /** Writes the slot at the offset {@code where}; elsewhere nothing is known to change. */
    void store(long where, long value) {
        if (!isOffset(where)) return;
        slots.put(where, value);
    }

    long load(long where) {
        if (!isOffset(where)) return UNKNOWN;
        return slots.getOrDefault(where, SLOT_CONTENT + where);
    }

    /** Whether {@code value} is what a slot held at the start; {@link #slotOf} says which one. */
    static boolean isSlotContent(long value) {
        return isOffset(value - SLOT_CONTENT);
    }

    /** The offset of the slot. */
    static long slotOf(long value) {
        return value - SLOT_CONTENT;
    }

    /** The lowest slot above rsp that holds what {@code register} was at the entry, as an offset; else unknown. */
    long savedAt(int register) {
        long top = registers[RSP];
        long found = UNKNOWN;
        for (Map.Entry<Long, Long> slot : slots.entrySet()) {
            if (slot.getValue() != entry(register)) continue;
            if (isOffset(top) && slot.getKey() < top) continue;
            if (found == UNKNOWN || slot.getKey() < found) found = slot.getKey();
        }
        return found;
    }

    /** Keeps of this state what {@code other} agrees with; false when that changes nothing. */
    boolean meet(StackState other) {
        boolean changed = false;
        for (int i = 0; i < REGISTERS; i++) {
            if (registers[i] == other.registers[i] || registers[i] == UNKNOWN) continue;
            registers[i] = UNKNOWN;
            changed = true;
        }
        for (Map.Entry<Long, Long> slot : slots.entrySet()) {
            if (slot.getValue() == UNKNOWN || slot.getValue() == other.load(slot.getKey())) continue;
            slot.setValue(UNKNOWN);
            changed = true;
        }
        for (Map.Entry<Long, Long> slot : other.slots.entrySet()) {
            if (slots.containsKey(slot.getKey()) || slot.getValue() == load(slot.getKey())) continue;
            slots.put(slot.getKey(), UNKNOWN);
            changed = true;
        }
        return changed;
    }

    boolean agreesOnStackPointer(StackState other) {
        return registers[RSP] == other.registers[RSP];
    }

    @Override
    public String toString() {
        return Arrays.toString(registers) + slots;
    }
}
