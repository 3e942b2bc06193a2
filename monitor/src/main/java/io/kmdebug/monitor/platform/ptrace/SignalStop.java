package io.kmdebug.monitor.platform.ptrace;

import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.platform.Exit;
import io.kmdebug.monitor.platform.Platform;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the signal says that a traced thread stopped with: the processor's exception behind it, which the host's kernel
 * has already translated. Signals from elsewhere are not the payload's. Linux {@code arch/x86/kernel/traps.c}.
 */
final class SignalStop {
    static final int GENERAL_PROTECTION = 13;

    private static final int SIGILL = 4;
    private static final int SIGTRAP = 5;
    private static final int SIGBUS = 7;
    private static final int SIGFPE = 8;
    private static final int SIGSEGV = 11;
    private static final int SI_KERNEL = 0x80;
    private static final int FPE_INTDIV = 1;
    private static final int FPE_INTOVF = 2;
    private static final int BUS_ADRALN = 1;
    private static final int SIGINFO_BYTES = 128;
    private static final int INFO_CODE = 8;
    private static final int INFO_ADDRESS = 16;

    private static final int DIVIDE = 0;
    private static final int INVALID_OPCODE = 6;
    private static final int STACK = 12;
    private static final int PAGE_FAULT = 14;
    private static final int X87 = 16;
    private static final int ALIGNMENT = 17;
    private static final int SIMD = 19;
    private static final int PF_PRESENT = 1;
    private static final int PF_WRITE = 2;
    private static final int PF_USER = 4;
    private static final int PF_EXECUTE = 16;
    private static final int LONGEST_INSTRUCTION = 15;
    private static final int X87_EXCEPTIONS = 0x3f;

    private final PtracePlatform platform;
    private final PtraceVcpu cpu;
    private int signal;
    private int code;
    private long address;

    SignalStop(PtracePlatform platform, PtraceVcpu cpu) {
        this.platform = platform;
        this.cpu = cpu;
    }

    /** Whether the exception is the payload's own doing; then {@link #exit} says which. */
    boolean isException(int stopSignal) {
        signal = stopSignal;
        switch (stopSignal) {
            case SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV -> {
                long info = HostMemory.allocate(SIGINFO_BYTES);
                try {
                    if (cpu.signalInfo(info) < 0) return false;
                    code = HostMemory.getInt(info + INFO_CODE);
                    address = HostMemory.getLong(info + INFO_ADDRESS);
                } finally {
                    HostMemory.free(info);
                }
                return code > 0;
            }
            default -> {
                return false;
            }
        }
    }

    /** The exit; the registers are fetched. */
    Exit exit() {
        return switch (signal) {
            case SIGTRAP -> code == SI_KERNEL ? Exit.BREAKPOINT : Exit.STEP;
            case SIGILL -> new Exit.Fault(INVALID_OPCODE, 0, 0);
            case SIGBUS -> busError();
            case SIGFPE -> new Exit.Fault(arithmetic(), 0, 0);
            default -> code == SI_KERNEL ? new Exit.Fault(GENERAL_PROTECTION, 0, 0) : pageFault();
        };
    }

    private Exit busError() {
        if (code == BUS_ADRALN) return new Exit.Fault(ALIGNMENT, 0, 0);
        return code == SI_KERNEL ? new Exit.Fault(STACK, 0, 0) : new Exit.HostFault(address);
    }

    /**
     * The kernel keeps the processor's error code to itself. What was attempted is what the page's protection forbids;
     * where it forbids everything the instruction is looked at.
     */
    private Exit pageFault() {
        long page = address & -Platform.PAGE;
        int protection = platform.protection(page);
        long ahead = address - cpu.get(Ptrace.RIP);
        boolean fetched = ahead == 0 || ahead > 0 && ahead < LONGEST_INSTRUCTION && (address & Platform.PAGE - 1) == 0;
        boolean execute = fetched && (protection & Platform.EXECUTE) == 0;
        boolean write = !execute && ((protection & Platform.READ) != 0 || cpu.isStore(address));
        int error = PF_USER | (protection != 0 ? PF_PRESENT : 0) | (write ? PF_WRITE : 0) | (execute ? PF_EXECUTE : 0);
        return new Exit.Fault(PAGE_FAULT, error, address);
    }

    private int arithmetic() {
        if (code == FPE_INTDIV || code == FPE_INTOVF) return DIVIDE;
        ByteBuffer area = ByteBuffer.wrap(cpu.xsave()).order(ByteOrder.LITTLE_ENDIAN);
        int raised = area.getShort(2) & ~area.getShort(0) & X87_EXCEPTIONS;
        return raised != 0 ? X87 : SIMD;
    }
}
