package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.syscall.GuestFault;

/**
 * The vsyscall page: three functions at fixed addresses that old static programs call. It is not mapped; the jump into
 * it faults, and the call is made here instead. Linux {@code arch/x86/entry/vsyscall}.
 */
final class LegacyCallPage {
    private static final long PAGE = 0xffff_ffff_ff60_0000L;
    private static final int FUNCTION_BYTES = 1024;
    /** gettimeofday, time, getcpu. */
    private static final int[] CALLS = {96, 201, 309};

    private LegacyCallPage() {}

    /** Makes the call if the thread jumped to one of the functions; its return is done, too. */
    static boolean serve(PayloadThread thread, long address) {
        GuestContext context = thread.context();
        long offset = address - PAGE;
        boolean function = offset >= 0 && offset < (long) CALLS.length * FUNCTION_BYTES && offset % FUNCTION_BYTES == 0;
        if (!function || context.get(GuestContext.RIP) != address) return false;
        long stack = context.get(GuestContext.RSP);
        long back;
        try {
            back = thread.memory().readLong(stack);
        } catch (GuestFault noStack) {
            return false;
        }
        long[] arguments = {context.get(GuestContext.RDI), context.get(GuestContext.RSI), 0, 0, 0, 0};
        int number = CALLS[(int) (offset / FUNCTION_BYTES)];
        context.set(GuestContext.RAX, thread.payload().serve(thread, number, arguments));
        context.set(GuestContext.RIP, back);
        context.set(GuestContext.RSP, stack + 8);
        return true;
    }
}
