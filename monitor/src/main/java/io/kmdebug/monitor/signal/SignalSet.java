package io.kmdebug.monitor.signal;

/** Sets of signals as the kernel's 64-bit {@code sigset_t}: bit {@code n - 1} is signal {@code n}. */
public final class SignalSet {
    /** SIGKILL and SIGSTOP, which can be neither blocked nor handled. */
    public static final long UNBLOCKABLE = bit(9) | bit(19);
    /** SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU. */
    public static final long STOPPING = bit(19) | bit(20) | bit(21) | bit(22);

    public static final long CONTINUING = bit(18);
    /** Taken before all others: SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGSYS. */
    static final long SYNCHRONOUS = bit(11) | bit(7) | bit(4) | bit(5) | bit(8) | bit(31);

    private SignalSet() {}

    public static long bit(int signal) {
        return 1L << signal - 1;
    }

    public static boolean has(long set, int signal) {
        return (set & bit(signal)) != 0;
    }
}
