package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EBADF;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;

import io.kmdebug.monitor.syscall.SyscallThread.Restart;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Waiting for descriptors: poll(2), select(2), epoll(7), and eventfd(2) and timerfd_create(2), which are waited for. */
final class PollCalls implements SyscallGroup {
    private static final int O_CLOEXEC = OpenCalls.O_CLOEXEC;
    private static final int POLLFD_BYTES = 8;
    private static final int EPOLL_EVENT_BYTES = 12;
    private static final int POLLNVAL = 0x20;
    private static final int SET_BYTES = 8;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int ITIMERSPEC_BYTES = 32;
    private static final long MILLI = 1_000_000;

    private final World world;
    private final FdTable fds;
    private final ResourceLimits limits;

    PollCalls(World world, FdTable fds, ResourceLimits limits) {
        this.world = world;
        this.fds = fds;
        this.limits = limits;
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        return switch (number) {
            case Sys.POLL -> poll(t, a);
            case Sys.PPOLL -> ppoll(t, a);
            case Sys.SELECT -> select(t, a);
            case Sys.PSELECT6 -> pselect(t, a);
            case Sys.EPOLL_CREATE -> (int) a[0] <= 0 ? -EINVAL : create(Sys.EPOLL_CREATE1, 0, 0);
            case Sys.EPOLL_CREATE1 -> create(number, (int) a[0], 0);
            case Sys.EPOLL_CTL -> control(t, a);
            case Sys.EPOLL_WAIT -> epollWait(t, number, a, milliseconds(a[3]));
            case Sys.EPOLL_PWAIT -> withMask(t, a[4], a[5], number, a, milliseconds(a[3]));
            case Sys.EPOLL_PWAIT2 ->
                withMask(t, a[4], a[5], number, a, a[3] == 0 ? Timespec.FOREVER : Timespec.read(t.memory(), a[3]));
            case Sys.EVENTFD -> eventfd(a[0], 0);
            case Sys.EVENTFD2 -> eventfd(a[0], (int) a[1]);
            case Sys.TIMERFD_CREATE -> timerfd(a);
            case Sys.TIMERFD_SETTIME -> setTimer(t, a);
            default -> timer(t, a);
        };
    }

    private static long milliseconds(long timeout) {
        return (int) timeout < 0 ? Timespec.FOREVER : (int) timeout * MILLI;
    }

    private long poll(SyscallThread t, long[] a) {
        long deadline = t.restartBlock().deadline(Timespec.after(world.monotonic(), milliseconds(a[2])));
        long result = pollUntil(t, a[0], a[1], deadline, Restart.WITH_REMAINING_TIME);
        return Restart.is(result) ? t.restartBlock().save(Sys.POLL, a, deadline) : result;
    }

    private long ppoll(SyscallThread t, long[] a) {
        long timeout = a[2] == 0 ? Timespec.FOREVER : Timespec.read(t.memory(), a[2]);
        long deadline = Timespec.after(world.monotonic(), timeout);
        applyMask(t, a[3], a[4]);
        long result = pollUntil(t, a[0], a[1], deadline, Restart.NEVER_AFTER_HANDLER);
        if (a[2] != 0 && timeout != Timespec.FOREVER) {
            Timespec.write(t.memory(), a[2], Timespec.left(world.monotonic(), deadline));
        }
        return finished(t, result);
    }

    private static void applyMask(SyscallThread t, long pointer, long bytes) {
        if (pointer == 0) return;
        if (bytes != SET_BYTES) throw new SyscallFailure(EINVAL);
        t.signals().maskForThisCall(t.memory().readLong(pointer));
    }

    /** A call that was not interrupted has its own mask no longer; after an interruption the boundary decides. */
    private static long finished(SyscallThread t, long result) {
        if (!Restart.is(result)) t.signals().endMaskForThisCall();
        return result;
    }

