package io.kmdebug.monitor.platform.ptrace;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.platform.Exit;
import io.kmdebug.monitor.platform.VirtualCpu;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A thread of the payload's process as a virtual CPU. The platform thread that runs it first becomes its tracer, and
 * remains it until the CPU is given back: the kernel serves no other. Registers are fetched after each stop; the
 * extended state only when somebody wants it, or when the thread comes to rest and others may.
 */
final class PtraceVcpu implements VirtualCpu {
    /** Ignored by default, so that one too many does nothing to a thread that waits for its tracer. */
    private static final int KICK = 23; // SIGURG

    private static final int SIGTRAP = 5;
    private static final int RDI = 5;
    private static final int RSP = 6;
    private static final int INSTRUCTION_BYTES = 16;
    private static final long INTERRUPTS_ENABLED = 1L << 9;
    private static final long ALL_SIGNALS = -1;

    private final PtracePlatform platform;
    private final int pid;
    private final int tid;
    private final SignalStop signalStop;
    private final long regs = HostMemory.allocate(Ptrace.REGS_BYTES + 16);
    /** An int for wait4, then a signal set for PTRACE_SETSIGMASK. */
    private final long scratch = regs + Ptrace.REGS_BYTES;

    private @Nullable Thread tracer;
    private boolean changed;
    /** The extended state, when it is known. */
    private byte @Nullable [] extended;

    private boolean extendedChanged;

    PtraceVcpu(PtracePlatform platform, int pid, int tid) {
        this.platform = platform;
        this.pid = pid;
        this.tid = tid;
        this.signalStop = new SignalStop(platform, this);
        clear();
    }

    int tid() {
        return tid;
    }

    @Override
    public int guestTid() {
        return tid;
    }

    /** Registers of a new thread; the selectors are the kernel's. */
    void clear() {
        for (int offset : Ptrace.OFFSETS) HostMemory.putLong(regs + offset, 0);
        fsBase(0);
        gsBase(0);
        set(Ptrace.RFLAGS, INTERRUPTS_ENABLED | 2);
        changed = true;
    }

    @Override
    public Exit run() {
        long result = tracer == null ? attach() : 0;
        if (result >= 0) result = writeBack();
        while (result >= 0) {
            result = Ptrace.call(Ptrace.SYSEMU, tid, 0, 0);
            if (result >= 0) result = Ptrace.await(tid, scratch);
            if (result < 0) break;
            int status = HostMemory.getInt(scratch);
            if ((status & 0xff) != 0x7f) return ended("the payload's process ended, status " + status);
            int signal = status >>> 8 & 0xff;
            if (signal == Ptrace.SYSCALL_STOP) return atCall();
            boolean event = status >>> 16 != 0;
            if (event ? signal == SIGTRAP : signal == KICK) {
                fetch();
                return Exit.KICKED;
            }
            if (!event && signalStop.isException(signal)) {
                fetch();
                return signalStop.exit();
            }
            // Signals from elsewhere are not meant for this process.
        }
        return ended("the payload's process cannot be traced: errno " + -result);
    }

    private Exit ended(String reason) {
        // the monitor is about to end, too
        while (platform.isClosed()) LockSupport.park();
        return new Exit.Shutdown(reason);
    }

    /** The calling thread becomes the tracer; the thread stands in its waiting loop afterwards. */
    @Override
    public void takeHold() {
        // a failure is told when it runs
        if (tracer == null) attach();
    }

    private long attach() {
        long result = Ptrace.call(Ptrace.SEIZE, tid, 0, Ptrace.OPTIONS);
        if (result >= 0) result = Ptrace.call(Ptrace.INTERRUPT, tid, 0, 0);
        if (result >= 0) result = Ptrace.await(tid, scratch);
        if (result >= 0) result = signalMask(0);
        if (result < 0) return result;
        tracer = Thread.currentThread();
        long wanted = HostMemory.allocate(Ptrace.REGS_BYTES);
        try {
            byte[] mine = HostMemory.read(regs, Ptrace.REGS_BYTES);
            result = Ptrace.call(Ptrace.GETREGS, tid, 0, regs);
            if (result < 0) return result;
            HostMemory.write(wanted, mine, 0, mine.length);
            // The selectors stay the kernel's.
            for (int offset : Ptrace.OFFSETS) HostMemory.putLong(regs + offset, HostMemory.getLong(wanted + offset));
            fsBase(HostMemory.getLong(wanted + Ptrace.FS_BASE));
            gsBase(HostMemory.getLong(wanted + Ptrace.GS_BASE));
        } finally {
            HostMemory.free(wanted);
        }
        return 0;
    }

