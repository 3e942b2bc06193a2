package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.ENOSYS;

import io.kmdebug.monitor.host.HostMemory;
import org.jspecify.annotations.Nullable;

/**
 * futex(2) and its successors, served by the host's futexes on the host addresses of the payload's memory: all its
 * threads are threads of this process.
 */
public final class FutexCalls implements SyscallGroup {
    private static final int FUTEX = 202;
    private static final int WAIT = 0;
    private static final int WAKE = 1;
    private static final int REQUEUE = 3;
    private static final int CMP_REQUEUE = 4;
    private static final int WAKE_OP = 5;
    private static final int WAIT_BITSET = 9;
    private static final int WAKE_BITSET = 10;
    private static final int COMMAND = 0x7f;
    private static final int CLOCK_REALTIME_FLAG = 0x100;
    private static final long ANY_BIT = 0xffff_ffffL;
    private static final long NANOS = 1_000_000_000L;
    private static final int TIMESPEC_BYTES = 16;
    private static final int PRIVATE = 0x80;
    private static final int WAITV_BYTES = 24;
    private static final int MOST_WORDS = 128;
    private static final int CLOCK_REALTIME = 0;
    private static final int CLOCK_MONOTONIC = 1;
    /** Never mapped by anybody: below vm.mmap_min_addr. */
    private static final long NOWHERE = 8;

    private final World world;

    private @Nullable PiFutexes inheriting;

    private FutexCalls(World world) {
        this.world = world;
    }

    /** @return whom to tell of threads that ended */
    public static FutexCalls register(SyscallTable table, World world) {
        FutexCalls calls = new FutexCalls(world);
        table.register(calls, FUTEX, Sys.FUTEX_WAITV);
        return calls;
    }

    private synchronized PiFutexes inheriting() {
        PiFutexes made = inheriting;
        if (made == null) {
            made = new PiFutexes(world);
            inheriting = made;
        }
        return made;
    }

    /** A thread of the payload is gone. */
    public synchronized void ended(SyscallThread thread) {
        if (inheriting != null) inheriting.ended(thread);
    }

    @Override
    public long call(SyscallThread thread, int number, long[] a) {
        if (number == Sys.FUTEX_WAITV) return waitForSeveral(thread, a);
        int operation = (int) a[1];
        int command = operation & COMMAND;
        GuestMemory memory = thread.memory();
        if ((a[0] & 3) != 0) return -EINVAL;
        return switch (command) {
            case WAIT -> a[3] == 0 ? waitForever(thread, a, ANY_BIT) : waitRelative(thread, a);
            case WAIT_BITSET -> a[3] == 0 ? waitForever(thread, a, a[5]) : waitUntil(thread, a);
            case WAKE, WAKE_BITSET -> {
                // nobody can wait there, which is all that the kernel finds out for a private one
                boolean nobody = (operation & PRIVATE) != 0 && memory.accessible(a[0], 4, Access.READ) < 4;
                if (nobody && (operation & CLOCK_REALTIME_FLAG) == 0)
                    yield a[5] == 0 && command == WAKE_BITSET ? -EINVAL : 0;
                yield world.call(FUTEX, memory.host(a[0], 4, Access.READ), operation, a[2], 0, 0, a[5]);
            }
            case REQUEUE, CMP_REQUEUE ->
                world.call(
                        FUTEX,
                        memory.host(a[0], 4, Access.READ),
                        operation,
                        a[2],
                        a[3],
                        memory.host(a[4], 4, Access.READ),
                        a[5]);
            case WAKE_OP ->
                world.call(
                        FUTEX,
                        memory.host(a[0], 4, Access.READ),
                        operation,
                        a[2],
                        a[3],
                        memory.host(a[4], 4, Access.WRITE),
                        a[5]);
            case PiFutexes.LOCK_PI,
                    PiFutexes.LOCK_PI2,
                    PiFutexes.TRYLOCK_PI,
                    PiFutexes.UNLOCK_PI,
                    PiFutexes.WAIT_REQUEUE_PI,
                    PiFutexes.CMP_REQUEUE_PI -> inheriting().call(thread, command, a);
            default -> -ENOSYS;
        };
    }

