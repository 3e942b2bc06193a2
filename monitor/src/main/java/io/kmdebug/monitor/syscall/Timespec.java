package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EINVAL;

/** {@code struct timespec} (seconds 8, nanoseconds 8) as a count of nanoseconds, saturating at {@link #FOREVER}. */
final class Timespec {
    static final long FOREVER = Long.MAX_VALUE;
    static final long SECOND = 1_000_000_000L;
    private static final long MICRO = 1000;

    private Timespec() {}

    /** @throws SyscallFailure EINVAL when negative or with nanoseconds out of range */
    static long read(GuestMemory memory, long pointer) {
        return of(memory.readLong(pointer), memory.readLong(pointer + 8), SECOND, 1);
    }

    /** A {@code struct timeval}: seconds 8, microseconds 8. */
    static long readTimeval(GuestMemory memory, long pointer) {
        return of(memory.readLong(pointer), memory.readLong(pointer + 8), SECOND / MICRO, MICRO);
    }

    private static long of(long seconds, long fraction, long fractions, long scale) {
        if (seconds < 0 || fraction < 0 || fraction >= fractions) throw new SyscallFailure(EINVAL);
        if (seconds > FOREVER / SECOND - 1) return FOREVER;
        return seconds * SECOND + fraction * scale;
    }

    /** {@code now + duration}, or FOREVER. */
    static long after(long now, long duration) {
        if (duration == FOREVER) return FOREVER;
        long sum = now + duration;
        return sum < now ? FOREVER : sum;
    }

    static long left(long now, long deadline) {
        return deadline == FOREVER ? FOREVER : Math.max(0, deadline - now);
    }

    /** In scratch memory; 0, a null pointer, for FOREVER. */
    static long write(Scratch scratch, long nanos) {
        return nanos == FOREVER ? 0 : scratch.pair(nanos / SECOND, nanos % SECOND);
    }

    static void write(GuestMemory memory, long pointer, long nanos) {
        memory.writeLong(pointer, nanos / SECOND);
        memory.writeLong(pointer + 8, nanos % SECOND);
    }

    static void writeTimeval(GuestMemory memory, long pointer, long nanos) {
        memory.writeLong(pointer, nanos / SECOND);
        memory.writeLong(pointer + 8, nanos % SECOND / MICRO);
    }
}
