package io.kmdebug.symbols;

import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.UnreadableMemoryException;

/** Where a call or a jump goes, as far as its bytes and the slots of the linkage tables say. SysV amd64 §5.2. */
final class BranchTarget {
    private static final int STUB_BYTES = 16;
    /** A stub leads to a function; one that leads to another stub is not bound yet. */
    private static final int MOST_STUBS = 2;

    private static final byte NOP = (byte) 0x90;
    private static final int[] BRANCH_BYTES = {5, 6, 2, 7};

    private final ImageCode code;
    private final MemoryReader memory;
    private final Amd64Instruction instruction = new Amd64Instruction();

    BranchTarget(ImageCode code, MemoryReader memory) {
        this.code = code;
        this.memory = memory;
    }

    /** Of the call that returns to {@code behind}; 0 when that is not known. */
    long ofCallBefore(long behind) {
        return before(behind, true);
    }

    /** Of the jump, conditional or not, that ends at {@code behind}; 0 when that is not known. */
    long ofJumpBefore(long behind) {
        return before(behind, false);
    }

    /** Address behind the jump at {@code pc}; 0 when no jump stands there. */
    long behindJump(long pc) {
        byte[] bytes = code.read(pc, Amd64Instruction.LONGEST);
        boolean jump = instruction.decode(bytes, 0, bytes.length) && isJump();
        return jump ? pc + instruction.length : 0;
    }

    private long before(long behind, boolean call) {
        for (int length : BRANCH_BYTES) {
            byte[] bytes = code.read(behind - length, length);
            if (bytes.length < length || !instruction.decode(bytes, 0, length)) continue;
            // a linker that makes a jump through a slot direct fills it up with a NOP
            boolean filled = instruction.length == length - 1 && bytes[length - 1] == NOP && instruction.isDirectJump();
            if (!filled && instruction.length != length) continue;
            if (!(call ? instruction.isCall() : isJump())) continue;
            long target = target(behind - length + instruction.length);
            if (target != 0) return throughStubs(target);
        }
        return 0;
    }

    private boolean isJump() {
        return instruction.isDirectJump() || instruction.isIndirectJump() || instruction.isConditionalJump();
    }

    /** Of the instruction that was decoded last and ends at {@code behind}. */
    private long target(long behind) {
        if (instruction.map != 0 || instruction.opcode != 0xff) return behind + instruction.immediate;
        boolean slot =
                instruction.mod == 0 && instruction.base < 0 && instruction.index < 0 && (instruction.rm & 7) == 5;
        return slot ? slotAt(behind + instruction.displacement) : 0;
    }

    private long slotAt(long address) {
        try {
            return memory.readLong(address);
        } catch (UnreadableMemoryException e) {
            return 0; // what is not known leads nowhere
        }
    }

    private long throughStubs(long target) {
        long at = target;
        for (int i = 0; i < MOST_STUBS; i++) {
            long next = behindStub(at);
            if (next == 0) return at;
            at = next;
        }
        return 0;
    }

    /** Where the linkage table's entry at {@code at} goes; 0 when none is there. */
    private long behindStub(long at) {
        byte[] bytes = code.read(at, STUB_BYTES);
        int from = 0;
        boolean endbr = bytes.length >= 4 && bytes[0] == (byte) 0xf3 && bytes[1] == 0x0f && bytes[2] == 0x1e;
        if (endbr) from = 4;
        if (!instruction.decode(bytes, from, bytes.length) || !instruction.isIndirectJump()) return 0;
        return target(at + from + instruction.length);
    }
}
