package io.kmdebug.monitor.thread;

import static io.kmdebug.monitor.signal.GuestContext.RIP;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.platform.Exit;
import io.kmdebug.monitor.syscall.Access;
import io.kmdebug.monitor.syscall.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a processor exception is to the payload: nothing, when the page was only not entered yet, else a signal with
 * Linux's code. Intel SDM volume 3 §6.15, Linux {@code arch/x86/kernel/traps.c}. One for each thread.
 */
final class FaultSignals {
    private static final int SIGILL = 4;
    private static final int SIGTRAP = 5;
    private static final int SIGBUS = 7;
    private static final int SIGFPE = 8;
    private static final int SIGSEGV = 11;
    private static final int DIVIDE = 0;
    private static final int DEBUG = 1;
    private static final int BREAKPOINT = 3;
    private static final int OVERFLOW = 4;
    private static final int BOUNDS = 5;
    private static final int INVALID_OPCODE = 6;
    private static final int STACK = 12;
    private static final int PROTECTION = 13;
    private static final int PAGE = 14;
    private static final int FLOATING_POINT = 16;
    private static final int ALIGNMENT = 17;
    private static final int SIMD = 19;
    private static final int INT_IMMEDIATE = 0xcd;
    private static final int PF_PROTECTION = 1;
    private static final int PF_WRITE = 2;
    /** Present, write, user, fetch. */
    private static final int PF_SHOWN = 0x17;

    private static final long USER_END = 0x7fff_ffff_f000L;
    private static final int PF_EXECUTE = 16;
    private static final int MXCSR = 24;
    /** Host faults or useless page faults at one place before it counts as final. */
    private static final int PATIENCE = 1000;

    private long lastPlace;
    private int repeats;

    void fault(PayloadThread thread, Exit.Fault fault) {
        int vector = fault.vector();
        long rip = thread.cpu().get(RIP);
        switch (vector) {
            case DIVIDE -> post(thread, fault, SignalInfo.fault(SIGFPE, SignalInfo.FPE_INTDIV, rip));
            case OVERFLOW, BOUNDS -> post(thread, fault, kernel(SIGSEGV));
            case INVALID_OPCODE -> {
                // Some hosts raise #UD where a processor raises #GP for an interrupt gate closed to user code.
                boolean interrupt = isInterruptInstruction(thread, rip);
                post(thread, fault, interrupt ? kernel(SIGSEGV) : SignalInfo.fault(SIGILL, SignalInfo.ILL_ILLOPN, rip));
            }
            case PAGE -> pageFault(thread, fault, rip);
            case PROTECTION -> {
                if (!PortCalls.serve(thread, fault)) post(thread, fault, kernel(SIGSEGV));
            }
            case FLOATING_POINT -> post(thread, fault, SignalInfo.fault(SIGFPE, x87Code(thread), rip));
            case SIMD -> post(thread, fault, SignalInfo.fault(SIGFPE, simdCode(thread), rip));
            case ALIGNMENT -> post(thread, fault, SignalInfo.fault(SIGBUS, SignalInfo.BUS_ADRALN, 0));
            case STACK -> post(thread, fault, kernel(SIGBUS));
            default -> post(thread, fault, kernel(SIGSEGV));
        }
    }

    private void pageFault(PayloadThread thread, Exit.Fault fault, long rip) {
        boolean write = (fault.errorCode() & PF_WRITE) != 0;
        boolean execute = (fault.errorCode() & PF_EXECUTE) != 0;
        if (execute && LegacyCallPage.serve(thread, fault.address())) return;
        AddressSpace.Touch found = thread.payload().space().touch(fault.address(), write, execute);
        if (found == AddressSpace.Touch.NOT_MAPPED && PortCalls.giveCell(thread, fault.address())) return;
        if (found == AddressSpace.Touch.READY && thread.payload().debugHook().touches(thread, fault.address(), write))
            return;
        if (found == AddressSpace.Touch.READY && !isFinal(rip ^ fault.address())) return;
        SignalInfo info = switch (found) {
            case BEHIND_END, NO_MEMORY -> SignalInfo.fault(SIGBUS, SignalInfo.BUS_ADRERR, fault.address());
            case NOT_MAPPED -> SignalInfo.fault(SIGSEGV, SignalInfo.SEGV_MAPERR, fault.address());
            default -> SignalInfo.fault(SIGSEGV, SignalInfo.SEGV_ACCERR, fault.address());
        };
        post(thread, fault, info);
    }

