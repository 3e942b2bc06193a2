package io.kmdebug.monitor.platform.kvm;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostCpu;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.KickSignal;
import io.kmdebug.monitor.platform.Exit;
import io.kmdebug.monitor.platform.GuestLayout;
import io.kmdebug.monitor.platform.VirtualCpu;
import org.jspecify.annotations.Nullable;

/**
 * One KVM virtual CPU. After each exit the register area shared with KVM is turned into the payload's view, so that
 * nobody else ever sees the stubs; before each entry what differs is written back.
 */
final class KvmVcpu implements VirtualCpu {
    private static final int EINTR = 4;
    private static final int EFAULT = 14;
    private static final int EAGAIN = 11;
    private static final int XSAVE_BYTES = 4096;
    /** Vectors whose frame has an error code: 8, 10 to 14, 17, 21, 29, 30. */
    private static final int WITH_ERROR_CODE = 0x6022_7d00;

    private static final int DEBUG = 1;
    private static final int BREAKPOINT = 3;
    private static final int PAGE_FAULT = 14;
    /** RF in the frame is the processor's own; set, it would let one breakpoint or step pass. */
    private static final long RESUME_FLAG = 1L << 16;
    /** IF: user code always sees it set. */
    private static final long INTERRUPTS_ENABLED = 1L << 9;

    private final int fd;
    private final long run;
    private final long regs;
    private final long sregs;
    private final long cpuPageHost;
    private final long cpuPageGuest;
    private final KvmCpuSetup setup;
    private final int id;
    private final StubAnswers answers;
    /** Set once this CPU answers calls itself: its code, and where that is in the guest and in the monitor. */
    private @Nullable AnswerCode code;

    private long codeGuest;
    private long codeHost;
    private int calls;
    private int tid;
    private boolean systemRegistersChanged;
    private boolean vectorReset;
    /** In the stub at CPL 0: what a plain SYSRET there would restore, when nobody diverts. */
    private boolean inKernelStub;

    private long stubRip;
    private long stubFlags;
    private long returnRip;
    private long returnFlags;

    KvmVcpu(int fd, int id, long run, long cpuPageHost, long cpuPageGuest, KvmCpuSetup setup, StubAnswers answers) {
        this.id = id;
        this.answers = answers;
        this.fd = fd;
        this.run = run;
        this.regs = run + Kvm.RUN_REGS;
        this.sregs = run + Kvm.RUN_SREGS;
        this.cpuPageHost = cpuPageHost;
        this.cpuPageGuest = cpuPageGuest;
        this.setup = setup;
        clear();
    }

    /** Registers of a new thread. */
    void clear() {
        HostMemory.clear(regs, 8L * Kvm.REGS_COUNT);
        set(Kvm.RFLAGS, INTERRUPTS_ENABLED | 2);
        fsBase(0);
        gsBase(0);
        toUserSegments();
        inKernelStub = false;
        tid = 0;
        if (codeHost != 0) StubAnswers.forgetGettid(codeHost);
    }

    @Override
    public Exit run() {
        prepare();
        while (true) {
            long result = HostCall.ioctl(fd, Kvm.RUN, 0);
            HostMemory.putLong(run + Kvm.RUN_DIRTY_REGS, 0);
            if (result == 0) return exit();
            if (result == -EINTR || result == -EAGAIN) {
                KickSignal.consume();
                if (atPayload()) return Exit.KICKED;
                // Inside a stub, or on the way into one: its OUT comes next.
            } else if (result == -EFAULT) {
                if (atPayload()) return Exit.HOST_FAULT;
                return new Exit.Shutdown("the host cannot provide the monitor's own pages");
            } else {
                return new Exit.Shutdown("KVM_RUN failed with errno " + -result);
            }
        }
    }

    private void prepare() {
        long dirty = Kvm.SYNC_REGS;
        if (inKernelStub) {
            if (get(Kvm.RIP) == returnRip
                    && get(Kvm.RFLAGS) == returnFlags
                    && get(Kvm.RCX) == returnRip
                    && get(Kvm.R11) == returnFlags) {
                // The stub's SYSRET does it, cheaper than new segments.
                set(Kvm.RIP, stubRip);
                set(Kvm.RFLAGS, stubFlags);
            } else {
                toUserSegments();
            }
            inKernelStub = false;
        }
        if (systemRegistersChanged) dirty |= Kvm.SYNC_SREGS;
        systemRegistersChanged = false;
        if (vectorReset) dirty |= Kvm.SYNC_EVENTS;
        vectorReset = false;
        HostMemory.putLong(run + Kvm.RUN_DIRTY_REGS, dirty);
    }

