package io.kmdebug.symbols;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.machine.Xsave;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;

/**
 * The code that a signal handler returns to: it calls rt_sigreturn. It is known by its bytes, as musl's and KM's have no
 * call frame information. What it interrupted is in the {@code struct ucontext} that rsp points to when it is entered
 * (Linux {@code asm/sigframe.h}, struct rt_sigframe; {@code asm/sigcontext.h}).
 */
final class SignalTrampoline {
    /** {@code mov $15, %eax} or {@code %rax}, then {@code syscall}. */
    private static final List<byte[]> CODES =
            List.of(HexFormat.of().parseHex("b80f0000000f05"), HexFormat.of().parseHex("48c7c00f0000000f05"));

    private static final int LONGEST = 9;
    private static final int GREGS = 40;
    /** {@code fpstate}: where the floating-point state is; 0 for none. */
    private static final int FLOATING_STATE = 224;
    /** {@code sw_reserved} within that: FP_XSTATE_MAGIC1 when more than the FXSAVE region is there, and how much. */
    private static final int EXTENDED_MARK = 464;

    private static final int EXTENDED_BYTES = 480;
    private static final int MARK = 0x4650_5853;
    private static final int MOST_STATE_BYTES = 1 << 14;

    private static final AmdRegister[] ORDER = {
        AmdRegister.R8, AmdRegister.R9, AmdRegister.R10, AmdRegister.R11, AmdRegister.R12, AmdRegister.R13,
        AmdRegister.R14, AmdRegister.R15, AmdRegister.RDI, AmdRegister.RSI, AmdRegister.RBP, AmdRegister.RBX,
        AmdRegister.RDX, AmdRegister.RAX, AmdRegister.RCX, AmdRegister.RSP, AmdRegister.RIP, AmdRegister.EFLAGS
    };

    private SignalTrampoline() {}

    /** Whether the code at {@code pc} is one, at its first instruction or at the system call behind it. */
    static boolean isAt(ImageCode code, long pc) {
        byte[] at = code.read(pc, LONGEST);
        for (byte[] known : CODES) {
            if (Arrays.equals(at, 0, Math.min(known.length, at.length), known, 0, known.length)) return true;
            if (isSystemCallOf(known, code, pc, at)) return true;
        }
        return false;
    }

    private static boolean isSystemCallOf(byte[] known, ImageCode code, long pc, byte[] at) {
        if (at.length < 2 || at[0] != 0x0f || at[1] != 0x05) return false;
        byte[] before = code.read(pc - known.length + 2, known.length);
        return Arrays.equals(before, known);
    }

    /** The registers that the signal interrupted. */
    static CallerStep interrupted(Registers registers, MemoryReader memory) {
        Registers caller = new Registers();
        CallFrames.copySystemRegisters(registers, caller);
        try {
            for (int i = 0; i < ORDER.length; i++) {
                caller.set(ORDER[i], memory.readLong(registers.sp() + GREGS + 8L * i));
            }
        } catch (UnreadableMemoryException e) {
            return new CallerStep.End(String.valueOf(e.getMessage()));
        }
        addFloatingState(registers.sp(), memory, caller);
        return new CallerStep.Found(caller, OptionalLong.of(registers.sp()), true, null);
    }

    /** The x87, SSE and AVX registers, which the kernel keeps below the frame. */
    private static void addFloatingState(long frame, MemoryReader memory, Registers into) {
        try {
            long state = memory.readLong(frame + FLOATING_STATE);
            if (state == 0) return;
            boolean extended = memory.readUnsigned(state + EXTENDED_MARK, 4) == MARK;
            long bytes = extended ? memory.readUnsigned(state + EXTENDED_BYTES, 4) : Xsave.LEGACY_BYTES;
            if (bytes < Xsave.LEGACY_BYTES || bytes > MOST_STATE_BYTES) return;
            Xsave.decode(memory.read(state, (int) bytes), into);
        } catch (UnreadableMemoryException e) {
            return; // the walk needs none of it; registers that are absent say so themselves
        }
    }
}
