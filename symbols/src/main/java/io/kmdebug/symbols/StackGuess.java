package io.kmdebug.symbols;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalLong;

/** What is left where nothing is known about the code: the frame pointer, and values that look like return addresses. */
final class StackGuess {
    private static final int SCAN_BYTES = 8192;
    private static final long LARGEST_FRAME_BYTES = 1 << 24;

    private final ImageCode code;
    private final Registers registers;
    private final MemoryReader memory;

    StackGuess(ImageCode code, Registers registers, MemoryReader memory) {
        this.code = code;
        this.registers = registers;
        this.memory = memory;
    }

    /** rbp points to the caller's rbp, and the return address is behind it: SysV amd64 §3.2.2. */
    Optional<CallerStep> framePointer() {
        long pointer = registers.get(AmdRegister.RBP);
        boolean plausible = registers.has(AmdRegister.RBP)
                && (pointer & 7) == 0
                && Long.compareUnsigned(pointer - registers.sp(), LARGEST_FRAME_BYTES) < 0;
        byte[] pair = new byte[16];
        if (!plausible || memory.read(pointer, pair, 0, 16) < 16) return Optional.empty();
        ByteBuffer view = ByteBuffer.wrap(pair).order(ByteOrder.LITTLE_ENDIAN);
        if (!code.followsCall(view.getLong(8))) return Optional.empty();
        Registers caller = caller(view.getLong(8), pointer + 16);
        caller.set(AmdRegister.RBP, view.getLong(0));
        return Optional.of(new CallerStep.Found(caller, OptionalLong.of(pointer + 16), false, "by the frame pointer"));
    }

    /** The nearest value above rsp that is the address behind a call instruction. */
    Optional<CallerStep> scan() {
        byte[] stack = new byte[SCAN_BYTES];
        int there = memory.read(registers.sp(), stack, 0, SCAN_BYTES) & -8;
        ByteBuffer view = ByteBuffer.wrap(stack).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < there; at += 8) {
            if (!code.followsCall(view.getLong(at))) continue;
            long cfa = registers.sp() + at + 8;
            Registers caller = caller(view.getLong(at), cfa);
            long pointer = registers.get(AmdRegister.RBP);
            if (registers.has(AmdRegister.RBP) && Long.compareUnsigned(pointer, cfa) >= 0) {
                caller.set(AmdRegister.RBP, pointer);
            }
            return Optional.of(new CallerStep.Found(caller, OptionalLong.of(cfa), false, "by scanning the stack"));
        }
        return Optional.empty();
    }

    private Registers caller(long pc, long sp) {
        Registers caller = new Registers();
        CallFrames.copySystemRegisters(registers, caller);
        return caller.set(AmdRegister.RIP, pc).set(AmdRegister.RSP, sp);
    }
}
