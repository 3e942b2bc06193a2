package io.kmdebug.machine;

import static io.kmdebug.machine.AmdRegister.FCTRL;
import static io.kmdebug.machine.AmdRegister.FIOFF;
import static io.kmdebug.machine.AmdRegister.FISEG;
import static io.kmdebug.machine.AmdRegister.FOOFF;
import static io.kmdebug.machine.AmdRegister.FOP;
import static io.kmdebug.machine.AmdRegister.FOSEG;
import static io.kmdebug.machine.AmdRegister.FSTAT;
import static io.kmdebug.machine.AmdRegister.FTAG;
import static io.kmdebug.machine.AmdRegister.MXCSR;
import static io.kmdebug.machine.AmdRegister.ST0;
import static io.kmdebug.machine.AmdRegister.XMM0;
import static io.kmdebug.machine.AmdRegister.YMM0H;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The XSAVE area in its standard format. Intel SDM volume 1 §13.4: legacy region of 512 bytes as FXSAVE writes it, the
 * header with XSTATE_BV at 512, AVX's upper halves at 576.
 */
public final class Xsave {
    /** Size in bytes of the FXSAVE region, which is also NT_FPREGSET. */
    public static final int LEGACY_BYTES = 512;
    /** Offset in bytes of XSTATE_BV. */
    public static final int XSTATE_BV = 512;
    /** Offset in bytes where Linux puts XCR0 in signal frames and core notes ({@code sw_reserved}). */
    public static final int XCR0_IN_SW_RESERVED = 464;

    private static final int MXCSR_OFFSET = 24;
    private static final int ST_OFFSET = 32;
    private static final int XMM_OFFSET = 160;
    private static final int AVX_OFFSET = 576;
    private static final long X87 = 1;
    private static final long SSE = 2;
    private static final long AVX = 4;
    private static final AmdRegister[] ALL = AmdRegister.values();

    private Xsave() {}

    /** Sets the x87, SSE and, when the area is long enough, AVX registers. {@code area} has 512 bytes at least. */
    public static void decode(byte[] area, Registers into) {
        ByteBuffer view = ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN);
        boolean extended = area.length >= AVX_OFFSET;
        long inUse = extended ? view.getLong(XSTATE_BV) : X87 | SSE;
        boolean x87 = (inUse & X87) != 0;
        into.set(FCTRL, x87 ? view.getShort(0) & 0xffff : 0x37f);
        int status = x87 ? view.getShort(2) & 0xffff : 0;
        into.set(FSTAT, status);
        into.set(FTAG, x87 ? fullTagWord(view, status) : 0xffff);
        into.set(FOP, x87 ? view.getShort(6) & 0x7ff : 0);
        into.set(FIOFF, x87 ? view.getInt(8) : 0);
        into.set(FISEG, x87 ? view.getShort(12) & 0xffff : 0);
        into.set(FOOFF, x87 ? view.getInt(16) : 0);
        into.set(FOSEG, x87 ? view.getShort(20) & 0xffff : 0);
        into.set(MXCSR, view.getInt(MXCSR_OFFSET));
        for (int i = 0; i < 8; i++) {
            int at = ST_OFFSET + 16 * i;
            into.set(ALL[ST0.ordinal() + i], x87 ? Arrays.copyOfRange(area, at, at + 10) : new byte[10]);
        }
        for (int i = 0; i < 16; i++) {
            int at = XMM_OFFSET + 16 * i;
            into.set(
                    ALL[XMM0.ordinal() + i], (inUse & SSE) != 0 ? Arrays.copyOfRange(area, at, at + 16) : new byte[16]);
        }
        if (area.length < AVX_OFFSET + 256) return;
        for (int i = 0; i < 16; i++) {
            int at = AVX_OFFSET + 16 * i;
            into.set(
                    ALL[YMM0H.ordinal() + i],
                    (inUse & AVX) != 0 ? Arrays.copyOfRange(area, at, at + 16) : new byte[16]);
        }
    }

    /** Writes the registers that are present into an existing area and marks their components as in use. */
    public static void encode(Registers from, byte[] area) {
        ByteBuffer view = ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN);
        if (from.has(FCTRL)) view.putShort(0, (short) from.get(FCTRL));
        if (from.has(FSTAT)) view.putShort(2, (short) from.get(FSTAT));
        if (from.has(FTAG)) view.put(4, abridgedTagWord((int) from.get(FTAG)));
        if (from.has(FOP)) view.putShort(6, (short) from.get(FOP));
        if (from.has(FIOFF)) view.putInt(8, (int) from.get(FIOFF));
        if (from.has(FISEG)) view.putShort(12, (short) from.get(FISEG));
        if (from.has(FOOFF)) view.putInt(16, (int) from.get(FOOFF));
        if (from.has(FOSEG)) view.putShort(20, (short) from.get(FOSEG));
        if (from.has(MXCSR)) view.putInt(MXCSR_OFFSET, (int) from.get(MXCSR));
        for (int i = 0; i < 8; i++) put(from, ALL[ST0.ordinal() + i], area, ST_OFFSET + 16 * i);
        for (int i = 0; i < 16; i++) put(from, ALL[XMM0.ordinal() + i], area, XMM_OFFSET + 16 * i);
        if (area.length < AVX_OFFSET + 256) return;
        for (int i = 0; i < 16; i++) put(from, ALL[YMM0H.ordinal() + i], area, AVX_OFFSET + 16 * i);
        view.putLong(XSTATE_BV, view.getLong(XSTATE_BV) | X87 | SSE | (from.has(YMM0H) ? AVX : 0));
    }

    private static void put(Registers from, AmdRegister register, byte[] area, int at) {
        byte[] value = from.bytes(register);
        if (value != null) System.arraycopy(value, 0, area, at, value.length);
    }

    /** FXSAVE keeps one bit a register; FSTENV and gdb want two. Intel SDM volume 1 table 10-2. */
    private static int fullTagWord(ByteBuffer view, int status) {
        int abridged = view.get(4) & 0xff;
        int top = status >> 11 & 7;
        int full = 0;
        for (int physical = 0; physical < 8; physical++) {
            int tag = 3;
            if ((abridged & 1 << physical) != 0) {
                int at = ST_OFFSET + 16 * ((physical - top) & 7);
                int exponent = view.getShort(at + 8) & 0x7fff;
                long fraction = view.getLong(at);
                if (exponent == 0x7fff) tag = 2;
                else if (exponent == 0) tag = fraction == 0 ? 1 : 2;
                else tag = fraction < 0 ? 0 : 2;
            }
            full |= tag << 2 * physical;
        }
        return full;
    }

    private static byte abridgedTagWord(int full) {
        int abridged = 0;
        for (int i = 0; i < 8; i++) if ((full >> 2 * i & 3) != 3) abridged |= 1 << i;
        return (byte) abridged;
    }
}
