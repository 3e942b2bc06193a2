package io.kmdebug.monitor.syscall;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.signal.ProcessSignals;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One timer that sends a signal: an interval timer or a POSIX timer. Times are nanoseconds of the timer's clock; the
 * clock is read through {@link Clock}.
 */
final class PayloadTimer {
    /** A clock that the timer counts by. */
    interface Clock {
        long now();

        /** Least time, in real nanoseconds, that passes while this clock advances by {@code nanos}. */
        long realTime(long nanos);
    }

    /** Where an expiry goes. */
    interface Expiry {
        /** False when the signal of an earlier expiry is still pending: counted as an overrun. */
        boolean send(PayloadTimer timer);
    }

    private final TimerThread thread;
    private final Clock clock;
    private final Expiry expiry;
    private long next;
    private long interval;
    private int overrun;
    private @Nullable ScheduledFuture<?> scheduled;

    PayloadTimer(TimerThread thread, Clock clock, Expiry expiry) {
        this.thread = thread;
        this.clock = clock;
        this.expiry = expiry;
    }

    Clock clock() {
        return clock;
    }

    /** @param deadline 0 disarms */
    synchronized void arm(long deadline, long interval) {
        if (scheduled != null) scheduled.cancel(false);
        scheduled = null;
        next = deadline;
        this.interval = interval;
        overrun = 0;
        if (deadline != 0) schedule();
    }

    /** Time until the next expiry, 0 when disarmed; at least 1 when armed. */
    synchronized long left() {
        return next == 0 ? 0 : Math.max(1, next - clock.now());
    }

    synchronized long interval() {
        return interval;
    }

    synchronized int overrun() {
        return overrun;
    }

    private void schedule() {
        long real = Math.max(0, clock.realTime(next - clock.now()));
        scheduled = thread.after(real, this::run);
    }

    private synchronized void run() {
        if (next == 0) return;
        long now = clock.now();
        if (now < next) {
            schedule();
            return;
        }
        long missed = 0;
        if (interval > 0) {
            missed = (now - next) / interval;
            next += (missed + 1) * interval;
        } else {
            next = 0;
        }
        long extra = expiry.send(this) ? missed : missed + 1;
        overrun = (int) Math.min(Integer.MAX_VALUE, (long) overrun + extra);
        if (next != 0) schedule();
    }

    /** The siginfo of a POSIX timer: si_timerid at 16, si_overrun at 20, si_value at 24. sigaction(2). */
    static SignalInfo info(int signal, int id, int overrun, long value) {
        byte[] raw = new byte[SignalInfo.BYTES];
        ByteBuffer.wrap(raw)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, signal)
                .putInt(8, SignalInfo.SI_TIMER)
                .putInt(16, id)
                .putInt(20, overrun)
                .putLong(24, value);
        return new SignalInfo(raw);
    }

    /** Wakes timers; the thread exists from the first timer on. */
    static final class TimerThread {
        private @Nullable ScheduledThreadPoolExecutor executor;

        synchronized ScheduledFuture<?> after(long nanos, Runnable task) {
            if (executor == null) {
                executor = new ScheduledThreadPoolExecutor(1, run -> {
                    Thread made = new Thread(run, "km-timers");
                    made.setDaemon(true);
                    return made;
                });
                executor.setRemoveOnCancelPolicy(true);
            }
            return executor.schedule(task, nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Sends the kernel's signal of an interval timer to the process. */
    static Expiry toProcess(ProcessSignals signals, int signal) {
        return timer -> signals.post(SignalInfo.sent(signal, SignalInfo.SI_KERNEL, 0, 0));
    }
}
