package io.kmdebug.monitor.signal;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.machine.Xsave;
import io.kmdebug.monitor.syscall.Access;
import io.kmdebug.monitor.syscall.GuestFault;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Linux's {@code struct rt_sigframe} on x86-64, written below the interrupted stack pointer and read back by
 * rt_sigreturn(2). Every unwinder knows it. Offsets in bytes from the frame's start:
 *
 * <pre>
 *   0  pretcode                                 8    return address: the restorer
 *   8  uc_flags 8, uc_link 8                   16
 *  24  uc_stack: ss_sp 8, ss_flags 4+4, ss_size 8    24
 *  48  uc_mcontext: struct sigcontext_64      256
 * 304  uc_sigmask                               8
 * 312  siginfo                                128
 * </pre>
 *
 * The XSAVE area lies above, at a multiple of 64, in the standard format; its bytes 464 to 511 are {@code struct
 * _fpx_sw_bytes} (magic1 4, extended_size 4, xfeatures 8, xstate_size 4), and FP_XSTATE_MAGIC2 follows it.
 */
public final class SignalFrame {
    private static final int BYTES = 440;
    private static final int UC_FLAGS = 8;
    private static final int UC_STACK = 24;
    private static final int SIGCONTEXT = 48;
    private static final int FPSTATE = SIGCONTEXT + 184;
    /** reserved1[0] of struct sigcontext. */
    private static final int RESERVED = SIGCONTEXT + 192;

    private static final int SIGMASK = 304;
    private static final int SIGINFO = 312;

    /** UC_FP_XSTATE, UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS. */
    private static final long FLAGS = 7;

    private static final int SW_BYTES = 464;
    private static final int MAGIC1 = 0x46505853;
    private static final int MAGIC2 = 0x46505845;
    private static final int MAGIC2_BYTES = 4;
    private static final int HEADER = 512;
    private static final int HEADER_BYTES = 64;
    private static final int MXCSR = 24;
    private static final int MXCSR_BITS = 0xffff;

    private static final int RED_ZONE = 128;
    private static final short USER_CS = 0x33;
    private static final short USER_SS = 0x2b;
    /** AC, OF, DF, TF, SF, ZF, AF, PF, CF, RF: what a program may change through a frame. FIX_EFLAGS. */
    private static final long USER_FLAGS = 0x50dd5;
    /** DF, RF, TF: clear when a handler starts. */
    private static final long HANDLER_CLEARS = 0x400 | 0x10000 | 0x100;
    /** Highest address that user code may run at, plus one. */
    private static final long USER_END = 0x7ffffffff000L;

    /** General registers in the order of {@code struct sigcontext_64}, from offset 0 on. */
    private static final int[] ORDER = {
        GuestContext.R8, GuestContext.R9, GuestContext.R10, GuestContext.R11, GuestContext.R12, GuestContext.R13,
        GuestContext.R14, GuestContext.R15, GuestContext.RDI, GuestContext.RSI, GuestContext.RBP, GuestContext.RBX,
        GuestContext.RDX, GuestContext.RAX, GuestContext.RCX, GuestContext.RSP, GuestContext.RIP, GuestContext.RFLAGS
    };

    private final ThreadSignals thread;
    private final GuestContext context;
    private final SignalHost host;

    SignalFrame(ThreadSignals thread, GuestContext context, SignalHost host) {
        this.thread = thread;
        this.context = context;
        this.host = host;
    }

    /** Writes the frame and points the thread at the handler. The mask is the caller's to change afterwards. */
    void push(SignalInfo info, SignalAction action) {
        byte[] xsave = context.xsave();
        long sp = context.get(GuestContext.RSP);
        AlternateStack alternate = thread.alternate;
        boolean entering = action.has(SignalAction.SA_ONSTACK)
                && alternate.state(sp) == alternate.flags()
                && alternate.size() != 0;
        boolean nested = alternate.contains(sp);
        long top = entering ? alternate.top() : sp - RED_ZONE;
        long fpstate = top - (xsave.length + MAGIC2_BYTES) & -64L;
        long frame = (fpstate - BYTES & -16L) - 8;
        boolean onAlternate = entering || nested;
        if (onAlternate
                && (Long.compareUnsigned(frame, alternate.address()) < 0
                        || Long.compareUnsigned(frame, alternate.top()) > 0)) {
            throw new GuestFault(frame);
        }
        long restorer = action.has(SignalAction.SA_RESTORER) ? action.restorer() : host.restorer();
        if (restorer == 0) throw new GuestFault(0);

        context.memory().host(frame, fpstate + xsave.length + MAGIC2_BYTES - frame, Access.WRITE);
        context.memory().write(fpstate, floatingPoint(xsave));
        context.memory().write(frame, general(info, restorer, fpstate, sp));
        if ((alternate.flags() & AlternateStack.SS_AUTODISARM) != 0) thread.alternate = AlternateStack.NONE;

        context.set(GuestContext.RDI, info.signal());
        context.set(GuestContext.RSI, frame + SIGINFO);
        context.set(GuestContext.RDX, frame + UC_FLAGS);
        context.set(GuestContext.RAX, 0);
        context.set(GuestContext.RSP, frame);
        context.set(GuestContext.RIP, action.handler());
        context.set(GuestContext.RFLAGS, context.get(GuestContext.RFLAGS) & ~HANDLER_CLEARS);
        context.originalRax(-1);
        context.xsave(initial(xsave.length));
    }

