package io.kmdebug.monitor.host;

/** Ends the monitor's process by a signal, as its parent is to see it. */
public final class LastSignal {
    public static final int SIGABRT = 6;

    private static final int NR_RT_SIGACTION = 13;
    private static final int NR_RT_SIGPROCMASK = 14;
    private static final int NR_PRLIMIT64 = 302;
    private static final int RLIMIT_CORE = 4;
    private static final int SIG_UNBLOCK = 1;
    /** struct sigaction of the kernel: handler, flags, restorer, mask. */
    private static final int SIGACTION_BYTES = 32;

    private static boolean leavesCore;

    private LastSignal() {}

    /** {@code --core-on-err}: from now on SIGABRT leaves a core of the monitor, if the host's limits permit one. */
    public static void leaveCore() {
        leavesCore = true;
    }

    public static boolean leavesCore() {
        return leavesCore;
    }

    /**
     * Whatever the JVM does with that signal otherwise, and without a core of the JVM unless that is wanted. Does not
     * return.
     */
    public static void raise(int signal) {
        long memory = HostMemory.allocate(SIGACTION_BYTES);
        boolean core = leavesCore && signal == SIGABRT;
        if (!core) Native.syscall(NR_PRLIMIT64, 0, RLIMIT_CORE, memory, 0);
        Native.syscall(NR_RT_SIGACTION, signal, memory, 0, 8);
        HostMemory.putLong(memory, 1L << signal - 1);
        Native.syscall(NR_RT_SIGPROCMASK, SIG_UNBLOCK, memory, 0, 8);
        HostCall.tgkill(HostCall.getpid(), HostCall.gettid(), signal);
        HostCall.exitGroup(128 + signal);
    }
}
