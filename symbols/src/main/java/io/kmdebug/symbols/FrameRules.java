package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.Cursor;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The row of an FDE's table for one address, found by running its instructions. DWARF 5 §6.4.2, §6.4.3. */
final class FrameRules {
    /** DWARF numbers of the general registers and RIP; rules for others (vector registers) are skipped. */
    static final int REGISTERS = 17;

    private static final int STACK_LIMIT = 1000;
    private static final RegisterRule UNDEFINED = new RegisterRule.Undefined();
    private static final RegisterRule SAME = new RegisterRule.SameValue();

    private final FrameEntry entry;
    private final Deque<FrameRules> remembered = new ArrayDeque<>();
    private @Nullable RegisterRule[] rules = new @Nullable RegisterRule[REGISTERS];
    private @Nullable RegisterRule[] initial = new @Nullable RegisterRule[REGISTERS];
    private int cfaRegister;
    private long cfaOffset;
    private @Nullable Bytes cfaExpression;

    private FrameRules(FrameEntry entry) {
        this.entry = entry;
    }

    /** The rules at {@code pc}, a link-time address within {@code entry}. */
    static FrameRules at(FrameEntry entry, long pc) {
        FrameRules rules = new FrameRules(entry);
        FrameEntry.Common common = entry.common();
        rules.run(new Cursor(common.instructions(), common.start()), entry.low(), pc);
        rules.initial = rules.rules.clone();
        rules.run(new Cursor(entry.instructions(), entry.start()), entry.low(), pc);
        return rules;
    }

    /** The expression that gives the CFA; null when it is a register plus an offset. */
    @Nullable
    Bytes cfaExpression() {
        return cfaExpression;
    }

    int cfaRegister() {
        return cfaRegister;
    }

    long cfaOffset() {
        return cfaOffset;
    }

    /** Null where nothing is said about {@code register}. */
    @Nullable
    RegisterRule rule(int register) {
        return register < REGISTERS ? rules[register] : null;
    }

    private void run(Cursor in, long from, long pc) {
        long location = from;
        while (!in.atEnd() && Long.compareUnsigned(location, pc) <= 0) {
            int opcode = in.u1("call frame instruction");
            int operand = opcode & 0x3f;
            switch (opcode & 0xc0) {
                case 0x40 -> location += operand * codeAlign();
                case 0x80 -> set(operand, atOffset(in.uleb("offset")));
                case 0xc0 -> restore(operand);
                default -> location = extended(opcode, in, location);
            }
        }
    }

    /** The instructions without an operand in their opcode; gives the location they lead to. */
    private long extended(int opcode, Cursor in, long location) {
        switch (opcode) {
            case 0x00 -> {}
            case 0x01 -> {
                return PointerEncoding.read(in, entry.common().pointerEncoding(), 0, 0, entry.low(), "location");
            }
            case 0x02 -> {
                return location + in.u1("delta") * codeAlign();
            }
            case 0x03 -> {
                return location + in.u2("delta") * codeAlign();
            }
            case 0x04 -> {
                return location + in.u4("delta") * codeAlign();
            }
            case 0x05 -> set(register(in), atOffset(in.uleb("offset")));
            case 0x06 -> restore(register(in));
            case 0x07 -> set(register(in), UNDEFINED);
            case 0x08 -> set(register(in), SAME);
            case 0x09 -> set(register(in), new RegisterRule.InRegister(register(in)));
            case 0x0a -> remember(in);
            case 0x0b -> recall(in);
            case 0x0c -> defineCfa(register(in), in.uleb("offset"));
            case 0x0d -> defineCfa(register(in), cfaOffset);
            case 0x0e -> cfaOffset = in.uleb("offset");
            case 0x0f -> cfaExpression = block(in);
            case 0x10 -> set(register(in), new RegisterRule.AtExpression(block(in)));
            case 0x11 -> set(register(in), atOffset(in.sleb("offset")));
            case 0x12 -> defineCfa(register(in), in.sleb("offset") * dataAlign());
            case 0x13 -> cfaOffset = in.sleb("offset") * dataAlign();
            case 0x14 -> set(register(in), new RegisterRule.ValueAtOffset(in.uleb("offset") * dataAlign()));
            case 0x15 -> set(register(in), new RegisterRule.ValueAtOffset(in.sleb("offset") * dataAlign()));
            case 0x16 -> set(register(in), new RegisterRule.ValueOfExpression(block(in)));
            case 0x2e -> in.uleb("DW_CFA_GNU_args_size"); // matters to exceptions only
            case 0x2f -> set(register(in), atOffset(-in.uleb("offset")));
            default ->
                throw in.corrupt("call frame instruction", "0x" + Integer.toHexString(opcode), "one of DWARF 5 §7.24");
        }
        return location;
    }

    private RegisterRule atOffset(long factored) {
        return new RegisterRule.AtOffset(factored * dataAlign());
    }

    private static int register(Cursor in) {
        return (int) in.uleb("register");
    }

    private static Bytes block(Cursor in) {
        return in.block(in.uleb("expression length"), "expression");
    }

    private void set(int register, RegisterRule rule) {
        if (register >= 0 && register < REGISTERS) rules[register] = rule;
    }

    private void restore(int register) {
        if (register >= 0 && register < REGISTERS) rules[register] = initial[register];
    }

    private void defineCfa(int register, long offset) {
        cfaRegister = register;
        cfaOffset = offset;
        cfaExpression = null;
    }

    private void remember(Cursor in) {
        if (remembered.size() >= STACK_LIMIT) throw in.corrupt("DW_CFA_remember_state", "too many", "at most 1000");
        FrameRules kept = new FrameRules(entry);
        kept.rules = rules.clone();
        kept.cfaRegister = cfaRegister;
        kept.cfaOffset = cfaOffset;
        kept.cfaExpression = cfaExpression;
        remembered.push(kept);
    }

    private void recall(Cursor in) {
        FrameRules kept = remembered.poll();
        if (kept == null)
            throw in.corrupt("DW_CFA_restore_state", "nothing remembered", "DW_CFA_remember_state before");
        rules = kept.rules;
        cfaRegister = kept.cfaRegister;
        cfaOffset = kept.cfaOffset;
        cfaExpression = kept.cfaExpression;
    }

    private long codeAlign() {
        return entry.common().codeAlign();
    }

    private long dataAlign() {
        return entry.common().dataAlign();
    }
}
