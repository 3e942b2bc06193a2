package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.syscall.SyscallGroup;
import io.kmdebug.monitor.syscall.SyscallTable;
import io.kmdebug.monitor.syscall.SyscallThread;

/** Stands before one call that changes what new threads have from their maker, and tells the reserve of threads. */
final class InheritedAttributes implements SyscallGroup {
    private static final int PRCTL = 157;
    private static final int PR_SET_TIMERSLACK = 29;
    /**
     * set*id, setgroups and capset; personality; setpriority, sched_set* and ioprio_set; prctl; set_mempolicy; keyctl;
     * unshare and setns; seccomp; landlock_restrict_self.
     */
    private static final int[] CALLS = {
        105, 106, 113, 114, 116, 117, 119, 122, 123, 126, 135, 141, 142, 144, PRCTL, 203, 238, 250, 251, 272, 308, 314,
        317, 446
    };

    private final SyscallGroup group;
    private final ThreadReserve reserve;

    private InheritedAttributes(SyscallGroup group, ThreadReserve reserve) {
        this.group = group;
        this.reserve = reserve;
    }

    /** To be called when the calls have been registered. */
    static void watch(SyscallTable table, ThreadReserve reserve) {
        for (int call : CALLS) {
            SyscallGroup group = table.group(call);
            if (group != null) table.register(new InheritedAttributes(group, reserve), call);
        }
    }

    @Override
    public long call(SyscallThread thread, int number, long[] a) {
        boolean changes = number != PRCTL || changes((int) a[0]);
        long result = group.call(thread, number, a);
        if (changes && result >= 0) {
            reserve.close();
            note((PayloadThread) thread, number, (int) a[0]);
        }
        return result;
    }

    /** What a snapshot, and a child, keep of it. */
    private static void note(PayloadThread thread, int number, int option) {
        Changes changes = thread.payload().changes();
        switch (number) {
            case 141, 142, 144, 251, 314 -> changes.rank();
            case 238 -> changes.place();
            case PRCTL -> thread.standing().note(option == PR_SET_TIMERSLACK);
            default -> {}
        }
        if (entitles(number, option)) {
            changes.entitle();
            thread.standing().note(false);
        }
    }

    private static boolean entitles(int number, int option) {
        return switch (number) {
            case 105, 106, 113, 114, 116, 117, 119, 122, 123, 126 -> true;
            case PRCTL -> changes(option) && option != PR_SET_TIMERSLACK;
            default -> false;
        };
    }

    /** Keepcaps, bounding and ambient set, securebits, timer slack, no_new_privs, speculation. */
    private static boolean changes(int option) {
        return switch (option) {
            case 8, 24, 28, 29, 38, 47, 53 -> true;
            default -> false;
        };
    }
}
