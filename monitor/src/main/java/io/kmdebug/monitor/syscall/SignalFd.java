package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EAGAIN;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.signal.ProcessSignals;
import io.kmdebug.monitor.syscall.SyscallThread.Restart;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The description behind signalfd(2). The payload's signals are not the host's, so the host descriptor is an eventfd
 * that is readable exactly while a signal of the mask is pending: poll and epoll work on it unchanged.
 */
final class SignalFd implements ProcessSignals.Listener {
    /** struct signalfd_siginfo. */
    private static final int BYTES = 128;

    private static final int F_GETFL = 3;
    static final int O_NONBLOCK = 04000;
    private static final int POLLIN = 1;
    private static final int SI_TIMER = SignalInfo.SI_TIMER;

    private final World world;
    private final ProcessSignals signals;
    private final int hostFd;
    private long mask;
    private boolean readable;

    /** @param hostFd an eventfd of its own, beside the payload's descriptors for it; closed with the last of these */
    SignalFd(World world, ProcessSignals signals, int hostFd) {
        this.world = world;
        this.signals = signals;
        this.hostFd = hostFd;
    }

    void mask(long mask, long pending) {
        synchronized (this) {
            this.mask = mask;
        }
        pendingChanged(pending);
    }

    synchronized long mask() {
        return mask;
    }

    @Override
    public synchronized void pendingChanged(long pending) {
        boolean now = (pending & mask) != 0;
        if (now == readable) return;
        readable = now;
        Scratch scratch = world.innerScratch();
        long one = scratch.allocate(8);
        scratch.putLong(one, 1);
        world.own(now ? Sys.WRITE : Sys.READ, hostFd, one, 8);
    }

    long read(SyscallThread thread, Descriptor descriptor, long buffer, long size) {
        if (size < BYTES) return -EINVAL;
        int most = (int) Math.min(size / BYTES, 64);
        thread.memory().host(buffer, (long) BYTES * most, Access.WRITE);
        ByteBuffer out = ByteBuffer.allocate(BYTES * most).order(ByteOrder.LITTLE_ENDIAN);
        while (true) {
            int count = 0;
            while (count < most) {
                SignalInfo info = signals.take(thread.signals(), mask());
                if (info == null) break;
                encode(info, out, BYTES * count++);
            }
            if (count > 0) {
                thread.memory().write(buffer, Arrays.copyOf(out.array(), BYTES * count));
                return (long) BYTES * count;
            }
            if ((world.own(Sys.FCNTL, descriptor.hostFd(), F_GETFL) & O_NONBLOCK) != 0) return -EAGAIN;
            Scratch scratch = world.scratch();
            long poll = scratch.pair(descriptor.hostFd() | (long) POLLIN << 32, 0);
            long result = world.blocking(thread, Restart.IF_SA_RESTART, Sys.POLL, poll, 1, -1);
            if (result < 0) return result;
        }
    }

    /** signalfd(2): ssi_signo 4, errno 4, code 4, pid 4, uid 4, fd 4, tid 4, band 4, overrun 4, trapno 4, status 4... */
    private static void encode(SignalInfo info, ByteBuffer out, int at) {
        ByteBuffer raw = ByteBuffer.wrap(info.raw()).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(at, info.signal());
        out.putInt(at + 4, raw.getInt(4));
        out.putInt(at + 8, info.code());
        if (info.hasFaultAddress()) {
            out.putLong(at + 72, info.faultAddress());
        } else if (info.code() == SI_TIMER) {
            out.putInt(at + 24, raw.getInt(16));
            out.putInt(at + 32, raw.getInt(20));
            out.putInt(at + 44, raw.getInt(24));
            out.putLong(at + 48, raw.getLong(24));
        } else {
            out.putInt(at + 12, raw.getInt(16));
            out.putInt(at + 16, raw.getInt(20));
            if (info.signal() == 17) out.putInt(at + 40, raw.getInt(24));
            out.putInt(at + 44, raw.getInt(24));
            out.putLong(at + 48, raw.getLong(24));
        }
    }

    void close() {
        signals.removeListener(this);
        world.own(Sys.CLOSE, hostFd);
    }
}
