package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EAGAIN;
import static io.kmdebug.monitor.syscall.Errno.EDEADLK;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.EPERM;
import static io.kmdebug.monitor.syscall.Errno.ESRCH;
import static io.kmdebug.monitor.syscall.Errno.ETIMEDOUT;

import io.kmdebug.monitor.syscall.SyscallThread.Restart;
import java.util.ArrayList;
import java.util.List;

/**
 * The priority-inheriting operations of futex(2), without the inheritance: the host kernel would look for owners by
 * host tid, which need not be the payload's. The word is the kernel's (tid, FUTEX_WAITERS, FUTEX_OWNER_DIED), so that
 * what the C library does without a call goes together with it; who has to wait sets FUTEX_WAITERS and sleeps on the
 * word as on an ordinary futex, and the owner's call at unlocking wakes one sleeper, who then takes the lock.
 */
public final class PiFutexes {
    static final int LOCK_PI = 6;
    static final int UNLOCK_PI = 7;
    static final int TRYLOCK_PI = 8;
    static final int WAIT_REQUEUE_PI = 11;
    static final int CMP_REQUEUE_PI = 12;
    static final int LOCK_PI2 = 13;

    private static final int WAKE = 1;
    private static final int CMP_REQUEUE = 4;
    private static final int WAIT_BITSET = 9;
    private static final int PRIVATE = 0x80;
    private static final int CLOCK_REALTIME_FLAG = 0x100;
    private static final int CLOCK_REALTIME = 0;
    private static final int CLOCK_MONOTONIC = 1;
    private static final int OWNER_DIED = 0x4000_0000;
    private static final int WAITERS = 0x8000_0000;
    private static final int TID_MASK = 0x3fff_ffff;
    private static final long ANY_BIT = 0xffff_ffffL;
    /** Owners in other processes may die without a word; so often it is looked whether they live. */
    private static final long LOOK_NANOS = Timespec.SECOND;

    /** A word on which threads of this process sleep. */
    private record Sleeper(long word, int operationFlags) {}

    private final World world;
    private final List<Sleeper> sleepers = new ArrayList<>();

    PiFutexes(World world) {
        this.world = world;
    }

    long call(SyscallThread thread, int command, long[] a) {
        int flags = (int) a[1] & PRIVATE;
        return switch (command) {
            case LOCK_PI -> lock(thread, a[0], flags, deadline(thread, a[3]), CLOCK_REALTIME, false);
            case LOCK_PI2 -> {
                boolean real = ((int) a[1] & CLOCK_REALTIME_FLAG) != 0;
                int clock = real ? CLOCK_REALTIME : CLOCK_MONOTONIC;
                yield lock(thread, a[0], flags, deadline(thread, a[3]), clock, false);
            }
            case TRYLOCK_PI -> tryLock(thread, a[0], false);
            case UNLOCK_PI -> unlock(thread, a[0], flags);
            case WAIT_REQUEUE_PI -> waitAndLock(thread, a, flags);
            default -> requeue(thread, a, flags);
        };
    }

    /** Absolute, in the clock's own time. */
    private static long deadline(SyscallThread thread, long pointer) {
        if (pointer == 0) return Timespec.FOREVER;
        return Timespec.read(thread.memory(), pointer);
    }

    /** 0, or minus EAGAIN when somebody else has it, EDEADLK when the caller has, ESRCH when its owner is gone. */
    private long tryLock(SyscallThread thread, long word, boolean othersWait) {
        GuestMemory memory = thread.memory();
        memory.host(word, 4, Access.WRITE);
        while (true) {
            int value = memory.readInt(word);
            int owner = value & TID_MASK;
            if (owner == thread.tid()) return -EDEADLK;
            if (owner != 0) return lives(thread, owner) ? -EAGAIN : -ESRCH;
            int mine = value & OWNER_DIED | thread.tid() | (othersWait ? WAITERS : value & WAITERS);
            if (memory.compareAndSetInt(word, value, mine)) return 0;
        }
    }

    private boolean lives(SyscallThread thread, int tid) {
        return thread.process().thread(tid) != null || world.own(Sys.KILL, tid, 0) != -ESRCH;
    }

    private long lock(SyscallThread thread, long word, int flags, long deadline, int clock, boolean waited) {
        GuestMemory memory = thread.memory();
        boolean hasWaited = waited;
        while (true) {
            long result = tryLock(thread, word, hasWaited);
            if (result == -ESRCH && hasWaited) {
                bury(memory, word, memory.readInt(word));
                continue;
            }
            if (result != -EAGAIN) return result;
            int value = memory.readInt(word);
            if ((value & TID_MASK) == 0) continue;
            if ((value & WAITERS) == 0 && !memory.compareAndSetInt(word, value, value | WAITERS)) continue;
            hasWaited = true;
            long slept = sleep(thread, word, flags, value | WAITERS, deadline, clock);
            if (slept != 0) return slept;
        }
    }