    private byte[] floatingPoint(byte[] xsave) {
        ByteBuffer out = ByteBuffer.allocate(xsave.length + MAGIC2_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.put(xsave);
        out.putInt(xsave.length, MAGIC2);
        for (int i = SW_BYTES; i < Xsave.LEGACY_BYTES; i++) out.put(i, (byte) 0);
        out.putInt(SW_BYTES, MAGIC1);
        out.putInt(SW_BYTES + 4, xsave.length + MAGIC2_BYTES);
        out.putLong(SW_BYTES + 8, context.xfeatures());
        out.putInt(SW_BYTES + 16, xsave.length);
        return out.array();
    }

    private byte[] general(SignalInfo info, long restorer, long fpstate, long sp) {
        ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(0, restorer);
        out.putLong(UC_FLAGS, FLAGS);
        AlternateStack alternate = thread.alternate;
        out.putLong(UC_STACK, alternate.address());
        out.putInt(UC_STACK + 8, alternate.size() == 0 ? AlternateStack.SS_DISABLE : alternate.flags());
        out.putLong(UC_STACK + 16, alternate.size());
        for (int i = 0; i < ORDER.length; i++) out.putLong(SIGCONTEXT + 8 * i, context.get(ORDER[i]));
        out.putShort(SIGCONTEXT + 144, USER_CS);
        out.putShort(SIGCONTEXT + 150, USER_SS);
        out.putLong(SIGCONTEXT + 152, thread.errorCode);
        out.putLong(SIGCONTEXT + 160, thread.trap);
        long mask = thread.restoresMask ? thread.maskToRestore : thread.mask();
        out.putLong(SIGCONTEXT + 168, mask);
        out.putLong(SIGCONTEXT + 176, thread.cr2);
        out.putLong(FPSTATE, fpstate);
        out.putLong(RESERVED, context.argumentBlock());
        out.putLong(SIGMASK, mask);
        out.position(SIGINFO);
        out.put(info.raw());
        return out.array();
    }

    /** The state that a new program has: x87 control word 0x37f, MXCSR 0x1f80, all else in its initial state. */
    public static byte[] initial(int length) {
        ByteBuffer out = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        out.putShort(0, (short) 0x37f);
        out.putInt(MXCSR, 0x1f80);
        return out.array();
    }

    /**
     * rt_sigreturn(2): restores everything from the frame whose pretcode the handler has just popped. Returns the value
     * for rax. A frame that cannot be read or is malformed raises SIGSEGV, as with the kernel.
     */
    public static long restore(ThreadSignals thread, GuestContext context) {
        try {
            return new SignalFrame(thread, context, thread.process().host()).pop();
        } catch (GuestFault bad) {
            thread.process().fault(thread, SignalInfo.fault(11, SignalInfo.SI_KERNEL, 0), 13, 0, 0);
            context.originalRax(-1);
            return 0;
        }
    }

    private long pop() {
        long frame = context.get(GuestContext.RSP) - 8;
        ByteBuffer in = ByteBuffer.wrap(context.memory().read(frame, BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        long rip = in.getLong(SIGCONTEXT + 128);
        if (Long.compareUnsigned(rip, USER_END) >= 0) throw new GuestFault(rip);
        byte[] area = floatingPointAt(in.getLong(FPSTATE));

        long flags = context.get(GuestContext.RFLAGS);
        for (int i = 0; i < ORDER.length; i++) context.set(ORDER[i], in.getLong(SIGCONTEXT + 8 * i));
        context.set(GuestContext.RFLAGS, flags & ~USER_FLAGS | in.getLong(SIGCONTEXT + 136) & USER_FLAGS);
        context.originalRax(-1);
        context.argumentBlock(in.getLong(RESERVED));
        context.xsave(area);
        thread.mask(in.getLong(SIGMASK));
        int stackFlags = in.getInt(UC_STACK + 8) & ~AlternateStack.SS_ONSTACK;
        boolean none = (stackFlags & AlternateStack.SS_DISABLE) != 0;
        if (!thread.alternate.contains(context.get(GuestContext.RSP))) {
            thread.alternate = none
                    ? AlternateStack.NONE
                    : new AlternateStack(in.getLong(UC_STACK), stackFlags, in.getLong(UC_STACK + 16));
        }
        return context.get(GuestContext.RAX);
    }

    /** The area to load: the whole when both magics are there, else its legacy part, else the initial state. */
    private byte[] floatingPointAt(long address) {
        int length = context.xsave().length;
        if (address == 0) return initial(length);
        byte[] legacy = context.memory().read(address, Xsave.LEGACY_BYTES);
        ByteBuffer sw = ByteBuffer.wrap(legacy).order(ByteOrder.LITTLE_ENDIAN);
        int size = sw.getInt(SW_BYTES + 16);
        boolean extended = sw.getInt(SW_BYTES) == MAGIC1
                && size == length
                && sw.getInt(SW_BYTES + 4) == size + MAGIC2_BYTES
                && context.memory().readInt(address + size) == MAGIC2;
        byte[] area = extended ? context.memory().read(address, length) : Arrays.copyOf(legacy, length);
        ByteBuffer out = ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN);
        long present = extended ? out.getLong(HEADER) & context.xfeatures() : 3;
        for (int i = SW_BYTES; i < HEADER + HEADER_BYTES; i++) out.put(i, (byte) 0);
        out.putLong(HEADER, present);
        out.putInt(MXCSR, out.getInt(MXCSR) & MXCSR_BITS);
        return area;
    }
}