    /** Whether an interrupted CPU stands on an instruction of the payload; makes a finished stub look like that. */
    private boolean atPayload() {
        // An exception on its way through the IDT: resume until its stub says so.
        if (HostMemory.getByte(run + Kvm.RUN_EVENTS) != 0) return false;
        // KVM never tells that a #BP is on its way, though rip may be behind the int3 already, and forgets it when the
        // registers are set. But it tells the vector, which is reset after each #BP that has arrived.
        if (HostMemory.getByte(run + Kvm.RUN_EVENTS_VECTOR) == BREAKPOINT) return false;
        long rip = get(Kvm.RIP);
        AnswerCode own = code;
        if (own != null && AnswerCode.contains(rip - codeGuest)) return inOwnCode(own, (int) (rip - codeGuest));
        if (rip == KvmLayout.STUB) return false;
        if (rip > KvmLayout.STUB && rip < GuestLayout.RESTORER) {
            // Behind the OUT, before the SYSRET.
            set(Kvm.RIP, get(Kvm.RCX));
            set(Kvm.RFLAGS, get(Kvm.R11));
            toUserSegments();
            return true;
        }
        return (rip >>> 32) != (KvmLayout.SYSTEM >>> 32);
    }

    /**
     * A kick must not be lost in code that may return to the payload without an exit, so the CPU is set back on its
     * SYSCALL.
     */
    private boolean inOwnCode(AnswerCode own, int offset) {
        if (own.isBeforeOut(offset)) return false;
        if (own.isBehindOut(offset)) {
            set(Kvm.RIP, get(Kvm.RCX));
            set(Kvm.RFLAGS, get(Kvm.R11));
        } else {
            own.rollBack(this, offset);
        }
        toUserSegments();
        return true;
    }

    private Exit exit() {
        int reason = HostMemory.getInt(run + Kvm.RUN_EXIT_REASON);
        if (reason == Kvm.EXIT_IO) {
            int port = HostMemory.getShort(run + Kvm.RUN_IO_PORT);
            if (port == KvmLayout.SYSCALL_PORT) return atSyscall();
            return atException(port);
        }
        return switch (reason) {
            case Kvm.EXIT_INTR -> Exit.KICKED;
            case Kvm.EXIT_SHUTDOWN -> new Exit.Shutdown("triple fault");
            case Kvm.EXIT_MMIO ->
                new Exit.Shutdown("access to guest-physical address 0x"
                        + Long.toHexString(HostMemory.getLong(run + Kvm.RUN_MMIO_ADDRESS)) + ", which has no memory");
            case Kvm.EXIT_INTERNAL_ERROR ->
                new Exit.Shutdown("KVM internal error, suberror " + HostMemory.getInt(run + Kvm.RUN_INTERNAL_SUBERROR));
            case Kvm.EXIT_FAIL_ENTRY -> new Exit.Shutdown("the processor refused to enter the guest");
            default -> new Exit.Shutdown("KVM exit reason " + reason);
        };
    }

    private Exit atSyscall() {
        long rip = get(Kvm.RIP);
        AnswerCode own = code;
        boolean common = rip >= KvmLayout.STUB && rip <= KvmLayout.STUB + 2;
        if (!common && (own == null || !own.isExit(rip - codeGuest))) {
            // The payload's own OUT to that port; on Linux it may not.
            return new Exit.Fault(13, 0, 0);
        }
        boolean kernel = (HostMemory.getShort(sregs + Kvm.CS + Kvm.SEGMENT_SELECTOR) & 3) == 0;
        if (own == null && ++calls == StubAnswers.WORTH_IT) answerCalls(kernel);
        returnRip = get(Kvm.RCX);
        returnFlags = get(Kvm.R11);
        if (kernel) {
            inKernelStub = true;
            stubRip = rip;
            stubFlags = get(Kvm.RFLAGS);
        }
        set(Kvm.RIP, returnRip);
        set(Kvm.RFLAGS, returnFlags);
        return Exit.SYSCALL;
    }

