package io.kmdebug.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Linux {@code siginfo_t} on x86-64: 128 bytes, si_signo at 0, si_errno at 4, si_code at 8, the union from 16 on.
 * sigaction(2), {@code asm-generic/siginfo.h}.
 *
 * @param raw all 128 bytes
 */
public record SignalInfo(byte[] raw) {
    /** Size in bytes. */
    public static final int BYTES = 128;

    public static final int SI_USER = 0;
    public static final int SI_KERNEL = 0x80;
    public static final int SI_QUEUE = -1;
    public static final int SI_TIMER = -2;
    public static final int SI_TKILL = -6;
    public static final int SEGV_MAPERR = 1;
    public static final int SEGV_ACCERR = 2;
    public static final int FPE_INTDIV = 1;
    public static final int ILL_ILLOPN = 2;
    public static final int TRAP_BRKPT = 1;
    public static final int TRAP_TRACE = 2;
    public static final int BUS_ADRALN = 1;
    public static final int BUS_ADRERR = 2;
    public static final int SYS_SECCOMP = 1;

    /** @throws IllegalArgumentException when {@code raw} is not 128 bytes */
    public SignalInfo {
        if (raw.length != BYTES) throw new IllegalArgumentException("siginfo_t has 128 bytes, not " + raw.length);
    }

    /** A synchronous fault: si_addr is {@code address}. */
    public static SignalInfo fault(int signal, int code, long address) {
        SignalInfo info = header(signal, code);
        info.view().putLong(16, address);
        return info;
    }

    /** Sent by a process: si_pid and si_uid. */
    public static SignalInfo sent(int signal, int code, int pid, int uid) {
        SignalInfo info = header(signal, code);
        info.view().putInt(16, pid).putInt(20, uid);
        return info;
    }

    private static SignalInfo header(int signal, int code) {
        SignalInfo info = new SignalInfo(new byte[BYTES]);
        info.view().putInt(0, signal).putInt(8, code);
        return info;
    }

    private ByteBuffer view() {
        return ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    }

    public int signal() {
        return view().getInt(0);
    }

    public int code() {
        return view().getInt(8);
    }

    /** si_addr; meaningful where {@link #hasFaultAddress()}. */
    public long faultAddress() {
        return view().getLong(16);
    }

    /** si_pid; meaningful for SI_USER, SI_QUEUE and SI_TKILL. */
    public int senderPid() {
        return view().getInt(16);
    }

    /** Whether si_addr is set: SIGSEGV, SIGBUS, SIGFPE, SIGILL or SIGTRAP raised by the processor (si_code above 0). */
    public boolean hasFaultAddress() {
        int signal = signal();
        boolean synchronous = signal == 11 || signal == 7 || signal == 8 || signal == 4 || signal == 5;
        return synchronous && code() > 0 && code() < SI_KERNEL;
    }
}
