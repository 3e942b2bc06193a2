package io.kmdebug.symbols;

/**
 * Decodes one instruction of 64-bit mode: its length exactly, and of its parts those that move the stack pointer or
 * the control flow. Reused for one instruction after the other. Intel SDM volume 2 §2.
 */
final class Amd64Instruction {
    /** The longest legal instruction, in bytes. */
    static final int LONGEST = 15;
    /** {@link #map} of VEX, EVEX and XOP instructions: none of them touches a general register that matters here. */
    static final int MAP_VECTOR = 4;

    /** Bytes; 0 when the bytes are no instruction or are cut off. */
    int length;
    /** 0: one-byte opcode, 1: 0F, 2: 0F 38, 3: 0F 3A, {@link #MAP_VECTOR}. */
    int map;

    int opcode;
    boolean operandSize;
    boolean wide;
    /** Whether there is a REX prefix: without one, byte registers 4 to 7 are ah, ch, dh and bh. */
    boolean hasRex;

    boolean hasModRm;
    /** 0 to 3; 3 names a register. */
    int mod;
    /** ModRM.reg with REX.R: a register 0 to 15. For opcode groups its low three bits select the operation. */
    int reg;
    /** The register of mod 3, with REX.B. */
    int rm;
    /** Base register of a memory operand; -1 for none or RIP. */
    int base;
    /** Index register of a memory operand; -1 for none. */
    int index;

    long displacement;
    /** Sign-extended. */
    long immediate;

    private byte[] code = new byte[0];
    private int at;
    private int end;

    /** Decodes at {@code offset} of {@code bytes}, looking no further than {@code limit}. */
    boolean decode(byte[] bytes, int offset, int limit) {
        reset(bytes, offset, Math.min(limit, offset + LONGEST));
        boolean good = decode() && at <= end;
        length = good ? at - offset : 0;
        return good;
    }

    /** Jcc, LOOP and JRCXZ: goes on behind it or at {@link #immediate} bytes from there. */
    boolean isConditionalJump() {
        if (map == 1) return opcode >= 0x80 && opcode <= 0x8f;
        return map == 0 && (opcode >= 0x70 && opcode <= 0x7f || opcode >= 0xe0 && opcode <= 0xe3);
    }

    /** JMP by {@link #immediate} bytes. */
    boolean isDirectJump() {
        return map == 0 && (opcode == 0xe9 || opcode == 0xeb);
    }

    /** JMP through a register or memory. */
    boolean isIndirectJump() {
        return map == 0 && opcode == 0xff && (reg & 6) == 4;
    }

    boolean isCall() {
        return map == 0 && (opcode == 0xe8 || opcode == 0xff && (reg & 6) == 2);
    }

    /** RET without popping anything but the return address and arguments. */
    boolean isNearReturn() {
        return map == 0 && (opcode == 0xc2 || opcode == 0xc3);
    }

    /** Returns, UD2 and HLT, which ends a program that must not go on. */
    boolean isEnd() {
        if (map == 1) return opcode == 0x0b;
        if (map != 0) return false;
        return switch (opcode) {
            case 0xc2, 0xc3, 0xca, 0xcb, 0xcf, 0xf4 -> true;
            default -> false;
        };
    }

    private void reset(byte[] bytes, int offset, int limit) {
        code = bytes;
        at = offset;
        end = limit;
        map = 0;
        operandSize = wide = hasRex = hasModRm = false;
        mod = reg = rm = 0;
        base = index = -1;
        displacement = immediate = 0;
    }

