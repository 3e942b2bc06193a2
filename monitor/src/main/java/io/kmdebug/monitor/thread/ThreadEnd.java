package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.syscall.Access;
import io.kmdebug.monitor.syscall.GuestFault;
import io.kmdebug.monitor.syscall.GuestMemory;

/** What the kernel does for others when a thread ends: robust futexes, then clear_child_tid. set_tid_address(2). */
final class ThreadEnd {
    private static final int NR_FUTEX = 202;
    private static final int FUTEX_WAKE = 1;
    private static final int FUTEX_OWNER_DIED = 0x4000_0000;
    private static final int FUTEX_WAITERS = 0x8000_0000;
    private static final int FUTEX_TID_MASK = 0x3fff_ffff;
    private static final int LONGEST_LIST = 2048;

    private ThreadEnd() {}

    static void tell(PayloadThread thread) {
        GuestMemory memory = thread.memory();
        try {
            if (thread.robustList() != 0) releaseRobust(memory, thread.robustList(), thread.tid());
        } catch (GuestFault broken) {
            // The kernel ignores a broken list as well.
            thread.payload()
                    .log()
                    .line("thread " + thread.tid() + " left a broken robust list: " + broken.getMessage());
        }
        if (thread.lastStackBytes() != 0) {
            thread.payload().space().unmap(thread.lastStack(), thread.lastStackBytes());
        }
        long address = thread.clearChildTid();
        if (address == 0) return;
        try {
            memory.writeInt(address, 0);
            wake(memory, address);
        } catch (GuestFault gone) {
            // Whoever sees the zero may unmap the stack in which it stands before anybody is woken: then nobody waits.
        }
    }

    private static void wake(GuestMemory memory, long address) {
        Native.syscall(NR_FUTEX, memory.host(address, 4, Access.WRITE), FUTEX_WAKE, 1, 0, 0, 0);
    }

    /** struct robust_list_head: list, futex_offset, list_op_pending. */
    private static void releaseRobust(GuestMemory memory, long head, int tid) {
        long offset = memory.readLong(head + 8);
        long pending = memory.readLong(head + 16) & ~1L;
        long entry = memory.readLong(head) & ~1L;
        for (int i = 0; entry != head && i < LONGEST_LIST; i++) {
            long next = memory.readLong(entry) & ~1L;
            if (entry != pending) release(memory, entry + offset, tid);
            entry = next;
        }
        if (pending != 0) release(memory, pending + offset, tid);
    }

    private static void release(GuestMemory memory, long futex, int tid) {
        int value;
        do {
            value = memory.readInt(futex);
            if ((value & FUTEX_TID_MASK) != tid) return;
        } while (!memory.compareAndSetInt(futex, value, value & FUTEX_WAITERS | FUTEX_OWNER_DIED));
        if ((value & FUTEX_WAITERS) != 0) wake(memory, futex);
    }
}
