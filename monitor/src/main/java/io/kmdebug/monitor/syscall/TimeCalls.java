package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EFAULT;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;

import io.kmdebug.monitor.syscall.SyscallThread.Restart;

/** Reading clocks and sleeping: clock_gettime(2), clock_nanosleep(2), gettimeofday(2), times(2). */
final class TimeCalls implements SyscallGroup {
    private static final int CLOCK_REALTIME = 0;
    private static final int CLOCK_MONOTONIC = 1;
    private static final int CLOCK_BOOTTIME = 7;
    private static final int CLOCK_TAI = 11;
    private static final int CLOCK_THREAD_CPUTIME_ID = 3;
    private static final int TIMER_ABSTIME = 1;
    private static final int PAIR = 16;
    private static final int TMS_BYTES = 32;
    private static final long TICK_NANOS = 10_000_000;
    private static final long SHORTEST_LOOK = 1_000_000;
    private static final long PROCESSORS = Math.max(1, Runtime.getRuntime().availableProcessors());

    private final World world;

    private final PayloadTimes times;

    TimeCalls(World world, PayloadTimes times) {
        this.world = world;
        this.times = times;
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        GuestMemory memory = t.memory();
        return switch (number) {
            case Sys.CLOCK_GETTIME -> {
                if (!PayloadTimes.counts((int) a[0]))
                    yield world.call(number, (int) a[0], memory.host(a[1], PAIR, Access.WRITE));
                Timespec.write(memory, a[1], times.read(times.named(t, (int) a[0])));
                yield 0;
            }
            case Sys.CLOCK_GETRES ->
                world.call(number, resolutionClock(t, (int) a[0]), optional(memory, a[1], Access.WRITE));
            case Sys.CLOCK_SETTIME -> world.call(number, (int) a[0], memory.host(a[1], PAIR, Access.READ));
            case Sys.NANOSLEEP -> sleep(t, number, a, CLOCK_MONOTONIC, Timespec.read(memory, a[0]), a[1]);
            case Sys.CLOCK_NANOSLEEP -> clockNanosleep(t, a);
            case Sys.GETTIMEOFDAY ->
                world.call(number, optional(memory, a[0], Access.WRITE), optional8(memory, a[1], Access.WRITE));
            case Sys.SETTIMEOFDAY ->
                world.call(number, optional(memory, a[0], Access.READ), optional8(memory, a[1], Access.READ));
            case Sys.TIME -> world.call(number, optional8(memory, a[0], Access.WRITE));
            case Sys.TIMES -> times(t, a[0]);
            case Sys.ADJTIMEX -> world.call(number, memory.host(a[0], 208, Access.WRITE));
            default -> world.call(number, (int) a[0], memory.host(a[1], 208, Access.WRITE));
        };
    }

    /** A thread's number need not be the host's; all clocks of processor time tick alike. */
    private int resolutionClock(SyscallThread t, int clock) {
        return PayloadTimes.counts(clock) && times.isOwn(times.named(t, clock)) ? PayloadTimes.CLOCK_THREAD : clock;
    }

    /** struct tms: user, system, and those of children, 8 each, in ticks. */
    private long times(SyscallThread t, long pointer) {
        if (pointer == 0) return world.call(Sys.TIMES, 0);
        Scratch scratch = world.scratch();
        long tms = scratch.allocate(TMS_BYTES);
        long now = world.call(Sys.TIMES, tms);
        PayloadTimes.Usage used = times.all(t);
        t.memory().writeLong(pointer, used.user() / TICK_NANOS);
        t.memory().writeLong(pointer + 8, used.system() / TICK_NANOS);
        t.memory().writeLong(pointer + 16, scratch.getLong(tms + 16));
        t.memory().writeLong(pointer + 24, scratch.getLong(tms + 24));
        return now;
    }

    private static long optional(GuestMemory memory, long pointer, Access access) {
        return pointer == 0 ? 0 : memory.host(pointer, PAIR, access);
    }

