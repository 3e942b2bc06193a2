package io.kmdebug.monitor.state;

import java.util.List;

/**
 * Timers that send signals, with the time they have left.
 *
 * @param intervals ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF
 * @param posix timer_create(2), by number
 * @param nextId the number that the next one gets
 */
public record TimersState(List<Interval> intervals, List<Posix> posix, int nextId) {
    public static final TimersState NONE =
            new TimersState(List.of(Interval.OFF, Interval.OFF, Interval.OFF), List.of(), 0);

    /** @param left nanoseconds to the next expiry; 0: not armed */
    public record Interval(long left, long interval) {
        public static final Interval OFF = new Interval(0, 0);
    }

    /**
     * @param clock clockid_t
     * @param notification sigev_notify
     * @param value sigev_value
     * @param tid sigev_notify_thread_id
     */
    public record Posix(int id, int clock, int notification, int signal, long value, int tid, Interval time) {}
}
