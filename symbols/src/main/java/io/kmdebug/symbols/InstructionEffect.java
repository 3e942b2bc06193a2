package io.kmdebug.symbols;

import static io.kmdebug.symbols.StackState.RBP;
import static io.kmdebug.symbols.StackState.RSP;
import static io.kmdebug.symbols.StackState.UNKNOWN;
import static io.kmdebug.symbols.StackState.ZERO;

/**
 * What one instruction does to a {@link StackState}. Exact for what compilers and assembly put into prologues and
 * epilogues; a register that is written in any other way becomes unknown.
 */
final class InstructionEffect {
    private static final int RAX = 0;
    private static final int RCX = 1;
    private static final int RDX = 2;
    private static final int RBX = 3;
    private static final int[] CALLER_SAVED = {0, 1, 2, 6, 7, 8, 9, 10, 11};

    private final Amd64Instruction code;
    private final StackState state;

    private InstructionEffect(Amd64Instruction code, StackState state) {
        this.code = code;
        this.state = state;
    }

    static void apply(Amd64Instruction instruction, StackState state) {
        InstructionEffect effect = new InstructionEffect(instruction, state);
        if (instruction.map == 0) effect.oneByte();
        else if (instruction.map == 1) effect.twoByte();
    }

    private void oneByte() {
        int opcode = code.opcode;
        int width = code.operandSize ? 2 : 8;
        if (opcode < 0x40) {
            arithmetic();
            return;
        }
        switch (opcode) {
            case 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57 -> state.push(state.get(code.rm), width);
            case 0x58, 0x59, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e, 0x5f -> state.set(code.rm, state.pop(width));
            case 0x68, 0x6a, 0x9c -> state.push(UNKNOWN, width);
            case 0x9d -> state.pop(width);
            case 0x8f -> {
                state.pop(width);
                writeRm(UNKNOWN);
            }
            case 0xc8 -> enter();
            case 0xc9 -> leave();
            case 0x80, 0x81, 0x83 -> immediateGroup();
            case 0x89 -> writeRm(code.wide ? state.get(code.reg) : UNKNOWN);
            case 0x8b -> state.set(code.reg, code.wide ? readRm() : UNKNOWN);
            case 0x8d -> state.set(code.reg, code.wide ? address() : UNKNOWN);
            case 0xc7 -> writeRm(code.immediate == 0 ? ZERO : UNKNOWN);
            case 0xb8, 0xb9, 0xba, 0xbb, 0xbc, 0xbd, 0xbe, 0xbf ->
                state.set(code.rm, code.immediate == 0 ? ZERO : UNKNOWN);
            case 0x63, 0x69, 0x6b, 0x8a -> state.set(register(code.reg), UNKNOWN);
            case 0x88, 0xc0, 0xc1, 0xc6, 0xd0, 0xd1, 0xd2, 0xd3, 0xfe -> writeRm(UNKNOWN);
            case 0x86, 0x87 -> {
                state.set(register(code.reg), UNKNOWN);
                writeRm(UNKNOWN);
            }
            case 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97 -> unknown(RAX, code.rm);
            case 0xb0, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7 -> state.set(register(code.rm), UNKNOWN);
            case 0xf6, 0xf7 -> unaryGroup();
            case 0xff -> lastGroup(width);
            case 0xe8 -> unknown(CALLER_SAVED);
            default -> {} // flags, x87, strings and jumps: no callee-saved register, no stack pointer
        }
    }

    /** ADD, OR, ADC, SBB, AND, SUB, XOR, CMP with a register: rows of eight opcodes from 0 on. */
    private void arithmetic() {
        int kind = code.opcode >> 3;
        if (kind == 7) return; // CMP
        boolean cancels = kind == 5 || kind == 6; // SUB and XOR of a register with itself
        switch (code.opcode & 7) {
            case 0, 1 -> writeRm(cancels && code.mod == 3 && code.reg == code.rm ? ZERO : UNKNOWN);
            case 2, 3 ->
                state.set(register(code.reg), cancels && code.mod == 3 && code.reg == code.rm ? ZERO : UNKNOWN);
            case 4, 5 -> state.set(RAX, UNKNOWN);
            default -> {}
        }
    }

