package io.kmdebug.monitor.thread;

import static io.kmdebug.monitor.signal.GuestContext.RIP;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.platform.Exit;
import io.kmdebug.monitor.syscall.Access;
import io.kmdebug.monitor.syscall.GuestMemory;
import org.jspecify.annotations.Nullable;

/**
 * KM's own way to call the monitor: a 32-bit {@code out} to port 0x8000 + n with the address of an argument block at
 * gs:0. The block is hc_ret and six arguments, 8 bytes each. User code faults at the {@code out}, on every platform
 * alike; the call is served from there. Unmodified programs use SYSCALL and never come here.
 *
 * <p>gs:0 is a cell of the thread's own. A thread gets it when it first writes to gs:0 with no gs base: until then
 * its gs base is 0, as everywhere on Linux.
 */
final class PortCalls {
    private static final int FIRST_PORT = 0x8000;
    private static final int PORTS = 512;
    private static final int SIGBUS = 7;
    private static final int SIGSEGV = 11;
    private static final int GENERAL_PROTECTION = 13;
    private static final int GS_PREFIX = 0x65;

    private PortCalls() {}

    /** Serves the call, or raises the signal that KM raises for a wrong one; false: it is nothing of KM's. */
    static boolean serve(PayloadThread thread, Exit.Fault fault) {
        PortInstruction instruction = PortInstruction.at(thread);
        // Linux's answer to all other port instructions is SIGSEGV.
        if (instruction == null || instruction.port() < FIRST_PORT) return false;
        int number = instruction.port() - FIRST_PORT;
        if (Trace.on(Trace.DECODE)) {
            Trace.line(
                    Trace.DECODE,
                    (instruction.out() ? "out" : "in") + " of " + instruction.width() + " bytes, port 0x"
                            + Integer.toHexString(instruction.port()) + ", rip 0x"
                            + Long.toHexString(thread.cpu().get(RIP)));
        }
        if (number >= PORTS || instruction.width() != 4 || !instruction.out()) {
            raise(thread, SignalInfo.fault(SIGBUS, SignalInfo.SI_KERNEL, 0), fault);
            return true;
        }
        GuestMemory memory = thread.memory();
        long cell = thread.cpu().gsBase();
        if (memory.accessible(cell, 8, Access.READ) < 8) {
            raise(thread, SignalInfo.fault(SIGSEGV, SignalInfo.SEGV_MAPERR, cell), fault);
            return true;
        }
        long block = memory.readLong(cell);
        if (memory.accessible(block, CpuContext.BLOCK_BYTES, Access.WRITE) < CpuContext.BLOCK_BYTES) {
            raise(thread, SignalInfo.fault(SIGSEGV, SignalInfo.SEGV_MAPERR, block), fault);
            return true;
        }
        thread.servePortCall(number, instruction.length(), block);
        return true;
    }

    private static void raise(PayloadThread thread, SignalInfo info, Exit.Fault fault) {
        thread.payload().signals().fault(thread.signals(), info, GENERAL_PROTECTION, fault.errorCode(), 0);
    }

    /** Whether the page fault was a thread's first write to gs:0, which now has a cell and may try again. */
    static boolean giveCell(PayloadThread thread, long address) {
        if (address != 0 || thread.cpu().gsBase() != 0 || !writesThroughGs(thread)) return false;
        long cell = thread.payload().argumentCells().take();
        if (cell == 0) return false;
        if (Trace.on(Trace.DECODE)) {
            Trace.line(Trace.DECODE, "gs base 0x" + Long.toHexString(cell) + " for thread " + thread.tid());
        }
        thread.cpu().gsBase(cell);
        return true;
    }

    /** {@code mov register or number, %gs:...}: 65, REX, 89 or c7. */
    private static boolean writesThroughGs(PayloadThread thread) {
        byte @Nullable [] code = null;
        GuestMemory memory = thread.memory();
        long rip = thread.cpu().get(RIP);
        if (memory.accessible(rip, 3, Access.READ) == 3) code = memory.read(rip, 3);
        if (code == null || (code[0] & 0xff) != GS_PREFIX) return false;
        int opcode = (code[1] & 0xf0) == 0x40 ? code[2] & 0xff : code[1] & 0xff;
        return opcode == 0x89 || opcode == 0xc7;
    }
}
