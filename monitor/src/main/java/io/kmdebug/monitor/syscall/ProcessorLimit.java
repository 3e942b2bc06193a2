package io.kmdebug.monitor.syscall;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.signal.ProcessSignals;
import org.jspecify.annotations.Nullable;

/**
 * RLIMIT_CPU: SIGXCPU when the payload has used as many seconds of processor time as the soft limit says, and each second
 * after that, by which the soft limit moves up; SIGKILL at the hard limit. setrlimit(2).
 */
final class ProcessorLimit {
    private static final int SIGKILL = 9;
    private static final int SIGXCPU = 24;
    private static final int MOST_SECONDS = Integer.MAX_VALUE;

    private final PayloadTimes times;
    private final ProcessSignals signals;
    private final ResourceLimits limits;
    private @Nullable PayloadTimer timer;

    ProcessorLimit(PayloadTimes times, ProcessSignals signals, ResourceLimits limits) {
        this.times = times;
        this.signals = signals;
        this.limits = limits;
    }

    /** Looks at the limit, which may be another now. */
    void changed() {
        long soft = limits.soft(ResourceLimits.CPU);
        PayloadTimer set = timer(bounded(soft));
        if (set == null) return;
        long hard = limits.hard(ResourceLimits.CPU);
        long first = bounded(hard) ? Math.min(soft, hard) : soft;
        // 0 would disarm
        set.arm(bounded(soft) ? Math.max(1, first * Timespec.SECOND) : 0, Timespec.SECOND);
    }

    private synchronized @Nullable PayloadTimer timer(boolean needed) {
        if (timer == null && needed) {
            timer = new PayloadTimer(new PayloadTimer.TimerThread(), clock(), one -> {
                reached();
                return true;
            });
        }
        return timer;
    }

    private static boolean bounded(long seconds) {
        return seconds >= 0 && seconds < MOST_SECONDS;
    }

    private PayloadTimer.Clock clock() {
        return new PayloadTimer.Clock() {
            @Override
            public long now() {
                return times.read(PayloadTimes.CLOCK_PROCESS);
            }

            @Override
            public long realTime(long nanos) {
                // several threads may use processor time at once
                return Math.max(1_000_000, nanos / 4);
            }
        };
    }

    private void reached() {
        long used = times.read(PayloadTimes.CLOCK_PROCESS) / Timespec.SECOND;
        long hard = limits.hard(ResourceLimits.CPU);
        if (bounded(hard) && used >= hard) {
            signals.post(SignalInfo.sent(SIGKILL, SignalInfo.SI_KERNEL, 0, 0));
            return;
        }
        long soft = limits.soft(ResourceLimits.CPU);
        if (!bounded(soft) || used < soft) return;
        signals.post(SignalInfo.sent(SIGXCPU, SignalInfo.SI_KERNEL, 0, 0));
        limits.processorSoft(soft, soft + 1);
    }
}
