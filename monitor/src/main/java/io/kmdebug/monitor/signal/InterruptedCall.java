package io.kmdebug.monitor.signal;

import io.kmdebug.monitor.syscall.GuestFault;

/**
 * What becomes of a system call that a request interrupted, told by the code in its result; the kernel's rules of {@code
 * arch_do_signal_or_restart}.
 */
final class InterruptedCall {
    private static final int ERESTARTSYS = -512;
    private static final int ERESTARTNOINTR = -513;
    private static final int ERESTARTNOHAND = -514;
    private static final int ERESTART_RESTARTBLOCK = -516;
    private static final int EINTR = -4;
    private static final int RESTART_SYSCALL = 219;

    private InterruptedCall() {}

    /** A handler is going to run first. */
    static void beforeHandler(GuestContext context, SignalAction action) {
        if (context.originalRax() < 0) return;
        switch ((int) code(context)) {
            case ERESTARTNOHAND, ERESTART_RESTARTBLOCK -> context.callResult(EINTR);
            case ERESTARTSYS -> {
                if (action.has(SignalAction.SA_RESTART)) rewind(context, context.originalRax());
                else context.callResult(EINTR);
            }
            case ERESTARTNOINTR -> rewind(context, context.originalRax());
            default -> {}
        }
        context.originalRax(-1);
    }

    /** No handler ran: the call is made again. */
    static void again(GuestContext context) {
        if (context.originalRax() < 0) return;
        switch ((int) code(context)) {
            case ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND -> {
                rewind(context, context.originalRax());
                context.originalRax(-1);
            }
            case ERESTART_RESTARTBLOCK -> {
                rewind(context, RESTART_SYSCALL);
                context.originalRax(-1);
            }
            default -> {}
        }
    }

    private static long code(GuestContext context) {
        long result;
        try {
            result = context.callResult();
        } catch (GuestFault gone) {
            // Another thread took the argument block away: nobody is left who could be answered.
            return 0;
        }
        return result >= ERESTART_RESTARTBLOCK && result <= ERESTARTSYS ? result : 0;
    }

    private static void rewind(GuestContext context, long number) {
        context.callAgain((int) number);
    }
}
