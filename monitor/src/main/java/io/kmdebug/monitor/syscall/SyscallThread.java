package io.kmdebug.monitor.syscall;

import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.signal.ThreadSignals;

/** What a system call handler sees of the thread that called. Implemented by the payload thread. */
public interface SyscallThread {
    int tid();

    /** The host's number of the platform thread that carries it. */
    default int hostTid() {
        return tid();
    }

    /** The host thread in which its code runs when that is another one than {@link #hostTid}, else 0. */
    default int guestTid() {
        return 0;
    }

    SyscallProcess process();

    GuestMemory memory();

    /** The thread's registers, for rt_sigreturn and the like. */
    GuestContext context();

    ThreadSignals signals();

    /** A field of the thread; made once with {@code new RestartBlock()}. */
    RestartBlock restartBlock();

    /** comm: at most 15 bytes, ISO-8859-1. PR_SET_NAME, {@code /proc/self/task/TID/comm}. */
    String name();

    void name(String name);

    /**
     * A host system call that may block, made with raw host pointers and descriptors. When a request (a debugger's
     * stop, a signal, exit) is already set, or comes while the call blocks, the result is the code of {@code restart}
     * and the handler returns it as it is. A host EINTR without a request is retried inside. Otherwise the result is
     * the host's, or minus an errno.
     */
    long blocking(Restart restart, int number, long... arguments);

    /** Whether a request (stop, deliverable signal, exit) is set, for waits that the monitor itself does in steps. */
    boolean interrupted();

    /**
     * When an interrupted call is made again: signal(7), "Interruption of system calls and library functions". The
     * codes are the kernel's own; they stay in rax until the boundary, where {@code ProcessSignals.deliverPending}
     * turns them into EINTR or into the call again.
     */
    enum Restart {
        /** ERESTARTSYS: again after a handler with SA_RESTART, or when there was no handler (a debugger's stop). */
        IF_SA_RESTART(-512),
        /** ERESTARTNOINTR: again in any case. */
        ALWAYS(-513),
        /** ERESTARTNOHAND: EINTR after any handler; again only when there was none. */
        NEVER_AFTER_HANDLER(-514),
        /** ERESTART_RESTARTBLOCK: as before, but continued through {@link RestartBlock} with the time that is left. */
        WITH_REMAINING_TIME(-516);

        private final int code;

        Restart(int code) {
            this.code = code;
        }

        /** The result that stands for this way of restarting. */
        public int code() {
            return code;
        }

        /** Whether a result is one of the codes. */
        public static boolean is(long result) {
            return result <= -512 && result >= -516;
        }
    }
}