    private void immediateGroup() {
        int kind = code.reg & 7;
        if (kind == 7) return; // CMP
        if (code.mod != 3) {
            state.store(address(), UNKNOWN);
            return;
        }
        if (code.opcode == 0x80) {
            writeRm(UNKNOWN);
            return;
        }
        long before = state.get(code.rm);
        boolean full = code.wide;
        long after = UNKNOWN;
        if (full && kind == 0) after = StackState.plus(before, code.immediate);
        else if (full && kind == 5) after = StackState.plus(before, -code.immediate);
        // a function's CFA is a multiple of 16 (SysV amd64 §3.2.2), so this one alignment is a known distance
        else if (full && kind == 4 && code.immediate == -16 && StackState.isOffset(before)) after = before & -16;
        state.set(code.rm, after);
    }

    private void unaryGroup() {
        int kind = code.reg & 7;
        if (kind == 2 || kind == 3) writeRm(UNKNOWN);
        else if (kind >= 4) unknown(RAX, RDX);
    }

    private void lastGroup(int width) {
        switch (code.reg & 7) {
            case 0, 1 -> writeRm(UNKNOWN);
            case 2, 3 -> unknown(CALLER_SAVED);
            case 6 -> state.push(code.mod == 3 ? state.get(code.rm) : state.load(address()), width);
            default -> {}
        }
    }

    private void enter() {
        state.push(state.get(RBP), 8);
        state.set(RBP, state.get(RSP));
        state.set(RSP, StackState.plus(state.get(RSP), -code.immediate));
    }

    private void leave() {
        state.set(RSP, state.get(RBP));
        state.set(RBP, state.pop(8));
    }

    private void twoByte() {
        int opcode = code.opcode;
        if (opcode >= 0x40 && opcode <= 0x4f) state.set(code.reg, UNKNOWN);
        else if (opcode >= 0x90 && opcode <= 0x9f) writeRm(UNKNOWN);
        else if (opcode >= 0xc8 && opcode <= 0xcf) state.set(code.rm, UNKNOWN);
        switch (opcode) {
            case 0x05 -> unknown(RAX, RCX, 11);
            case 0xa2 -> unknown(RAX, RBX, RCX, RDX);
            case 0x02, 0x03, 0x2c, 0x2d, 0x50, 0xaf, 0xb6, 0xb7, 0xb8, 0xbc, 0xbd, 0xbe, 0xbf, 0xc5, 0xd7 ->
                state.set(code.reg, UNKNOWN);
            case 0xa4, 0xa5, 0xab, 0xac, 0xad, 0xb3, 0xbb, 0xc7 -> writeRm(UNKNOWN);
            case 0x7e -> {
                if (code.operandSize) writeRm(UNKNOWN); // MOVD, MOVQ from xmm
            }
            case 0xba -> {
                if ((code.reg & 7) > 4) writeRm(UNKNOWN);
            }
            case 0xb0, 0xb1 -> {
                state.set(RAX, UNKNOWN);
                writeRm(UNKNOWN);
            }
            case 0xc0, 0xc1 -> {
                state.set(register(code.reg), UNKNOWN);
                writeRm(UNKNOWN);
            }
            default -> {} // SSE and system instructions
        }
    }

    private void unknown(int... registers) {
        for (int register : registers) state.set(register, UNKNOWN);
    }

    private long readRm() {
        return code.mod == 3 ? state.get(code.rm) : state.load(address());
    }

    private void writeRm(long value) {
        if (code.mod == 3) state.set(register(code.rm), value);
        else state.store(address(), value);
    }

    /** The register that {@code number} names here: ah is a part of rax, though its number is that of rsp. */
    private int register(int number) {
        return byteOperation() && !code.hasRex && number >= 4 ? number - 4 : number;
    }

    private boolean byteOperation() {
        int opcode = code.opcode;
        if (code.map == 1) return opcode >= 0x90 && opcode <= 0x9f || opcode == 0xb0 || opcode == 0xc0;
        if (opcode < 0x40) return (opcode & 1) == 0;
        return switch (opcode) {
            case 0x80, 0x86, 0x88, 0x8a, 0xc0, 0xc6, 0xd0, 0xd2, 0xf6, 0xfe -> true;
            default -> opcode >= 0xb0 && opcode <= 0xb7;
        };
    }

    /** The memory operand's address, where it is a distance from the CFA. */
    private long address() {
        if (code.base < 0 || code.index >= 0) return UNKNOWN;
        return StackState.plus(state.get(code.base), code.displacement);
    }
}
