package io.kmdebug.monitor.host;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Signals that the host sends to this process, each with its complete siginfo, in a pipe. The handler is a few bytes of
 * machine code that write the siginfo and return, so no Java code runs in a signal handler and nothing of the JVM is
 * asked for: it works for the signals that the JVM keeps for itself, too. A fault of the JVM's own code (SIGSEGV and the
 * like with a code above 0) still goes to the JVM's handler.
 *
 * <p>Signals that the JVM was started with blocked stay pending until {@link #letIn} opens a thread to them.
 */
public final class SignalPipe {
    /** Bytes of a record: siginfo_t, whose last four are the tid of the host thread that took the signal. */
    public static final int RECORD_BYTES = 128;

    /** Where in a record the host thread's tid is. */
    public static final int TAKER = 124;

    private static final int SIGNALS = 64;
    private static final int SIGNAL_OF_BLOCKED_CHANNELS = 62;
    /** ILL, BUS, FPE, SEGV: the JVM lives by its own handlers of these. */
    private static final int[] FAULTS = {4, 7, 8, 11};
    /**
     * What is never forwarded: KILL, STOP, the C library's two, the one that wakes threads from closed channels in the
     * Java library, and the kick.
     */
    private static final long NOT_OURS =
            bit(9) | bit(19) | bit(32) | bit(33) | bit(SIGNAL_OF_BLOCKED_CHANNELS) | KickSignal.BIT;

    private static final int NR_READ = 0;
    private static final int NR_POLL = 7;
    private static final int NR_RT_SIGACTION = 13;
    private static final int NR_RT_SIGPROCMASK = 14;
    private static final int NR_FCNTL = 72;
    private static final int NR_PIPE2 = 293;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int O_CLOEXEC = 02000000;
    private static final int O_NONBLOCK = 04000;
    private static final int LOWEST_OWN_DESCRIPTOR = 60;
    private static final int SIG_UNBLOCK = 1;
    private static final int SIG_SETMASK = 2;
    private static final int SET_BYTES = 8;
    private static final int POLLIN = 1;

    private static final int SA_SIGINFO = 4;
    private static final int SA_RESTORER = 0x04000000;
    private static final int SA_ONSTACK = 0x08000000;
    private static final int SA_RESTART = 0x10000000;
    private static final int FLAGS = SA_SIGINFO | SA_RESTORER | SA_ONSTACK | SA_RESTART;
    /** The kernel's struct sigaction: handler 8, flags 8, restorer 8, mask 8. */
    private static final int SIGACTION_BYTES = 32;

    /** What the handler blocks of the first 31 signals: all but KILL and STOP. */
    private static final long HANDLER_MASK = 0x7fff_ffffL & ~bit(9) & ~bit(19);
    /** A thread may block everything for other reasons, but not for as long as that. */
    private static final long HANDLERS_NANOS = 100_000_000;

    private static final int PAGE = 4096;
    private static final int DESCRIPTOR = 0;
    private static final int TABLE = 64;
    private static final int HANDLER = 1024;
    private static final int RESTORER = 1152;
    private static final int INSTALLER = 1280;

    /** handler(edi signal, rsi siginfo, rdx context); the page's data are reached by rip. */
    private static final int[] HANDLER_CODE = {
        0x89,
        0xf8, // mov %edi,%eax
        0x48,
        0x8d,
        0x0d,
        -1,
        -1,
        -1,
        -1, // lea table(%rip),%rcx
        0x48,
        0x8b,
        0x0c,
        0xc1, // mov (%rcx,%rax,8),%rcx
        0x48,
        0x85,
        0xc9, // test %rcx,%rcx
        0x74,
        0x08, // jz forward
        0x83,
        0x7e,
        0x08,
        0x00, // cmpl $0,8(%rsi): si_code
        0x7e,
        0x02, // jle forward
        0xff,
        0xe1, // jmp *%rcx
        0xb8,
        0xba,
        0x00,
        0x00,
        0x00, // forward: mov $gettid,%eax
        0x0f,
        0x05, // syscall
        0x89,
        0x46,
        0x7c, // mov %eax,124(%rsi)
        0x8b,
        0x3d,
        -2,
        -2,
        -2,
        -2, // mov descriptor(%rip),%edi
        0xba,
        0x80,
        0x00,
        0x00,
        0x00, // mov $128,%edx
        0xb8,
        0x01,
        0x00,
        0x00,
        0x00, // mov $write,%eax
        0x0f,
        0x05, // syscall
        0xc3 // ret
    };

    private static final int[] RESTORER_CODE = {0xb8, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05}; // mov $15,%eax; syscall

    /** installer(rdi struct sigaction, rsi set): one call instead of sixty through Java. */
    private static final int[] INSTALLER_CODE = {
        0x49,
        0x89,
        0xf8, // mov %rdi,%r8
        0x49,
        0x89,
        0xf1, // mov %rsi,%r9
        0x49,
        0x0f,
        0xbc,
        0xf9, // next: bsf %r9,%rdi
        0x74,
        0x1d, // jz done
        0x49,
        0x8d,
        0x41,
        0xff, // lea -1(%r9),%rax
        0x49,
        0x21,
        0xc1, // and %rax,%r9
        0xff,
        0xc7, // inc %edi
        0x4c,
        0x89,
        0xc6, // mov %r8,%rsi
        0x31,
        0xd2, // xor %edx,%edx
        0x41,
        0xba,
        0x08,
        0x00,
        0x00,
        0x00, // mov $8,%r10d
        0xb8,
        0x0d,
        0x00,
        0x00,
        0x00, // mov $rt_sigaction,%eax
        0x0f,
        0x05, // syscall; changes rcx and r11 only
        0xeb,
        0xdd, // jmp next
        0x31,
        0xc0, // done: xor %eax,%eax
        0xc3 // ret
    };

    private final long page;
    private final int readEnd;
    private final long action;

    private SignalPipe(long page, int readEnd, long action) {
        this.page = page;
        this.readEnd = readEnd;
        this.action = action;
    }

    private static long bit(int signal) {
        return 1L << signal - 1;
    }

    /** Takes over all signals that can be but those in {@code left}, whose actions stay as they are. */
    public static SignalPipe install(long left) {
        long ends = HostMemory.allocate(8);
        long result = Native.syscall(NR_PIPE2, ends, O_CLOEXEC);
        if (result < 0) throw new HostFailure("cannot make a pipe", -result);
        int readEnd = moved(HostMemory.getInt(ends));
        int writeEnd = moved(HostMemory.getInt(ends + 4));
        HostMemory.free(ends);
        // only this end: a signal handler waits for room rather than lose a signal
        Native.syscall(NR_FCNTL, readEnd, F_SETFL, O_NONBLOCK);

        long action = HostMemory.allocate(SIGACTION_BYTES);
        long page = load(writeEnd, action);
        HostMemory.putLong(action, page + HANDLER);
        HostMemory.putLong(action + 8, FLAGS);
        HostMemory.putLong(action + 16, page + RESTORER);
        HostMemory.putLong(action + 24, -1L);
        Native.call(page + INSTALLER, action, ~(NOT_OURS | left));
        return new SignalPipe(page, readEnd, action);
    }

    private static int moved(int descriptor) {
        int high = (int) Native.syscall(NR_FCNTL, descriptor, F_DUPFD_CLOEXEC, LOWEST_OWN_DESCRIPTOR);
        if (high < 0) return descriptor;
        HostCall.close(descriptor);
        return high;
    }

    private static long load(int writeEnd, long old) {
        long page = HostCall.mmap(
                0,
                PAGE,
                HostCall.PROT_READ | HostCall.PROT_WRITE,
                HostCall.MAP_PRIVATE | HostCall.MAP_ANONYMOUS,
                -1,
                0);
        if (page < 0 && page > -4096) throw new HostFailure("cannot map a page", -page);
        HostMemory.putInt(page + DESCRIPTOR, writeEnd);
        for (int fault : FAULTS) {
            Native.syscall(NR_RT_SIGACTION, fault, 0, old, SET_BYTES);
            HostMemory.putLong(page + TABLE + 8L * fault, HostMemory.getLong(old));
        }
        store(page, HANDLER, HANDLER_CODE);
        store(page, RESTORER, RESTORER_CODE);
        store(page, INSTALLER, INSTALLER_CODE);
        long result = HostCall.mprotect(page, PAGE, HostCall.PROT_READ | HostCall.PROT_EXEC);
        if (result < 0) throw new HostFailure("cannot make a page executable", -result);
        return page;
    }

    /** A run of four -1 or -2 stands for the distance to the table or to the descriptor. */
    private static void store(long page, int at, int[] code) {
        for (int i = 0; i < code.length; i++) {
            if (code[i] >= 0) {
                HostMemory.putByte(page + at + i, (byte) code[i]);
            } else {
                int target = code[i] == -1 ? TABLE : DESCRIPTOR;
                HostMemory.putInt(page + at + i, target - (at + i + 4));
                i += 3;
            }
        }
    }

    /** Lets all signals into the calling thread but the kick: those that wait come in now. */
    public static void letIn() {
        mask(0);
    }

    /** Blocks these signals in the calling thread, and the kick, and nothing else. */
    public static void mask(long blocked) {
        setMask(SIG_SETMASK, blocked | KickSignal.BIT);
    }

    private static void setMask(int how, long set) {
        long memory = HostMemory.allocate(SET_BYTES);
        HostMemory.putLong(memory, set);
        Native.syscall(NR_RT_SIGPROCMASK, how, memory, 0, SET_BYTES);
        HostMemory.free(memory);
    }

    /** Waits until a signal has come. */
    public void await() {
        await(-1);
    }

    /**
     * Waits until a signal has come, or so long.
     *
     * @param millis below 0: without end
     * @return whether one has come
     */
    public boolean await(int millis) {
        long poll = HostMemory.allocate(8);
        HostMemory.putInt(poll, readEnd);
        HostMemory.putShort(poll + 4, POLLIN);
        long ready = Native.syscall(NR_POLL, poll, 1, millis);
        HostMemory.free(poll);
        return ready > 0;
    }

    /** The signals that came, oldest first, at most {@code most}; empty when there are none. Does not wait. */
    public byte[][] read(int most) {
        long buffer = HostMemory.allocate((long) RECORD_BYTES * most);
        try {
            long bytes = Native.syscall(NR_READ, readEnd, buffer, (long) RECORD_BYTES * most);
            int count = bytes < 0 ? 0 : (int) (bytes / RECORD_BYTES);
            byte[][] records = new byte[count][];
            for (int i = 0; i < count; i++) {
                records[i] = HostMemory.read(buffer + (long) RECORD_BYTES * i, RECORD_BYTES);
            }
            return records;
        } finally {
            HostMemory.free(buffer);
        }
    }

    /** The tid of the host thread that took the signal of a record; the record is plain siginfo afterwards. */
    public static int taker(byte[] record) {
        ByteBuffer in = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
        int tid = in.getInt(TAKER);
        in.putInt(TAKER, 0);
        return tid;
    }

    /** Whether the signal comes through here. */
    public static boolean isForwarded(int signal) {
        return signal > 0 && signal <= SIGNALS && (NOT_OURS & bit(signal)) == 0;
    }

    /**
     * Makes the host treat a signal as the payload does, where it is the host kernel that acts on it: whether it is
     * ignored, and SA_NOCLDSTOP and SA_NOCLDWAIT.
     *
     * @param flags those two of the payload's action
     */
    public void adopt(int signal, boolean ignored, long flags) {
        long changed = HostMemory.allocate(SIGACTION_BYTES);
        if (ignored) HostMemory.putLong(changed, 1);
        else HostMemory.write(changed, HostMemory.read(action, SIGACTION_BYTES), 0, SIGACTION_BYTES);
        HostMemory.putLong(changed + 8, FLAGS | flags);
        Native.syscall(NR_RT_SIGACTION, signal, changed, 0, SET_BYTES);
        HostMemory.free(changed);
    }

    /**
     * Stops this process by a stop signal, so that its parent sees that one; returns when it was continued, or at once
     * when the kernel does not stop by this signal here (an orphaned process group). Signals that came before it was
     * continued are in the pipe then, whichever thread took them: else a read in the background could stop it once more
     * before what should end it is seen.
     */
    public void stopProcess(int signal) {
        long standard = HostMemory.allocate(SIGACTION_BYTES);
        long old = HostMemory.allocate(SIGACTION_BYTES);
        Native.syscall(NR_RT_SIGACTION, signal, standard, old, SET_BYTES);
        setMask(SIG_UNBLOCK, bit(signal));
        HostCall.tgkill(HostCall.getpid(), HostCall.gettid(), signal);
        Native.syscall(NR_RT_SIGACTION, signal, old, 0, SET_BYTES);
        HostMemory.free(standard);
        HostMemory.free(old);
        long deadline = System.nanoTime() + HANDLERS_NANOS;
        while (HostProcess.isHandling(HANDLER_MASK) && System.nanoTime() < deadline) Thread.onSpinWait();
    }
}
