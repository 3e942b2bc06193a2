package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EINVAL;

import org.jspecify.annotations.Nullable;

/**
 * Processor time of the payload: that of the host threads that carry its threads, those that ended included. What the
 * JVM's own threads use, and what starting took, is nobody's. getrusage(2), clock_getcpuclockid(3).
 */
public final class PayloadTimes {
    static final int CLOCK_PROCESS = 2;
    static final int CLOCK_THREAD = 3;

    /** What was used; nanoseconds and counts. */
    record Usage(long user, long system, long minorFaults, long majorFaults, long voluntary, long involuntary) {
        static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0);

        long total() {
            return user + system;
        }

        Usage plus(Usage other) {
            return new Usage(
                    user + other.user,
                    system + other.system,
                    minorFaults + other.minorFaults,
                    majorFaults + other.majorFaults,
                    voluntary + other.voluntary,
                    involuntary + other.involuntary);
        }

        Usage minus(Usage other) {
            return new Usage(
                    Math.max(0, user - other.user),
                    Math.max(0, system - other.system),
                    minorFaults - other.minorFaults,
                    majorFaults - other.majorFaults,
                    voluntary - other.voluntary,
                    involuntary - other.involuntary);
        }
    }

    private static final int RUSAGE_THREAD = 1;
    private static final int RUSAGE_BYTES = 144;
    private static final int PAIR = 16;
    /** CPUCLOCK_PERTHREAD_MASK and the three kinds of such clocks. */
    private static final int PER_THREAD = 4;

    private static final int USER_AND_SYSTEM = 0;
    private static final int USER = 1;
    private static final int RUNNING = 2;
    private static final int KIND = 3;

    private final World world;
    private final SyscallProcess process;
    private Usage ended = Usage.NONE;
    /** The host thread that started the payload, and what it had used until then. */
    private int starter;

    private Usage before = Usage.NONE;
    private long beforeRunning;

    PayloadTimes(World world, SyscallProcess process) {
        this.world = world;
        this.process = process;
    }

    /** To be called on the host thread that is about to run the payload's first thread. */
    public synchronized void started(int hostTid) {
        starter = hostTid;
        before = ownRaw();
        beforeRunning = clock(hostTid, RUNNING);
    }

    /** To be called on a thread of the payload that ends. */
    public synchronized void ended(SyscallThread thread) {
        ended = ended.plus(own(thread));
    }

    /** What the calling thread of the payload has used. */
    synchronized Usage own(SyscallThread thread) {
        Usage raw = ownRaw();
        int guest = thread.guestTid();
        if (guest != 0) raw = raw.plus(inGuest(guest));
        return thread.hostTid() == starter ? raw.minus(before) : raw;
    }

    private Usage ownRaw() {
        Scratch scratch = world.innerScratch();
        long usage = scratch.allocate(RUSAGE_BYTES);
        SyscallFailure.check(world.own(Sys.GETRUSAGE, RUSAGE_THREAD, usage));
        return new Usage(
                scratch.getLong(usage) * Timespec.SECOND + scratch.getLong(usage + 8) * 1000,
                scratch.getLong(usage + 16) * Timespec.SECOND + scratch.getLong(usage + 24) * 1000,
                scratch.getLong(usage + 64),
                scratch.getLong(usage + 72),
                scratch.getLong(usage + 128),
                scratch.getLong(usage + 136));
    }

    /** What the process has used; faults and switches of the caller and of ended threads only. */
    synchronized Usage all(@Nullable SyscallThread caller) {
        Usage sum = ended;
        for (SyscallThread thread : process.threads()) sum = sum.plus(thread == caller ? own(thread) : others(thread));
        return sum;
    }

    private Usage others(SyscallThread thread) {
        Usage used = split(thread.hostTid());
        if (thread.guestTid() != 0) used = used.plus(inGuest(thread.guestTid()));
        return thread.hostTid() == starter
                ? new Usage(Math.max(0, used.user - before.user), Math.max(0, used.system - before.system), 0, 0, 0, 0)
                : used;
    }

    /** The time that a thread ran, split as its ticks are: what the kernel does. */
    private Usage split(int tid) {
        long total = clock(tid, RUNNING);
        long ticks = clock(tid, USER_AND_SYSTEM);
        long user = ticks == 0 ? total : (long) ((double) total * clock(tid, USER) / ticks);
        return new Usage(user, Math.max(0, total - user), 0, 0, 0, 0);
    }

    /** A thread of another process has no clock for us; the kernel tells its running time all the same. */
    private Usage inGuest(int tid) {
        String text = world.ownText("/proc/" + tid + "/schedstat");
        int end = text.indexOf(' ');
        return end <= 0 ? Usage.NONE : new Usage(Long.parseLong(text.substring(0, end)), 0, 0, 0, 0, 0);
    }

    /** 0 when the thread has just ended. */
    private long clock(int tid, int kind) {
        Scratch scratch = world.innerScratch();
        long time = scratch.allocate(PAIR);
        if (world.call(Sys.CLOCK_GETTIME, ~tid << 3 | PER_THREAD | kind, time) < 0) return 0;
        return scratch.getLong(time) * Timespec.SECOND + scratch.getLong(time + 8);
    }

    /** Whether a clock counts processor time; the others are the host's. */
    static boolean counts(int clock) {
        return clock == CLOCK_PROCESS || clock == CLOCK_THREAD || clock < 0;
    }

    /**
     * A clock with its thread named: CLOCK_THREAD_CPUTIME_ID becomes that of the caller.
     *
     * @throws SyscallFailure EINVAL for a clock of nobody
     */
    int named(SyscallThread caller, int clock) {
        if (clock == CLOCK_THREAD) return ~caller.tid() << 3 | PER_THREAD | RUNNING;
        if (clock == CLOCK_PROCESS) return clock;
        int id = ~(clock >> 3);
        if ((clock & KIND) == KIND) throw new SyscallFailure(EINVAL);
        if ((clock & PER_THREAD) != 0) {
            if (id == 0) return ~caller.tid() << 3 | clock & 7;
            if (process.thread(id) == null) throw new SyscallFailure(EINVAL);
        } else if (id == 0 || id == process.pid()) {
            return (clock & KIND) == USER ? clock : CLOCK_PROCESS;
        }
        return clock;
    }

    /** Whether a clock that {@link #named} gave is of this process. */
    boolean isOwn(int clock) {
        int id = ~(clock >> 3);
        return clock == CLOCK_PROCESS || (clock & PER_THREAD) != 0 || id == 0 || id == process.pid();
    }

    /** Nanoseconds of a clock that {@link #named} gave. */
    long read(int clock) {
        if (clock == CLOCK_PROCESS) return running();
        int id = ~(clock >> 3);
        if ((clock & PER_THREAD) != 0) {
            SyscallThread thread = process.thread(id);
            return thread == null ? 0 : running(thread);
        }
        if (isOwn(clock)) return (clock & KIND) == USER ? all(null).user() : running();
        Scratch scratch = world.innerScratch();
        long time = scratch.allocate(PAIR);
        SyscallFailure.check(world.call(Sys.CLOCK_GETTIME, clock, time));
        return scratch.getLong(time) * Timespec.SECOND + scratch.getLong(time + 8);
    }

    private synchronized long running() {
        long sum = ended.total();
        for (SyscallThread thread : process.threads()) sum += running(thread);
        return sum;
    }

    private synchronized long running(SyscallThread thread) {
        long sum = clock(thread.hostTid(), RUNNING);
        if (thread.hostTid() == starter) sum -= beforeRunning;
        return thread.guestTid() == 0 ? sum : sum + inGuest(thread.guestTid()).user();
    }

    /** Time in user mode, of all threads. */
    long user() {
        return all(null).user();
    }
}
