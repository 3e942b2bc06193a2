package io.kmdebug.debugger.target;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.UnreadableMemoryException;

/**
 * A thread of an unmodified program that waits in a system call under KM stands in KM's own code, {@code
 * __km_syscall_handler}. It is shown where it would stand natively: behind its {@code syscall} instruction, with the
 * registers that the handler has put on the stack. This project's monitor shows its threads so by itself.
 */
final class KmTrampoline {
    private static final long START = 0x80_0000_8210L;
    private static final long END = 0x80_0000_8245L;
    /** The handler's {@code out} instruction: everything is saved there. */
    private static final long HYPERCALL = 0x80_0000_822bL;

    private static final AmdRegister[] SAVED = {
        AmdRegister.RAX,
        AmdRegister.RDI,
        AmdRegister.RSI,
        AmdRegister.RDX,
        AmdRegister.R10,
        AmdRegister.R8,
        AmdRegister.R9
    };

    private KmTrampoline() {}

    /** The registers as the program's own code has them; the same object where the thread is not in KM's code. */
    static Registers outside(Registers registers, MemoryReader memory) {
        long pc = registers.pc();
        if (pc < START || pc >= END || !registers.has(AmdRegister.RCX)) return registers;
        Registers shown = registers.copy();
        if (pc >= HYPERCALL) {
            try {
                for (int i = 0; i < SAVED.length; i++) {
                    shown.set(SAVED[i], memory.readLong(registers.sp() + 8L * i));
                }
            } catch (UnreadableMemoryException e) {
                // A stack that cannot be read is no reason to show the thread in KM's code.
                return shown.set(AmdRegister.RIP, registers.get(AmdRegister.RCX));
            }
            shown.set(AmdRegister.RSP, registers.sp() + 8L * SAVED.length);
        }
        return shown.set(AmdRegister.RIP, registers.get(AmdRegister.RCX));
    }
}
