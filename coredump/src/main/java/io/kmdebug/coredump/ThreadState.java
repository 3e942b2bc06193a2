package io.kmdebug.coredump;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.Xsave;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A thread as the writer puts it into a core.
 *
 * @param tid thread id
 * @param signal pr_cursig: Linux gives every thread the signal that ended the process
 * @param pending set of pending signals, bit n - 1 for signal n
 * @param blocked set of blocked signals
 * @param registers general registers, and the x87, SSE and AVX ones where {@code xstate} is null
 * @param xstate an XSAVE area in the standard format with XCR0 at offset 464, as NT_X86_XSTATE has it (832 bytes with
 *     AVX, 2688 with AVX-512), or null
 */
public record ThreadState(
        int tid, int signal, long pending, long blocked, Registers registers, byte @Nullable [] xstate) {
    private static final int AVX_AREA_BYTES = 832;
    private static final long X87_SSE_AVX = 7;
    private static final int SW_RESERVED_BYTES = 48;

    /** The content of NT_X86_XSTATE. */
    byte[] extendedState() {
        if (xstate != null) return xstate;
        byte[] area = new byte[AVX_AREA_BYTES];
        ByteBuffer view = ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN);
        view.putShort(0, (short) 0x37f).putInt(24, 0x1f80); // the state after FNINIT
        if (registers.has(AmdRegister.MXCSR)) Xsave.encode(registers, area);
        view.putLong(Xsave.XCR0_IN_SW_RESERVED, X87_SSE_AVX);
        return area;
    }

    /** The content of NT_FPREGSET: the legacy region with the software's bytes cleared. */
    byte[] floatingPoint() {
        byte[] legacy = Arrays.copyOf(extendedState(), Xsave.LEGACY_BYTES);
        Arrays.fill(legacy, Xsave.XCR0_IN_SW_RESERVED, Xsave.XCR0_IN_SW_RESERVED + SW_RESERVED_BYTES, (byte) 0);
        return legacy;
    }
}
