package io.kmdebug.monitor.thread;

import static io.kmdebug.monitor.signal.GuestContext.RDX;
import static io.kmdebug.monitor.signal.GuestContext.RIP;

import io.kmdebug.monitor.syscall.Access;
import io.kmdebug.monitor.syscall.GuestMemory;
import org.jspecify.annotations.Nullable;

/**
 * An instruction that reads or writes an I/O port, at which user code faults. Intel SDM volume 2: IN, INS, OUT, OUTS.
 *
 * @param port its 16 bits
 * @param width bytes of the access: 1, 2 or 4
 * @param out whether it writes to the port from a register
 * @param length bytes of the instruction
 */
record PortInstruction(int port, int width, boolean out, int length) {
    private static final int LONGEST = 15;
    private static final int OPERAND_SIZE = 0x66;

    /** The instruction that the thread stands on; null when it is none of these. */
    static @Nullable PortInstruction at(PayloadThread thread) {
        GuestMemory memory = thread.memory();
        long rip = thread.cpu().get(RIP);
        int readable = (int) memory.accessible(rip, LONGEST, Access.READ);
        if (readable == 0) return null;
        byte[] code = memory.read(rip, readable);
        boolean word = false;
        int at = 0;
        while (at < readable && isPrefix(code[at] & 0xff)) word |= (code[at++] & 0xff) == OPERAND_SIZE;
        if (at == readable) return null;
        int opcode = code[at] & 0xff;
        int full = word ? 2 : 4;
        int width = (opcode & 1) == 0 ? 1 : full;
        int dx = (int) thread.cpu().get(RDX) & 0xffff;
        return switch (opcode) {
            case 0xee, 0xef -> new PortInstruction(dx, width, true, at + 1);
            case 0xec, 0xed, 0x6c, 0x6d, 0x6e, 0x6f -> new PortInstruction(dx, width, false, at + 1);
            case 0xe4, 0xe5, 0xe6, 0xe7 ->
                at + 1 < readable ? new PortInstruction(code[at + 1] & 0xff, width, opcode >= 0xe6, at + 2) : null;
            default -> null;
        };
    }

    /** Operand size, repetitions, segments, lock, REX. */
    private static boolean isPrefix(int code) {
        return switch (code) {
            case OPERAND_SIZE, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65 -> true;
            default -> code >= 0x40 && code <= 0x4f;
        };
    }
}
