package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EAGAIN;
import static io.kmdebug.monitor.syscall.Errno.EBADF;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.EPERM;

import io.kmdebug.machine.SignalInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2): processes by descriptor; kcmp(2). */
final class PidfdCalls implements SyscallGroup {
    private static final int PIDFD_NONBLOCK = 04000;
    private static final int MAX_SIGNAL = 64;
    private static final int KCMP_FILE = 0;
    private static final int KCMP_EPOLL_TFD = 7;

    private final World world;
    private final FdTable fds;

    PidfdCalls(World world, FdTable fds) {
        this.world = world;
        this.fds = fds;
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        if (number == Sys.PIDFD_OPEN) return open(t, (int) a[0], (int) a[1]);
        if (number == Sys.KCMP) return compare(t, a);
        Descriptor d = fds.acquire(a[0]);
        try {
            return number == Sys.PIDFD_GETFD ? descriptor(t, d, a) : send(t, d, (int) a[1], a[2], (int) a[3]);
        } finally {
            d.release();
        }
    }

    private long open(SyscallThread t, int pid, int flags) {
        if ((flags & ~PIDFD_NONBLOCK) != 0) return -EINVAL;
        fds.needRoom();
        long host = pid == t.process().pid() ? world.own(Sys.GETPID) : pid;
        long fd = world.call(Sys.PIDFD_OPEN, host, flags);
        return fd < 0 ? fd : fds.install(fd, new OpenFile(OpenFile.Kind.OTHER), true);
    }

    private long send(SyscallThread t, Descriptor d, int signal, long pointer, int flags) {
        if (flags != 0 || !isOwn(d)) {
            long info = pointer == 0 ? 0 : world.scratch().bytes(t.memory().read(pointer, SignalInfo.BYTES));
            if (flags == 0 || !isOwn(d)) return world.call(Sys.PIDFD_SEND_SIGNAL, d.hostFd(), signal, info, flags);
            // PIDFD_SIGNAL_THREAD and the like, to ourselves: let the host say whether it knows them
            long known = world.call(Sys.PIDFD_SEND_SIGNAL, d.hostFd(), 0, 0, flags);
            if (known < 0) return known;
        }
        if (signal < 0 || signal > MAX_SIGNAL) return -EINVAL;
        SignalInfo info;
        if (pointer == 0) {
            info = SignalInfo.sent(signal, SignalInfo.SI_USER, t.process().pid(), (int) world.call(Sys.GETUID));
        } else {
            byte[] raw = t.memory().read(pointer, SignalInfo.BYTES);
            if (ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).getInt(0) != signal) return -EINVAL;
            info = new SignalInfo(raw);
        }
        if (signal == 0) return 0;
        return t.process().signals().post(info) ? 0 : -EAGAIN;
    }

    /** The descriptors of another process are those of its monitor, if it has one: only our own can be had. */
    private long descriptor(SyscallThread t, Descriptor d, long[] a) {
        if ((int) a[2] != 0) return -EINVAL;
        if (isPidfd(d) && !isOwn(d)) return -EPERM;
        if (!isPidfd(d)) return -EBADF;
        return fds.duplicate((int) a[1], 0, true);
    }

    /** Descriptors can be compared within the payload only, as those of other payloads are not known by their numbers. */
    private long compare(SyscallThread t, long[] a) {
        int own = t.process().pid();
        int type = (int) a[2];
        long host = world.own(Sys.GETPID);
        long first = (int) a[0] == own ? host : (int) a[0];
        long second = (int) a[1] == own ? host : (int) a[1];
        if (type != KCMP_FILE) {
            return type == KCMP_EPOLL_TFD ? -EPERM : world.call(Sys.KCMP, first, second, type, a[3], a[4]);
        }
        if (first != host || second != host) return -EPERM;
        try (HeldDescriptors held = new HeldDescriptors(fds)) {
            int one = held.hold(a[3]).hostFd();
            return world.call(Sys.KCMP, host, host, type, one, held.hold(a[4]).hostFd());
        }
    }

    private boolean isOwn(Descriptor d) {
        return pid(d) == world.own(Sys.GETPID);
    }

    private boolean isPidfd(Descriptor d) {
        return pid(d) != 0;
    }

    /** The host's number of the process, -1 when it has ended, 0 when the descriptor is for something else. */
    private long pid(Descriptor d) {
        String text = world.ownText("/proc/self/fdinfo/" + d.hostFd());
        int at = text.indexOf("\nPid:\t");
        if (at < 0) return 0;
        int start = at + "\nPid:\t".length();
        return Long.parseLong(text.substring(start, text.indexOf('\n', start)));
    }
}