    private long pollUntil(SyscallThread t, long pointer, long count, long deadline, Restart restart) {
        int n = (int) count;
        if (n < 0 || n > limits.openFiles()) return -EINVAL;
        Scratch scratch = world.scratch();
        byte[] guest = t.memory().read(pointer, n * POLLFD_BYTES);
        ByteBuffer view = ByteBuffer.wrap(guest).order(ByteOrder.LITTLE_ENDIAN);
        long host = scratch.bytes(guest);
        int invalid = 0;
        try (HeldDescriptors held = new HeldDescriptors(fds)) {
            for (int i = 0; i < n; i++) {
                int fd = view.getInt(i * POLLFD_BYTES);
                int hostFd = fd < 0 ? -1 : held.holdIfOpen(fd);
                view.putShort(i * POLLFD_BYTES + 6, (short) 0);
                if (fd >= 0 && hostFd < 0) {
                    invalid++;
                    view.putShort(i * POLLFD_BYTES + 6, (short) POLLNVAL);
                }
                scratch.putInt(host + (long) i * POLLFD_BYTES, hostFd);
            }
            long left = invalid > 0 ? 0 : Timespec.left(world.monotonic(), deadline);
            long timeout = Timespec.write(scratch, left);
            long ready = left == 0
                    ? world.call(Sys.PPOLL, host, n, timeout, 0, SET_BYTES)
                    : waiting(t, restart, Sys.PPOLL, scratch.pair(0, 0), host, n, timeout, 0, SET_BYTES);
            if (ready < 0) return ready;
            if (ready == 0 && invalid == 0 && t.interrupted()) return restart.code();
            for (int i = 0; i < n; i++) {
                int revents = scratch.getShort(host + (long) i * POLLFD_BYTES + 6);
                if (revents != 0) view.putShort(i * POLLFD_BYTES + 6, (short) revents);
            }
            t.memory().write(pointer, guest);
            return ready + invalid;
        }
    }

    /**
     * A call that waits for descriptors. What is ready counts before a signal that the call's own mask let in.
     *
     * @param atOnce the timeout argument for not waiting at all
     */
    private long waiting(SyscallThread t, Restart restart, int number, long atOnce, long... arguments) {
        if (!t.interrupted()) return world.blocking(t, restart, number, arguments);
        arguments[number == Sys.PSELECT6 ? 4 : number == Sys.PPOLL ? 2 : 3] = atOnce;
        long ready = world.call(number, arguments);
        return ready == 0 ? restart.code() : ready;
    }

    private long select(SyscallThread t, long[] a) {
        long timeout = a[4] == 0 ? Timespec.FOREVER : selectTimeout(t, a[4]);
        long deadline = Timespec.after(world.monotonic(), timeout);
        long result = selectUntil(t, a, deadline);
        if (a[4] != 0 && timeout != Timespec.FOREVER) {
            Timespec.writeTimeval(t.memory(), a[4], Timespec.left(world.monotonic(), deadline));
        }
        return result;
    }

    /** Unlike others select allows a million microseconds and more. */
    private static long selectTimeout(SyscallThread t, long pointer) {
        long seconds = t.memory().readLong(pointer);
        long micros = t.memory().readLong(pointer + 8);
        if (seconds < 0 || micros < 0) throw new SyscallFailure(EINVAL);
        long whole = seconds + micros / 1_000_000;
        if (whole > Timespec.FOREVER / Timespec.SECOND - 1) return Timespec.FOREVER;
        return whole * Timespec.SECOND + micros % 1_000_000 * 1000;
    }

    private long pselect(SyscallThread t, long[] a) {
        long timeout = a[4] == 0 ? Timespec.FOREVER : Timespec.read(t.memory(), a[4]);
        long deadline = Timespec.after(world.monotonic(), timeout);
        // the sixth argument points at a pair of set pointer and set size
        if (a[5] != 0) applyMask(t, t.memory().readLong(a[5]), t.memory().readLong(a[5] + 8));
        long result = selectUntil(t, a, deadline);
        if (a[4] != 0 && timeout != Timespec.FOREVER) {
            Timespec.write(t.memory(), a[4], Timespec.left(world.monotonic(), deadline));
        }
        return finished(t, result);
    }

    private long selectUntil(SyscallThread t, long[] a, long deadline) {
        int n = (int) a[0];
        if (n < 0) return -EINVAL;
        n = Math.min(n, fds.places());
        int bytes = (n + 63) / 64 * 8;
        byte[][] sets = new byte[3][];
        int highest = -1;
        int[] hostOf = new int[n];
        try (HeldDescriptors held = new HeldDescriptors(fds)) {
            for (int s = 0; s < 3; s++) {
                if (a[1 + s] != 0) sets[s] = t.memory().read(a[1 + s], bytes);
            }
            for (int fd = 0; fd < n; fd++) {
                hostOf[fd] = -1;
                if (!in(sets[0], fd) && !in(sets[1], fd) && !in(sets[2], fd)) continue;
                hostOf[fd] = held.holdIfOpen(fd);
                if (hostOf[fd] < 0) return -EBADF;
                highest = Math.max(highest, hostOf[fd]);
            }
            Scratch scratch = world.scratch();
            long[] host = new long[3];
            int hostBytes = (highest + 64) / 64 * 8;
            for (int s = 0; s < 3; s++) {
                if (sets[s] == null) continue;
                byte[] set = new byte[Math.max(8, hostBytes)];
                for (int fd = 0; fd < n; fd++) if (in(sets[s], fd)) add(set, hostOf[fd]);
                host[s] = scratch.bytes(set);
            }
            long timeout = Timespec.write(scratch, Timespec.left(world.monotonic(), deadline));
            long ready = waiting(
                    t,
                    Restart.NEVER_AFTER_HANDLER,
                    Sys.PSELECT6,
                    scratch.pair(0, 0),
                    highest + 1L,
                    host[0],
                    host[1],
                    host[2],
                    timeout,
                    0);
            if (ready < 0) return ready;
            for (int s = 0; s < 3; s++) {
                if (sets[s] == null) continue;
                byte[] set = scratch.read(host[s], Math.max(8, hostBytes));
                byte[] out = new byte[bytes];
                for (int fd = 0; fd < n; fd++) if (in(sets[s], fd) && in(set, hostOf[fd])) add(out, fd);
                t.memory().write(a[1 + s], out);
            }
            return ready;
        }
    }