    private boolean decode() {
        boolean addressSize = false;
        boolean repeatNotEqual = false;
        int rex = 0;
        int next = next();
        for (; isPrefix(next); next = next()) {
            operandSize |= next == 0x66;
            addressSize |= next == 0x67;
            repeatNotEqual |= next == 0xf2;
            boolean isRex = (next & 0xf0) == 0x40;
            rex = isRex ? next : 0; // counts only right in front of the opcode
        }
        if (next < 0) return false;
        wide = (rex & 8) != 0;
        hasRex = rex != 0;
        if (next == 0xc5 || next == 0xc4 || next == 0x62) return vector(next);
        if (next == 0x8f && (peek() & 0x1f) >= 8) return xop();
        int form;
        if (next != 0x0f) {
            opcode = next;
            form = Amd64Opcodes.oneByte(next);
        } else {
            opcode = next();
            if (opcode < 0) return false;
            if (opcode == 0x38 || opcode == 0x3a) {
                map = opcode == 0x38 ? 2 : 3;
                opcode = next();
                form = Amd64Opcodes.MODRM | (map == 3 ? 1 : 0);
            } else {
                map = 1;
                form = Amd64Opcodes.twoByte(opcode);
                boolean sse4a = opcode == 0x78 && (operandSize || repeatNotEqual);
                if (sse4a) form |= 2;
            }
        }
        if ((form & Amd64Opcodes.INVALID) != 0) return false;
        if ((form & Amd64Opcodes.MODRM) != 0) modRm(rex);
        else rm = opcode & 7 | (rex & 1) << 3;
        immediate(immediateBytes(form & Amd64Opcodes.IMMEDIATE, addressSize));
        return true;
    }

    private static boolean isPrefix(int value) {
        return switch (value) {
            case 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65 -> true;
            default -> (value & 0xf0) == 0x40;
        };
    }

    private int immediateBytes(int kind, boolean addressSize) {
        int z = operandSize && !wide ? 2 : 4;
        return switch (kind) {
            case Amd64Opcodes.IMM_Z -> z;
            case Amd64Opcodes.IMM_V -> wide ? 8 : z;
            case Amd64Opcodes.IMM_ADDRESS -> addressSize ? 4 : 8;
            case Amd64Opcodes.IMM_TEST -> {
                if ((reg & 7) > 1) yield 0;
                yield opcode == 0xf6 ? 1 : z;
            }
            default -> kind;
        };
    }

    /** VEX C5: one more byte, map 0F. VEX C4: two more, EVEX 62: three more; the first names the map. */
    private boolean vector(int escape) {
        int first = next();
        int inner = escape == 0xc5 ? 1 : first & (escape == 0x62 ? 7 : 0x1f);
        if (escape != 0xc5) at += escape == 0x62 ? 2 : 1;
        opcode = next();
        map = MAP_VECTOR;
        boolean bare = escape != 0x62 && inner == 1 && opcode == 0x77;
        if (!bare) modRm(0);
        immediate(Amd64Opcodes.vectorImmediate(inner, opcode));
        return true;
    }

    private boolean xop() {
        int inner = next() & 0x1f;
        at++;
        opcode = next();
        map = MAP_VECTOR;
        modRm(0);
        immediate(inner == 8 ? 1 : inner == 10 ? 4 : 0);
        return true;
    }

    private void modRm(int rex) {
        int value = next();
        hasModRm = true;
        mod = value >> 6 & 3;
        reg = value >> 3 & 7 | (rex & 4) << 1;
        rm = value & 7 | (rex & 1) << 3;
        boolean controlRegister = map == 1 && opcode >= 0x20 && opcode <= 0x23; // MOV: mod does not count
        if (controlRegister) mod = 3;
        if (mod == 3) return;
        boolean absolute = false;
        if ((value & 7) == 4) {
            int sib = next();
            int scaled = sib >> 3 & 7 | (rex & 2) << 2;
            index = scaled == 4 ? -1 : scaled;
            absolute = mod == 0 && (sib & 7) == 5;
            base = absolute ? -1 : sib & 7 | (rex & 1) << 3;
        } else if (mod == 0 && (value & 7) == 5) {
            absolute = true;
        } else {
            base = rm;
        }
        if (mod == 1) displacement = signed(1);
        else if (mod == 2 || absolute) displacement = signed(4);
    }

    private void immediate(int bytes) {
        // ENTER has a 16-bit and an 8-bit one; only the first counts
        if (bytes == 3) {
            immediate = signed(2) & 0xffff;
            at++;
        } else if (bytes > 0) {
            immediate = signed(bytes);
        }
    }

    private long signed(int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) value |= (long) Math.max(0, next()) << 8 * i;
        int unused = 64 - 8 * bytes;
        return value << unused >> unused;
    }

    private int peek() {
        return at < end ? code[at] & 0xff : 0;
    }

    /** The next byte; -1 behind the end, which makes the instruction invalid in the end. */
    private int next() {
        int value = at < end ? code[at] & 0xff : -1;
        at++;
        return value;
    }
}
