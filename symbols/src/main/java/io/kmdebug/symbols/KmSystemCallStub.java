package io.kmdebug.symbols;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;
import java.util.OptionalLong;

/**
 * KM's own page in the payload, where a SYSCALL instruction leads: a thread that waits in a system call stands there.
 * The instruction left the return address in rcx; the stub keeps 56 bytes of arguments on the stack.
 */
final class KmSystemCallStub {
    private static final long START = 0x80_0000_8210L;
    private static final long END = 0x80_0000_8245L;
    private static final int ARGUMENT_BYTES = 56;

    private KmSystemCallStub() {}

    static boolean contains(long pc) {
        return Long.compareUnsigned(pc - START, END - START) < 0;
    }

    static CallerStep caller(Registers registers) {
        Registers caller = registers.copy();
        long sp = registers.sp() + (registers.pc() == START ? 0 : ARGUMENT_BYTES);
        caller.set(AmdRegister.RIP, registers.get(AmdRegister.RCX)).set(AmdRegister.RSP, sp);
        // the caller is not suspended in a call: rcx names the instruction that will run next, as after a signal
        return new CallerStep.Found(caller, OptionalLong.of(sp), true, null);
    }
}
