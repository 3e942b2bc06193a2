package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EAGAIN;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.signal.ProcessSignals;
import io.kmdebug.monitor.state.TimersState;
import io.kmdebug.monitor.state.TimersState.Interval;
import io.kmdebug.monitor.state.TimersState.Posix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Timers that send signals: setitimer(2), alarm(2), timer_create(2). Kept by the monitor, whose signals they are not. */
final class TimerCalls implements SyscallGroup {
    private static final int SIGALRM = 14;
    private static final int SIGVTALRM = 26;
    private static final int SIGPROF = 27;
    private static final int SIGEV_SIGNAL = 0;
    private static final int SIGEV_NONE = 1;
    private static final int SIGEV_THREAD_ID = 4;
    private static final int SIGEVENT_BYTES = 64;
    private static final int CLOCK_MONOTONIC = 1;
    private static final int CLOCK_PROCESS_CPUTIME_ID = 2;
    /** That of the process 0, the own one, in user mode. */
    private static final int CLOCK_PROCESS_USER_TIME = ~0 << 3 | 1;

    private static final int TIMER_ABSTIME = 1;
    private static final int MAX_TIMERS = 10_000;

    private final World world;
    private final SyscallProcess process;
    private final PayloadTimes times;
    private final PayloadTimer.TimerThread thread = new PayloadTimer.TimerThread();
    private final PayloadTimer[] interval = new PayloadTimer[3];
    private final TreeMap<Integer, PosixTimer> timers = new TreeMap<>();
    private int nextId;

    /** A timer_create(2) timer: which signal it sends and whether that was taken. */
    private static final class PosixTimer {
        final int id;
        final int clock;
        final int notify;
        final int signal;
        final long value;
        final int tid;

        @Nullable
        SignalInfo last;

        @Nullable
        PayloadTimer timer;

        PosixTimer(int id, int clock, int notify, int signal, long value, int tid) {
            this.id = id;
            this.clock = clock;
            this.notify = notify;
            this.signal = signal;
            this.value = value;
            this.tid = tid;
        }
    }

    TimerCalls(World world, SyscallProcess process, PayloadTimes times) {
        this.world = world;
        this.times = times;
        this.process = process;
        ProcessSignals signals = process.signals();
        PayloadTimer.Clock real = clock(CLOCK_MONOTONIC);
        PayloadTimer.Clock cpu = clock(CLOCK_PROCESS_CPUTIME_ID);
        PayloadTimer.Clock user = clock(CLOCK_PROCESS_USER_TIME);
        interval[0] = new PayloadTimer(thread, real, PayloadTimer.toProcess(signals, SIGALRM));
        interval[1] = new PayloadTimer(thread, user, PayloadTimer.toProcess(signals, SIGVTALRM));
        interval[2] = new PayloadTimer(thread, cpu, PayloadTimer.toProcess(signals, SIGPROF));
    }

    private PayloadTimer.Clock clock(int id) {
        boolean cpu = PayloadTimes.counts(id);
        return new PayloadTimer.Clock() {
            @Override
            public long now() {
                if (id == CLOCK_MONOTONIC) return world.monotonic();
                if (cpu) return times.read(id);
                Scratch scratch = world.innerScratch();
                long time = scratch.allocate(16);
                SyscallFailure.check(world.call(Sys.CLOCK_GETTIME, id, time));
                return scratch.getLong(time) * Timespec.SECOND + scratch.getLong(time + 8);
            }

            @Override
            public long realTime(long nanos) {
                // several threads may burn processor time at once; looking every millisecond at most is enough
                return cpu ? Math.max(1_000_000, nanos / 4) : nanos;
            }
        };
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        return switch (number) {
            case Sys.ALARM -> alarm(a[0]);
            case Sys.GETITIMER -> getInterval(t, a);
            case Sys.SETITIMER -> setInterval(t, a);
            case Sys.TIMER_CREATE -> create(t, a);
            case Sys.TIMER_SETTIME -> set(t, a);
            case Sys.TIMER_GETTIME -> get(t, a);
            case Sys.TIMER_GETOVERRUN -> overrun(a);
            default -> delete(a);
        };
    }

    private long alarm(long seconds) {
        long wanted = Integer.toUnsignedLong((int) seconds);
        synchronized (interval) {
            PayloadTimer timer = interval[0];
            long left = timer.left();
            timer.arm(wanted == 0 ? 0 : Timespec.after(timer.clock().now(), wanted * Timespec.SECOND), 0);
            if (left == 0) return 0;
            long whole = left / Timespec.SECOND;
            // rounded as the kernel does: to the nearest second, but never to 0
            return whole == 0 || left % Timespec.SECOND >= Timespec.SECOND / 2 ? whole + 1 : whole;
        }
    }

    private long getInterval(SyscallThread t, long[] a) {
        int which = (int) a[0];
        if (which < 0 || which > 2) return -EINVAL;
        writeInterval(t.memory(), a[1], interval[which]);
        return 0;
    }

    private static void writeInterval(GuestMemory memory, long pointer, PayloadTimer timer) {
        long left = timer.left();
        // an armed timer never shows 0
        Timespec.writeTimeval(memory, pointer, timer.interval());
        Timespec.writeTimeval(memory, pointer + 16, left == 0 ? 0 : Math.max(1000, left));
    }

    private long setInterval(SyscallThread t, long[] a) {
        int which = (int) a[0];
        if (which < 0 || which > 2) return -EINVAL;
        GuestMemory memory = t.memory();
        long repeat = a[1] == 0 ? 0 : Timespec.readTimeval(memory, a[1]);
        long first = a[1] == 0 ? 0 : Timespec.readTimeval(memory, a[1] + 16);
        synchronized (interval) {
            PayloadTimer timer = interval[which];
            if (a[2] != 0) writeInterval(memory, a[2], timer);
            timer.arm(first == 0 ? 0 : Timespec.after(timer.clock().now(), first), repeat);
        }
        return 0;
    }

