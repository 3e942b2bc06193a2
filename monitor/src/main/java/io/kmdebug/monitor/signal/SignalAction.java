package io.kmdebug.monitor.signal;

import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.LinuxSignal.DefaultAction;

/**
 * The kernel's {@code struct sigaction} on x86-64: handler 8, flags 8, restorer 8, mask 8. sigaction(2).
 *
 * @param handler guest address, {@link #DEFAULT} or {@link #IGNORE}
 * @param mask signals blocked while the handler runs
 */
public record SignalAction(long handler, long flags, long restorer, long mask) {
    /** Size in bytes. */
    public static final int BYTES = 32;

    public static final long DEFAULT = 0;
    public static final long IGNORE = 1;
    public static final long SA_NOCLDSTOP = 1;
    public static final long SA_NOCLDWAIT = 2;
    public static final long SA_SIGINFO = 4;
    public static final long SA_ONSTACK = 0x08000000;
    public static final long SA_RESTART = 0x10000000;
    public static final long SA_NODEFER = 0x40000000;
    public static final long SA_RESETHAND = 0x80000000L;
    public static final long SA_RESTORER = 0x04000000;

    public static final SignalAction INITIAL = new SignalAction(DEFAULT, 0, 0, 0);

    boolean has(long flag) {
        return (flags & flag) != 0;
    }

    /** Whether {@code signal} with this action has no effect at all. */
    boolean ignores(int signal) {
        if (handler == IGNORE) return true;
        return handler == DEFAULT && LinuxSignal.defaultActionOf(signal) == DefaultAction.IGNORE;
    }
}