    private static boolean in(byte @org.jspecify.annotations.Nullable [] set, int fd) {
        return set != null && (set[fd >> 3] & 1 << (fd & 7)) != 0;
    }

    private static void add(byte[] set, int fd) {
        set[fd >> 3] |= (byte) (1 << (fd & 7));
    }

    private long create(int number, int flags, long first) {
        fds.needRoom();
        long fd = number == Sys.EPOLL_CREATE1
                ? world.call(number, flags | O_CLOEXEC)
                : world.call(number, first, flags | O_CLOEXEC);
        if (fd < 0) return fd;
        return fds.install(fd, new OpenFile(OpenFile.Kind.OTHER), (flags & O_CLOEXEC) != 0);
    }

    private long eventfd(long initial, int flags) {
        return create(Sys.EVENTFD2, flags, initial & 0xffffffffL);
    }

    private long timerfd(long[] a) {
        return create(Sys.TIMERFD_CREATE, (int) a[1], (int) a[0]);
    }

    private long control(SyscallThread t, long[] a) {
        // the event's data stays the payload's own, whatever it is
        long event = (int) a[1] == EPOLL_CTL_DEL ? 0 : t.memory().host(a[3], EPOLL_EVENT_BYTES, Access.READ);
        try (HeldDescriptors held = new HeldDescriptors(fds)) {
            int epoll = held.hold(a[0]).hostFd();
            int target = held.hold(a[2]).hostFd();
            return world.call(Sys.EPOLL_CTL, epoll, a[1], target, event);
        }
    }

    private long withMask(SyscallThread t, long mask, long bytes, int number, long[] a, long timeout) {
        applyMask(t, mask, bytes);
        return finished(t, epollWait(t, number, a, timeout));
    }

    private long epollWait(SyscallThread t, int number, long[] a, long timeout) {
        int most = (int) a[2];
        if (most <= 0 || most > Integer.MAX_VALUE / EPOLL_EVENT_BYTES) return -EINVAL;
        Descriptor d = fds.acquire(a[0]);
        try {
            long buffer = t.memory().range(a[1], (long) most * EPOLL_EVENT_BYTES, Access.WRITE);
            long deadline = t.restartBlock().deadline(Timespec.after(world.monotonic(), timeout));
            long left = Timespec.left(world.monotonic(), deadline);
            long result;
            if (number == Sys.EPOLL_PWAIT2) {
                long limit = Timespec.write(world.scratch(), left);
                long zero = world.innerScratch().pair(0, 0);
                result = waiting(
                        t, Restart.WITH_REMAINING_TIME, number, zero, d.hostFd(), buffer, most, limit, 0, SET_BYTES);
            } else {
                long ms = left == Timespec.FOREVER ? -1 : Math.min(Integer.MAX_VALUE, (left + MILLI - 1) / MILLI);
                result = ms == 0
                        ? world.call(Sys.EPOLL_WAIT, d.hostFd(), buffer, most, 0)
                        : waiting(t, Restart.WITH_REMAINING_TIME, Sys.EPOLL_WAIT, 0, d.hostFd(), buffer, most, ms);
            }
            return Restart.is(result) ? t.restartBlock().save(number, a, deadline) : result;
        } finally {
            d.release();
        }
    }

    private long setTimer(SyscallThread t, long[] a) {
        Descriptor d = fds.acquire(a[0]);
        try {
            long value = t.memory().host(a[2], ITIMERSPEC_BYTES, Access.READ);
            long old = a[3] == 0 ? 0 : t.memory().host(a[3], ITIMERSPEC_BYTES, Access.WRITE);
            return world.call(Sys.TIMERFD_SETTIME, d.hostFd(), a[1], value, old);
        } finally {
            d.release();
        }
    }

    private long timer(SyscallThread t, long[] a) {
        Descriptor d = fds.acquire(a[0]);
        try {
            return world.call(Sys.TIMERFD_GETTIME, d.hostFd(), t.memory().host(a[1], ITIMERSPEC_BYTES, Access.WRITE));
        } finally {
            d.release();
        }
    }
}