    /** struct futex_waitv: val 8, uaddr 8, flags 4, reserved 4. The end is absolute. */
    private long waitForSeveral(SyscallThread thread, long[] a) {
        GuestMemory memory = thread.memory();
        int count = (int) a[1];
        if (a[2] != 0 || count < 1 || count > MOST_WORDS || a[0] == 0) return -EINVAL;
        boolean timed = a[3] != 0;
        int clock = (int) a[4];
        if (timed && clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) return -EINVAL;
        Scratch scratch = world.scratch();
        long until = timed ? Timespec.write(scratch, Timespec.read(memory, a[3])) : 0;
        long words = scratch.bytes(memory.read(a[0], WAITV_BYTES * count));
        for (int i = 0; i < count; i++) {
            long at = words + (long) WAITV_BYTES * i + 8;
            long guest = scratch.getLong(at);
            boolean there = memory.accessible(guest, 4, Access.READ) == 4;
            // an address that the host refuses as well, in its own order of complaints
            scratch.putLong(at, there ? memory.host(guest, 4, Access.READ) : NOWHERE | guest & 3);
        }
        return world.blocking(
                thread, SyscallThread.Restart.IF_SA_RESTART, Sys.FUTEX_WAITV, words, count, 0, until, clock);
    }

    private static int waitBitset(long operation) {
        return (int) operation & ~COMMAND | WAIT_BITSET;
    }

    private long waitForever(SyscallThread thread, long[] a, long bits) {
        long word = thread.memory().host(a[0], 4, Access.READ);
        return world.blocking(
                thread, SyscallThread.Restart.IF_SA_RESTART, FUTEX, word, waitBitset(a[1]), a[2], 0, 0, bits);
    }

    /** FUTEX_WAIT counts from now: the end is fixed here, so that an interruption does not prolong it. */
    private long waitRelative(SyscallThread thread, long[] a) {
        if ((a[1] & CLOCK_REALTIME_FLAG) != 0) return -ENOSYS;
        long seconds = thread.memory().readLong(a[3]);
        long nanos = thread.memory().readLong(a[3] + 8);
        if (seconds < 0 || nanos < 0 || nanos >= NANOS) return -EINVAL;
        long timespec = HostMemory.allocate(TIMESPEC_BYTES);
        try {
            long deadline = thread.restartBlock().deadline(later(world.monotonic(), seconds, nanos));
            HostMemory.putLong(timespec, deadline / NANOS);
            HostMemory.putLong(timespec + 8, deadline % NANOS);
            long word = thread.memory().host(a[0], 4, Access.READ);
            SyscallThread.Restart restart = SyscallThread.Restart.WITH_REMAINING_TIME;
            long result = world.blocking(thread, restart, FUTEX, word, waitBitset(a[1]), a[2], timespec, 0, ANY_BIT);
            return result == restart.code() ? thread.restartBlock().save(FUTEX, a, deadline) : result;
        } finally {
            HostMemory.free(timespec);
        }
    }

    private static long later(long now, long seconds, long nanos) {
        if (seconds > (Long.MAX_VALUE - now) / NANOS - 1) return Long.MAX_VALUE;
        return now + seconds * NANOS + nanos;
    }

    /** FUTEX_WAIT_BITSET has its end in the clock's own time. */
    private long waitUntil(SyscallThread thread, long[] a) {
        long word = thread.memory().host(a[0], 4, Access.READ);
        byte[] time = thread.memory().read(a[3], TIMESPEC_BYTES);
        long timespec = HostMemory.allocate(TIMESPEC_BYTES);
        try {
            HostMemory.write(timespec, time, 0, TIMESPEC_BYTES);
            return world.blocking(
                    thread, SyscallThread.Restart.NEVER_AFTER_HANDLER, FUTEX, word, a[1], a[2], timespec, 0, a[5]);
        } finally {
            HostMemory.free(timespec);
        }
    }
}