    private long signalMask(long mask) {
        HostMemory.putLong(scratch + 8, mask);
        return Ptrace.call(Ptrace.SETSIGMASK, tid, 8, scratch + 8);
    }

    private long writeBack() {
        byte[] state = extended;
        extended = null;
        if (state != null && extendedChanged) {
            extendedChanged = false;
            platform.extendedState().write(tid, state);
        }
        if (!changed) return 0;
        changed = false;
        HostMemory.putLong(regs + Ptrace.ORIG_RAX, -1); // nothing for the kernel to restart
        return Ptrace.call(Ptrace.SETREGS, tid, 0, regs);
    }

    private void fetch() {
        Ptrace.call(Ptrace.GETREGS, tid, 0, regs);
    }

    private Exit atCall() {
        fetch();
        // SYSCALL leaves the return address in rcx; INT 0x80 and SYSENTER, which number calls differently, do not.
        if (get(Ptrace.RCX) != get(Ptrace.RIP)) {
            set(Ptrace.RAX, HostMemory.getLong(regs + Ptrace.ORIG_RAX));
            set(Ptrace.RIP, get(Ptrace.RIP) - 2);
            return new Exit.Fault(SignalStop.GENERAL_PROTECTION, 0, 0);
        }
        set(Ptrace.RAX, HostMemory.getLong(regs + Ptrace.ORIG_RAX));
        return Exit.SYSCALL;
    }

    /** For the siginfo of the signal that stopped the thread; the address of 128 bytes. */
    long signalInfo(long buffer) {
        return Ptrace.call(Ptrace.GETSIGINFO, tid, 0, buffer);
    }

    /** Whether the instruction that the stopped thread is at writes to an address. */
    boolean isStore(long address) {
        byte[] code = new byte[INSTRUCTION_BYTES];
        long word = scratch + 8;
        long rip = get(Ptrace.RIP);
        for (int i = 0; i < code.length; i += 8) {
            if (Ptrace.call(Ptrace.PEEKTEXT, tid, rip + i, word) < 0) break;
            HostMemory.read(word, code, i, 8);
        }
        return StoreDecoder.writes(code, address, get(RSP), get(RDI));
    }

    @Override
    public void kick(int hostTid) {
        HostCall.tgkill(pid, tid, KICK);
    }

    /** Lets the thread go back to where it waits for another tracer. */
    void detach() {
        if (tracer == null) return;
        clear();
        set(Ptrace.RIP, TraceeImage.IDLE);
        extended = null;
        extendedChanged = false;
        long result = writeBack();
        if (result >= 0) result = signalMask(ALL_SIGNALS);
        if (result >= 0) Ptrace.call(Ptrace.DETACH, tid, 0, 0);
        tracer = null;
    }

    @Override
    public long get(int register) {
        return HostMemory.getLong(regs + Ptrace.OFFSETS[register]);
    }

    @Override
    public void set(int register, long value) {
        HostMemory.putLong(regs + Ptrace.OFFSETS[register], value);
        changed = true;
    }

    @Override
    public long fsBase() {
        return HostMemory.getLong(regs + Ptrace.FS_BASE);
    }

    @Override
    public void fsBase(long value) {
        HostMemory.putLong(regs + Ptrace.FS_BASE, value);
        changed = true;
    }

    @Override
    public long gsBase() {
        return HostMemory.getLong(regs + Ptrace.GS_BASE);
    }

    @Override
    public void gsBase(long value) {
        HostMemory.putLong(regs + Ptrace.GS_BASE, value);
        changed = true;
    }

    @Override
    public void settle() {
        if (Thread.currentThread() == tracer && extended == null)
            extended = platform.extendedState().read(tid);
    }

    @Override
    public byte[] xsave() {
        byte[] known = extended;
        if (known == null) {
            if (tracer == null) known = platform.extendedState().initial();
            else if (Thread.currentThread() == tracer)
                known = platform.extendedState().read(tid);
            else throw new IllegalStateException("the registers of thread " + tid + " are not at rest");
            extended = known;
        }
        return known.clone();
    }

    @Override
    public void xsave(byte[] area) {
        extended = area.clone();
        extendedChanged = true;
    }
}