    /** 0 to look again, -ETIMEDOUT, or the code of an interrupted call. */
    private long sleep(SyscallThread thread, long word, int flags, int value, long deadline, int clock) {
        long host = thread.memory().host(word, 4, Access.READ);
        Sleeper sleeper = new Sleeper(word, flags);
        synchronized (sleepers) {
            sleepers.add(sleeper);
        }
        try {
            long now = clock == CLOCK_MONOTONIC ? world.monotonic() : realTime();
            long until = Math.min(deadline, Timespec.after(now, LOOK_NANOS));
            long timespec = Timespec.write(world.scratch(), until);
            int operation = WAIT_BITSET | flags | (clock == CLOCK_REALTIME ? CLOCK_REALTIME_FLAG : 0);
            long result =
                    world.blocking(thread, Restart.ALWAYS, Sys.FUTEX, host, operation, value, timespec, 0, ANY_BIT);
            if (Restart.is(result)) return result;
            return result == -ETIMEDOUT && until == deadline ? -ETIMEDOUT : 0;
        } finally {
            synchronized (sleepers) {
                sleepers.remove(sleeper);
            }
        }
    }

    private long realTime() {
        Scratch scratch = world.innerScratch();
        long time = scratch.allocate(16);
        SyscallFailure.check(world.call(Sys.CLOCK_GETTIME, CLOCK_REALTIME, time));
        return scratch.getLong(time) * Timespec.SECOND + scratch.getLong(time + 8);
    }

    private long unlock(SyscallThread thread, long word, int flags) {
        GuestMemory memory = thread.memory();
        long host = memory.host(word, 4, Access.WRITE);
        while (true) {
            int value = memory.readInt(word);
            if ((value & TID_MASK) != thread.tid()) return -EPERM;
            if (memory.compareAndSetInt(word, value, 0)) break;
        }
        world.call(Sys.FUTEX, host, WAKE | flags, 1, 0, 0, 0);
        return 0;
    }

    private long waitAndLock(SyscallThread thread, long[] a, int flags) {
        long condition = a[0];
        long word = a[4];
        if (condition == word || (word & 3) != 0) return -EINVAL;
        GuestMemory memory = thread.memory();
        long host = memory.host(condition, 4, Access.READ);
        memory.host(word, 4, Access.WRITE);
        int clockFlag = (int) a[1] & CLOCK_REALTIME_FLAG;
        long deadline = deadline(thread, a[3]);
        long timespec = Timespec.write(world.scratch(), deadline);
        int operation = WAIT_BITSET | flags | clockFlag;
        long result = world.blocking(thread, Restart.ALWAYS, Sys.FUTEX, host, operation, a[2], timespec, 0, ANY_BIT);
        if (result != 0) return result;
        int clock = clockFlag != 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
        return lock(thread, word, flags, deadline, clock, true);
    }

    /** The sleepers move to the lock's word; the first one has the lock at once when it is free. */
    private long requeue(SyscallThread thread, long[] a, int flags) {
        if ((int) a[2] != 1 || (int) a[3] < 0 || a[0] == a[4]) return -EINVAL;
        if ((a[4] & 3) != 0) return -EINVAL;
        GuestMemory memory = thread.memory();
        long condition = memory.host(a[0], 4, Access.READ);
        long host = memory.host(a[4], 4, Access.WRITE);
        if (memory.readInt(a[0]) != (int) a[5]) return -EAGAIN;
        int wake;
        while (true) {
            int value = memory.readInt(a[4]);
            wake = (value & TID_MASK) == 0 ? 1 : 0;
            if (memory.compareAndSetInt(a[4], value, value | WAITERS)) break;
        }
        long most = Math.min(Integer.MAX_VALUE, (a[3] & 0xffff_ffffL) + 1 - wake);
        return world.call(Sys.FUTEX, condition, CMP_REQUEUE | flags, wake, most, host, a[5]);
    }

    /** The thread is gone: what it still owned and others wait for passes to them, marked with FUTEX_OWNER_DIED. */
    public void ended(SyscallThread thread) {
        GuestMemory memory = thread.memory();
        List<Sleeper> waiting;
        synchronized (sleepers) {
            if (sleepers.isEmpty()) return;
            waiting = List.copyOf(sleepers);
        }
        for (Sleeper sleeper : waiting) {
            if (memory.accessible(sleeper.word(), 4, Access.WRITE) < 4) continue;
            int value = memory.readInt(sleeper.word());
            if ((value & TID_MASK) != thread.tid()) continue;
            bury(memory, sleeper.word(), value);
            long host = memory.host(sleeper.word(), 4, Access.WRITE);
            world.call(Sys.FUTEX, host, WAKE | sleeper.operationFlags(), 1, 0, 0, 0);
        }
    }

    private static void bury(GuestMemory memory, long word, int value) {
        memory.compareAndSetInt(word, value, value & WAITERS | OWNER_DIED);
    }
}
