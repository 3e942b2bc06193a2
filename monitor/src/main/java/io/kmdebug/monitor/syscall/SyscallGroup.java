package io.kmdebug.monitor.syscall;

/**
 * System calls of one subject. A class with one switch and not a lambda per call: linking some hundred lambdas would
 * take longer than all the rest of the start.
 */
public interface SyscallGroup {
    /**
     * Serves one call.
     *
     * @param thread the calling thread
     * @param number the call, one of those the group was registered for
     * @param a the six argument registers: rdi, rsi, rdx, r10, r8, r9; may be changed
     * @return the result, or minus an errno, or a code of {@link SyscallThread.Restart}
     * @throws GuestFault for a bad pointer; the dispatcher answers EFAULT
     */
    long call(SyscallThread thread, int number, long[] a);
}