    /** The next SYSCALL enters this CPU's own code. */
    private void answerCalls(boolean kernel) {
        AnswerCode made = answers.code(kernel);
        codeHost = answers.install(made, id);
        codeGuest = StubAnswers.part(id);
        code = made;
        if (tid != 0) StubAnswers.answerGettid(codeHost, tid);
        setup.setSyscallEntry(fd, codeGuest);
    }

    @Override
    public void answerGettid(int answer) {
        tid = answer;
        if (codeHost == 0) return;
        if (answer != 0) StubAnswers.answerGettid(codeHost, answer);
        else StubAnswers.forgetGettid(codeHost);
    }

    /** The processor has pushed SS, RSP, RFLAGS, CS, RIP and maybe an error code on the exception stack. */
    private Exit atException(int vector) {
        long frame = cpuPageHost + (get(Kvm.RSP) - cpuPageGuest);
        long errorCode = 0;
        if ((WITH_ERROR_CODE & 1 << vector) != 0) {
            errorCode = HostMemory.getLong(frame);
            frame += 8;
        }
        set(Kvm.RIP, HostMemory.getLong(frame));
        set(Kvm.RFLAGS, HostMemory.getLong(frame + 16) & ~RESUME_FLAG);
        set(Kvm.RSP, HostMemory.getLong(frame + 24));
        toUserSegments();
        if (HostMemory.getByte(run + Kvm.RUN_EVENTS_VECTOR) == BREAKPOINT) {
            HostMemory.putByte(run + Kvm.RUN_EVENTS_VECTOR, (byte) 0);
            vectorReset = true;
        }
        return switch (vector) {
            case DEBUG -> Exit.STEP;
            case BREAKPOINT -> Exit.BREAKPOINT;
            case PAGE_FAULT -> new Exit.Fault(vector, errorCode, HostMemory.getLong(sregs + Kvm.CR2));
            default -> new Exit.Fault(vector, errorCode, 0);
        };
    }

    private void toUserSegments() {
        KvmCpuSetup.userCode(sregs + Kvm.CS);
        KvmCpuSetup.userData(sregs + Kvm.SS, KvmLayout.USER_DATA);
        systemRegistersChanged = true;
    }

    @Override
    public long get(int register) {
        return HostMemory.getLong(regs + 8L * register);
    }

    @Override
    public void set(int register, long value) {
        HostMemory.putLong(regs + 8L * register, value);
    }

    @Override
    public long fsBase() {
        return HostMemory.getLong(sregs + Kvm.FS);
    }

    @Override
    public void fsBase(long value) {
        HostMemory.putLong(sregs + Kvm.FS, value);
        systemRegistersChanged = true;
    }

    @Override
    public long gsBase() {
        return HostMemory.getLong(sregs + Kvm.GS);
    }

    @Override
    public void gsBase(long value) {
        HostMemory.putLong(sregs + Kvm.GS, value);
        systemRegistersChanged = true;
    }

    @Override
    public byte[] xsave() {
        long area = HostMemory.allocate(XSAVE_BYTES);
        try {
            long result = HostCall.ioctl(fd, Kvm.GET_XSAVE, area);
            if (result < 0) throw new IllegalStateException("KVM_GET_XSAVE: errno " + -result);
            return HostMemory.read(area, ExtendedState.bytes(setup.xcr0()));
        } finally {
            HostMemory.free(area);
        }
    }

    @Override
    public void xsave(byte[] state) {
        long area = HostMemory.allocate(XSAVE_BYTES);
        try {
            HostMemory.write(area, state, 0, Math.min(state.length, XSAVE_BYTES));
            long result = HostCall.ioctl(fd, Kvm.SET_XSAVE, area);
            if (result < 0) throw new IllegalStateException("KVM_SET_XSAVE: errno " + -result);
        } finally {
            HostMemory.free(area);
        }
    }

    /** Asks the processor once, and only when somebody wants the extended state. */
    private static final class ExtendedState {
        private static int bytes;

        static synchronized int bytes(long xcr0) {
            if (bytes == 0) bytes = HostCpu.xsaveBytes(xcr0);
            return bytes;
        }
    }
}
