package io.kmdebug.monitor.state;

/**
 * A payload thread at its boundary.
 *
 * @param tid the payload's own number for it
 * @param general rax to rflags, 18 registers in the order of {@code GuestContext}
 * @param originalRax number of the call that the thread is in, or -1
 * @param callBytes of the instruction that made the call through a port; else of no meaning
 * @param continuedAt rip at which such a call is continued by restart_syscall, or 0
 * @param continuedStack rsp there
 * @param callInterrupted whether rax holds a restart code that the boundary has yet to act on
 * @param restart what restart_syscall(2) would continue
 * @param xsave extended state in the standard format, as long as the processor that wrote it needs
 * @param clearChildTid set_tid_address(2)
 * @param robustList set_robust_list(2)
 * @param name comm
 * @param affinity the mask of sched_setaffinity(2), or empty when it is the process's own
 * @param standing what else it changed of how the host treats it
 */
public record ThreadState(
        int tid,
        long[] general,
        long fsBase,
        long gsBase,
        long originalRax,
        int callBytes,
        long continuedAt,
        long continuedStack,
        boolean callInterrupted,
        RestartState restart,
        byte[] xsave,
        ThreadSignalState signals,
        long clearChildTid,
        long robustList,
        String name,
        byte[] affinity,
        Standing standing) {
    /** How many there are in {@link #general}. */
    public static final int GENERAL_REGISTERS = 18;

    public ThreadState {
        if (general.length != GENERAL_REGISTERS) {
            throw new IllegalArgumentException(general.length + " general registers");
        }
    }

    /** The same thread, starting elsewhere: clone(2). */
    public ThreadState withStart(long[] changedGeneral, long changedFsBase, long changedClearChildTid) {
        return new ThreadState(
                tid,
                changedGeneral,
                changedFsBase,
                gsBase,
                originalRax,
                callBytes,
                continuedAt,
                continuedStack,
                callInterrupted,
                restart,
                xsave,
                signals,
                changedClearChildTid,
                robustList,
                name,
                affinity,
                standing);
    }

    /** The same thread under another number. */
    public ThreadState withTid(int changed) {
        return new ThreadState(
                changed,
                general,
                fsBase,
                gsBase,
                originalRax,
                callBytes,
                continuedAt,
                continuedStack,
                callInterrupted,
                restart,
                xsave,
                signals,
                clearChildTid,
                robustList,
                name,
                affinity,
                standing);
    }
}