    private static long optional8(GuestMemory memory, long pointer, Access access) {
        return pointer == 0 ? 0 : memory.host(pointer, 8, access);
    }

    private long clockNanosleep(SyscallThread t, long[] a) {
        int clock = (int) a[0];
        if (clock == CLOCK_THREAD_CPUTIME_ID) return -EINVAL;
        if (a[2] == 0) return -EFAULT;
        long time = Timespec.read(t.memory(), a[2]);
        if (PayloadTimes.counts(clock)) return sleepOnProcessorTime(t, a, times.named(t, clock), time);
        if ((a[1] & TIMER_ABSTIME) != 0) {
            long until = Timespec.write(world.scratch(), time);
            return world.blocking(t, Restart.NEVER_AFTER_HANDLER, Sys.CLOCK_NANOSLEEP, clock, TIMER_ABSTIME, until, 0);
        }
        // relative sleeps do not follow changes of the date, so these clocks are one
        boolean wall = clock == CLOCK_REALTIME || clock == CLOCK_BOOTTIME || clock == CLOCK_TAI;
        return sleep(t, Sys.CLOCK_NANOSLEEP, a, wall ? CLOCK_MONOTONIC : clock, time, a[3]);
    }

    /** Until others have used so much time: it is looked as often as need be. */
    private long sleepOnProcessorTime(SyscallThread t, long[] a, int clock, long time) {
        if (clock == times.named(t, CLOCK_THREAD_CPUTIME_ID)) return -EINVAL;
        boolean absolute = (a[1] & TIMER_ABSTIME) != 0;
        boolean goesOn = t.restartBlock().continuing();
        long fresh = absolute ? time : goesOn ? 0 : Timespec.after(times.read(clock), time);
        long deadline = absolute ? time : t.restartBlock().deadline(fresh);
        Restart restart = absolute ? Restart.NEVER_AFTER_HANDLER : Restart.WITH_REMAINING_TIME;
        while (true) {
            long left = deadline - times.read(clock);
            if (left <= 0) return 0;
            long pause = Math.max(SHORTEST_LOOK, left / PROCESSORS);
            long timespec = Timespec.write(world.scratch(), pause);
            long result = world.blocking(t, restart, Sys.PPOLL, 0, 0, timespec, 0, 8);
            if (!Restart.is(result)) continue;
            if (absolute) return result;
            if (a[3] != 0) Timespec.write(t.memory(), a[3], Math.max(0, deadline - times.read(clock)));
            return t.restartBlock().save(Sys.CLOCK_NANOSLEEP, a, deadline);
        }
    }

    /** Sleeps until a deadline of {@code clock}, so that an interruption costs nothing. */
    private long sleep(SyscallThread t, int number, long[] a, int clock, long duration, long remaining) {
        long fresh = t.restartBlock().continuing() ? 0 : Timespec.after(now(clock), duration);
        long deadline = t.restartBlock().deadline(fresh);
        Scratch scratch = world.scratch();
        long until = scratch.pair(deadline / Timespec.SECOND, deadline % Timespec.SECOND);
        long result =
                world.blocking(t, Restart.WITH_REMAINING_TIME, Sys.CLOCK_NANOSLEEP, clock, TIMER_ABSTIME, until, 0);
        if (!Restart.is(result)) return result;
        if (remaining != 0) Timespec.write(t.memory(), remaining, Timespec.left(now(clock), deadline));
        return t.restartBlock().save(number, a, deadline);
    }

    private long now(int clock) {
        if (clock == CLOCK_MONOTONIC) return world.monotonic();
        Scratch scratch = world.innerScratch();
        long time = scratch.allocate(PAIR);
        SyscallFailure.check(world.call(Sys.CLOCK_GETTIME, clock, time));
        return scratch.getLong(time) * Timespec.SECOND + scratch.getLong(time + 8);
    }
}