    /** struct sigevent: sigev_value 8, sigev_signo 4, sigev_notify 4, sigev_notify_thread_id 4. sigevent(3type). */
    private synchronized long create(SyscallThread t, long[] a) {
        int clock = (int) a[0];
        Scratch scratch = world.scratch();
        if (PayloadTimes.counts(clock)) {
            clock = times.named(t, clock);
        } else {
            long probe = world.call(Sys.CLOCK_GETTIME, clock, scratch.allocate(16));
            if (probe < 0) return probe;
        }
        if (timers.size() >= MAX_TIMERS) return -EAGAIN;
        t.memory().host(a[2], 4, Access.WRITE);
        int id = nextId++;
        int notify = SIGEV_SIGNAL;
        int signal = SIGALRM;
        long value = id;
        int tid = 0;
        if (a[1] != 0) {
            ByteBuffer event =
                    ByteBuffer.wrap(t.memory().read(a[1], SIGEVENT_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
            value = event.getLong(0);
            signal = event.getInt(8);
            notify = event.getInt(12);
            tid = event.getInt(16);
            boolean known = notify == SIGEV_SIGNAL || notify == SIGEV_NONE || notify == SIGEV_THREAD_ID;
            if (!known || notify != SIGEV_NONE && (signal < 1 || signal > 64)) return -EINVAL;
            if (notify == SIGEV_THREAD_ID && t.process().thread(tid) == null) return -EINVAL;
        }
        add(new PosixTimer(id, clock, notify, signal, value, tid));
        t.memory().writeInt(a[2], id);
        return 0;
    }

    private PayloadTimer add(PosixTimer made) {
        PayloadTimer timer = new PayloadTimer(thread, clock(made.clock), one -> send(process, made, one));
        made.timer = timer;
        timers.put(made.id, made);
        return timer;
    }

    /** All timers, with the time they have left. */
    synchronized TimersState capture() {
        List<Interval> intervals = new ArrayList<>();
        for (PayloadTimer timer : interval) intervals.add(time(timer));
        List<Posix> posix = new ArrayList<>();
        for (PosixTimer one : timers.values()) {
            Interval time = one.timer == null ? Interval.OFF : time(one.timer);
            posix.add(new Posix(one.id, one.clock, one.notify, one.signal, one.value, one.tid, time));
        }
        return new TimersState(intervals, posix, nextId);
    }

    private static Interval time(PayloadTimer timer) {
        return new Interval(timer.left(), timer.interval());
    }

    /** Takes over what {@link #capture} gave: the timers run from now on. */
    synchronized void restore(TimersState state) {
        for (int i = 0; i < interval.length; i++)
            start(interval[i], state.intervals().get(i));
        for (Posix one : state.posix()) {
            start(
                    add(new PosixTimer(
                            one.id(), one.clock(), one.notification(), one.signal(), one.value(), one.tid())),
                    one.time());
        }
        nextId = state.nextId();
    }

    private static void start(PayloadTimer timer, Interval time) {
        long deadline = time.left() == 0 ? 0 : Timespec.after(timer.clock().now(), time.left());
        timer.arm(deadline, time.interval());
    }

    /** A timer has one signal queued at most; what expires meanwhile is an overrun of that one. */
    private static boolean send(SyscallProcess process, PosixTimer of, PayloadTimer timer) {
        if (of.notify == SIGEV_NONE) return true;
        ProcessSignals signals = process.signals();
        SignalInfo last = of.last;
        if (last != null && signals.isQueued(last)) return false;
        SignalInfo info = PayloadTimer.info(of.signal, of.id, timer.overrun(), of.value);
        of.last = info;
        if (of.notify == SIGEV_SIGNAL) return signals.post(info);
        SyscallThread target = process.thread(of.tid);
        return target != null && signals.post(target.signals(), info);
    }

    private synchronized PayloadTimer timer(long id) {
        PosixTimer found = timers.get((int) id);
        if (found == null || found.timer == null) throw new SyscallFailure(EINVAL);
        return found.timer;
    }

    private long set(SyscallThread t, long[] a) {
        PayloadTimer timer = timer(a[0]);
        if (a[2] == 0) return -EINVAL;
        long repeat = Timespec.read(t.memory(), a[2]);
        long first = Timespec.read(t.memory(), a[2] + 16);
        if (a[3] != 0) writeTimer(t.memory(), a[3], timer);
        boolean absolute = (a[1] & TIMER_ABSTIME) != 0;
        timer.arm(
                first == 0 ? 0 : absolute ? first : Timespec.after(timer.clock().now(), first), repeat);
        return 0;
    }

    private long get(SyscallThread t, long[] a) {
        writeTimer(t.memory(), a[1], timer(a[0]));
        return 0;
    }

    private static void writeTimer(GuestMemory memory, long pointer, PayloadTimer timer) {
        Timespec.write(memory, pointer, timer.interval());
        Timespec.write(memory, pointer + 16, timer.left());
    }

    private long overrun(long[] a) {
        return timer(a[0]).overrun();
    }

    /** A new program keeps the interval timers only. */
    synchronized void exec() {
        for (PosixTimer one : timers.values()) if (one.timer != null) one.timer.arm(0, 0);
        timers.clear();
    }

    private synchronized long delete(long[] a) {
        timer(a[0]).arm(0, 0);
        timers.remove((int) a[0]);
        return 0;
    }
}