    /** A page that the host cannot provide: behind the end of a mapped file, unless its mapping is just changing. */
    void hostFault(PayloadThread thread, long address) {
        long rip = thread.cpu().get(RIP);
        // Taking the lock also waits for a change of mappings that is under way.
        if (address == -1) thread.payload().space().withdrawUnbacked();
        else thread.payload().space().withdrawUnbacked(address);
        if (!isFinal(rip)) return;
        // When it is not known which address it was, the instruction's is the best there is.
        SignalInfo info = SignalInfo.fault(SIGBUS, SignalInfo.BUS_ADRERR, address == -1 ? rip : address);
        thread.payload().signals().fault(thread.signals(), info, PAGE, PF_WRITE, 0);
    }

    private boolean isFinal(long place) {
        if (place != lastPlace) repeats = 0;
        lastPlace = place;
        if (++repeats < PATIENCE) return false;
        repeats = 0;
        return true;
    }

    private static boolean isInterruptInstruction(PayloadThread thread, long rip) {
        GuestMemory memory = thread.memory();
        return memory.accessible(rip, 1, Access.READ) == 1 && (memory.read(rip, 1)[0] & 0xff) == INT_IMMEDIATE;
    }

    private static SignalInfo kernel(int signal) {
        return SignalInfo.fault(signal, SignalInfo.SI_KERNEL, 0);
    }

    private static void post(PayloadThread thread, Exit.Fault fault, SignalInfo info) {
        // what a debugger's step waits for is not going to come
        thread.deferSignals(false);
        long code = fault.errorCode();
        if (fault.vector() == PAGE) {
            code &= PF_SHOWN;
            // which of the kernel's addresses are mapped is not to be found out
            if (Long.compareUnsigned(fault.address(), USER_END) >= 0) code |= PF_PROTECTION;
        }
        thread.payload().signals().fault(thread.signals(), info, fault.vector(), code, fault.address());
    }

    /** An int3 of the payload's own. */
    static void breakpoint(PayloadThread thread) {
        trap(thread, SignalInfo.fault(SIGTRAP, SignalInfo.SI_KERNEL, 0), BREAKPOINT);
    }

    /** The payload set the trap flag itself. */
    static void singleStep(PayloadThread thread) {
        trap(
                thread,
                SignalInfo.fault(SIGTRAP, SignalInfo.TRAP_TRACE, thread.cpu().get(RIP)),
                DEBUG);
    }

    private static void trap(PayloadThread thread, SignalInfo info, int vector) {
        thread.payload().signals().fault(thread.signals(), info, vector, 0, 0);
    }

    /** Unmasked and raised, from FSW and FCW. */
    private static int x87Code(PayloadThread thread) {
        ByteBuffer area = ByteBuffer.wrap(thread.cpu().xsave()).order(ByteOrder.LITTLE_ENDIAN);
        return floatingPointCode(area.getShort(2) & ~area.getShort(0));
    }

    private static int simdCode(PayloadThread thread) {
        ByteBuffer area = ByteBuffer.wrap(thread.cpu().xsave()).order(ByteOrder.LITTLE_ENDIAN);
        int mxcsr = area.getInt(MXCSR);
        return floatingPointCode(mxcsr & ~(mxcsr >>> 7));
    }

    /** FPE_FLTINV 7, FPE_FLTDIV 3, FPE_FLTOVF 4, FPE_FLTUND 5, FPE_FLTRES 6; 0 when none is raised. */
    private static int floatingPointCode(int raised) {
        if ((raised & 1) != 0) return 7;
        if ((raised & 4) != 0) return 3;
        if ((raised & 8) != 0) return 4;
        if ((raised & 0x12) != 0) return 5;
        return (raised & 0x20) != 0 ? 6 : 0;
    }
}
