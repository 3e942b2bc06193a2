package io.kmdebug.monitor.host;

/**
 * The real-time signal that gets a thread of the payload out of KVM_RUN and out of blocking host calls. It is blocked
 * in those threads except in these two windows, so Java code never sees a host call fail with EINTR. Its handler is the
 * C library's {@code abs}: harmless, and no Java code runs in a signal handler. Installed without SA_RESTART.
 */
public final class KickSignal {
    /** SIGRTMAX - 1. */
    public static final int NUMBER = 63;
    /** sigset_t with only this signal, the kernel's 8 bytes. */
    public static final long BIT = 1L << NUMBER - 1;

    private static final int SIGSET_BYTES = 8;
    private static final int NR_RT_SIGPROCMASK = 14;
    private static final int NR_RT_SIGTIMEDWAIT = 128;
    private static final int SIG_BLOCK = 0;
    private static final int SIG_UNBLOCK = 1;
    /** struct sigaction of the C library: handler, 128 bytes of mask, flags, restorer. */
    private static final int SIGACTION_BYTES = 152;

    private static final long SET = HostMemory.allocate(16);
    private static final long ZERO_TIME = HostMemory.allocate(16);
    private static final long SYSCALL = Native.address("syscall");
    private static final int PID = HostCall.getpid();

    private KickSignal() {}

    /** Once for the process. */
    public static void install() {
        HostMemory.putLong(SET, BIT);
        long action = HostMemory.allocate(SIGACTION_BYTES);
        HostMemory.putLong(action, Native.address("abs"));
        long result = Native.call(Native.address("sigaction"), NUMBER, action, 0);
        HostMemory.free(action);
        if ((int) result != 0) throw new HostFailure("cannot install the handler of signal " + NUMBER);
    }

    /** Blocks it in the calling thread: once for each thread that runs a virtual CPU. */
    public static void block() {
        Native.call(SYSCALL, NR_RT_SIGPROCMASK, SIG_BLOCK, SET, 0, SIGSET_BYTES);
    }

    /** Lets it in, around a blocking host call only. */
    public static void unblock() {
        Native.call(SYSCALL, NR_RT_SIGPROCMASK, SIG_UNBLOCK, SET, 0, SIGSET_BYTES);
    }

    /** Takes those that are pending away from the calling thread; repeated kicks queue up. */
    public static void consume() {
        long taken;
        do taken = Native.call(SYSCALL, NR_RT_SIGTIMEDWAIT, SET, 0, ZERO_TIME, SIGSET_BYTES);
        while (taken > 0);
    }

    /** The calling thread's mask of blocked signals without this one: what KVM_RUN is to use. */
    public static long maskInGuest() {
        long old = HostMemory.allocate(SIGSET_BYTES);
        try {
            Native.call(SYSCALL, NR_RT_SIGPROCMASK, SIG_BLOCK, 0, old, SIGSET_BYTES);
            return HostMemory.getLong(old) & ~BIT;
        } finally {
            HostMemory.free(old);
        }
    }

    /** Kicks a thread of this process by its host tid. */
    public static void send(int hostTid) {
        HostCall.tgkill(PID, hostTid, NUMBER);
    }
}
