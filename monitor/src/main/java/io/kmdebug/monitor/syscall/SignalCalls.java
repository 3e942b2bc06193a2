package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EAGAIN;
import static io.kmdebug.monitor.syscall.Errno.EINTR;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.ENOMEM;
import static io.kmdebug.monitor.syscall.Errno.EPERM;
import static io.kmdebug.monitor.syscall.Errno.ESRCH;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.host.HostDescriptors;
import io.kmdebug.monitor.signal.AlternateStack;
import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.signal.ProcessSignals;
import io.kmdebug.monitor.signal.SignalAction;
import io.kmdebug.monitor.signal.SignalFrame;
import io.kmdebug.monitor.signal.SignalSet;
import io.kmdebug.monitor.signal.ThreadSignals;
import io.kmdebug.monitor.syscall.SyscallThread.Restart;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** sigaction(2), sigprocmask(2), waiting for signals, sending them, sigaltstack(2), sigreturn(2), signalfd(2). */
final class SignalCalls implements SyscallGroup {
    /** Size in bytes of the kernel's sigset_t. */
    private static final int SET_BYTES = 8;

    private static final int MAX_SIGNAL = 64;
    private static final int MINSIGSTKSZ = 2048;
    private static final int O_NONBLOCK = 04000;

    private final World world;
    private final FdTable fds;

    SignalCalls(World world, FdTable fds) {
        this.world = world;
        this.fds = fds;
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        return switch (number) {
            case Sys.RT_SIGACTION -> action(t, a);
            case Sys.RT_SIGPROCMASK -> mask(t, a);
            case Sys.RT_SIGRETURN -> SignalFrame.restore(t.signals(), t.context());
            case Sys.RT_SIGPENDING -> pending(t, a);
            case Sys.RT_SIGTIMEDWAIT -> timedWait(t, a);
            case Sys.RT_SIGQUEUEINFO -> queueInfo(t, (int) a[0], (int) a[0], (int) a[1], a[2], false);
            case Sys.RT_TGSIGQUEUEINFO -> queueInfo(t, (int) a[0], (int) a[1], (int) a[2], a[3], true);
            case Sys.RT_SIGSUSPEND -> suspend(t, a);
            case Sys.SIGALTSTACK -> alternateStack(t, a);
            case Sys.KILL -> kill(t, (int) a[0], (int) a[1]);
            case Sys.TKILL -> toThread(t, t.process().pid(), (int) a[0], (int) a[1]);
            case Sys.TGKILL -> toThread(t, (int) a[0], (int) a[1], (int) a[2]);
            case Sys.PAUSE -> idle(t);
            case Sys.SIGNALFD -> signalfd(t, a, 0);
            default -> signalfd(t, a, (int) a[3]);
        };
    }

    private static long action(SyscallThread t, long[] a) {
        int signal = (int) a[0];
        if (a[3] != SET_BYTES || signal < 1 || signal > MAX_SIGNAL) return -EINVAL;
        if (a[1] != 0 && SignalSet.has(SignalSet.UNBLOCKABLE, signal)) return -EINVAL;
        ProcessSignals signals = t.process().signals();
        SignalAction old;
        if (a[1] == 0) {
            old = signals.action(signal);
        } else {
            ByteBuffer in =
                    ByteBuffer.wrap(t.memory().read(a[1], SignalAction.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
            long mask = in.getLong(24) & ~SignalSet.UNBLOCKABLE;
            old = signals.action(signal, new SignalAction(in.getLong(0), in.getLong(8), in.getLong(16), mask));
        }
        if (a[2] != 0) {
            ByteBuffer out = ByteBuffer.allocate(SignalAction.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            out.putLong(old.handler())
                    .putLong(old.flags())
                    .putLong(old.restorer())
                    .putLong(old.mask());
            t.memory().write(a[2], out.array());
        }
        return 0;
    }

    private static long mask(SyscallThread t, long[] a) {
        if (a[3] != SET_BYTES) return -EINVAL;
        ThreadSignals signals = t.signals();
        long old = signals.mask();
        if (a[1] != 0) {
            long set = t.memory().readLong(a[1]);
            switch ((int) a[0]) {
                case 0 -> signals.mask(old | set);
                case 1 -> signals.mask(old & ~set);
                case 2 -> signals.mask(set);
                default -> {
                    return -EINVAL;
                }
            }
        }
        if (a[2] != 0) t.memory().writeLong(a[2], old);
        return 0;
    }

    private static long pending(SyscallThread t, long[] a) {
        if (Long.compareUnsigned(a[1], SET_BYTES) > 0) return -EINVAL;
        ThreadSignals signals = t.signals();
        long set = signals.pending() & signals.mask();
        ByteBuffer out =
                ByteBuffer.allocate(SET_BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(set);
        t.memory().write(a[0], java.util.Arrays.copyOf(out.array(), (int) a[1]));
        return 0;
    }

    private long timedWait(SyscallThread t, long[] a) {
        if (a[3] != SET_BYTES) return -EINVAL;
        long set = t.memory().readLong(a[0]) & ~SignalSet.UNBLOCKABLE;
        long timeout = a[2] == 0 ? Timespec.FOREVER : Timespec.read(t.memory(), a[2]);
        long deadline = t.restartBlock().deadline(Timespec.after(world.monotonic(), timeout));
        ThreadSignals signals = t.signals();
        try {
            while (true) {
                SignalInfo info = signals.takeOrWait(set);
                if (info != null) {
                    if (a[1] != 0) t.memory().write(a[1], info.raw());
                    return info.signal();
                }
                Scratch scratch = world.scratch();
                long left = Timespec.left(world.monotonic(), deadline);
                if (left == 0) return -EAGAIN;
                long result = world.blocking(
                        t, Restart.WITH_REMAINING_TIME, Sys.PPOLL, 0, 0, Timespec.write(scratch, left), 0, SET_BYTES);
                if (!Restart.is(result)) continue;
                SignalInfo late = signals.takeOrWait(set);
                if (late != null) {
                    if (a[1] != 0) t.memory().write(a[1], late.raw());
                    return late.signal();
                }
                if (signals.hasDeliverable()) return -EINTR;
                return t.restartBlock().save(Sys.RT_SIGTIMEDWAIT, a, deadline);
            }
        } finally {
            signals.endWait();
        }
    }

    private long suspend(SyscallThread t, long[] a) {
        if (a[1] != SET_BYTES) return -EINVAL;
        t.signals().maskForThisCall(t.memory().readLong(a[0]));
        return idle(t);
    }

    private long idle(SyscallThread t) {
        return world.blocking(t, Restart.NEVER_AFTER_HANDLER, Sys.PPOLL, 0, 0, 0, 0, SET_BYTES);
    }

    private long kill(SyscallThread t, int pid, int signal) {
        if (signal < 0 || signal > MAX_SIGNAL) return -EINVAL;
        int own = t.process().pid();
        if (pid == own) {
            if (signal == 0) return 0;
            return sent(t.process().signals().post(fromMe(t, signal, SignalInfo.SI_USER)));
        }
        if (pid == -1) return -EPERM;
        if (signal != 0 && (pid == 0 || pid == -world.own(Sys.GETPGRP))) return toGroup(t, pid, signal);
        return world.call(Sys.KILL, pid, signal);
    }

    /**
     * To the group that this process is in. What the host makes of it for this process itself comes too late, for the
     * payload has its own signals when kill returns; it is dropped by whoever takes host signals.
     */
    private long toGroup(SyscallThread t, int group, int signal) {
        long result = world.call(Sys.KILL, group, signal);
        boolean byHost = SignalSet.has(SignalSet.UNBLOCKABLE, signal);
        if (result == 0 && !byHost) t.process().signals().post(fromMe(t, signal, SignalInfo.SI_USER));
        return result;
    }

    private SignalInfo fromMe(SyscallThread t, int signal, int code) {
        return SignalInfo.sent(signal, code, t.process().pid(), (int) world.call(Sys.GETUID));
    }

    private static long sent(boolean queued) {
        return queued ? 0 : -EAGAIN;
    }

    private long toThread(SyscallThread t, int tgid, int tid, int signal) {
        if (tgid <= 0 || tid <= 0 || signal < 0 || signal > MAX_SIGNAL) return -EINVAL;
        if (tgid != t.process().pid()) return world.call(Sys.TGKILL, tgid, tid, signal);
        SyscallThread target = t.process().thread(tid);
        if (target == null) return -ESRCH;
        if (signal == 0) return 0;
        return sent(t.process().signals().post(target.signals(), fromMe(t, signal, SignalInfo.SI_TKILL)));
    }

    private long queueInfo(SyscallThread t, int tgid, int tid, int signal, long pointer, boolean toThread) {
        byte[] raw = t.memory().read(pointer, SignalInfo.BYTES);
        ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).putInt(0, signal);
        if (signal < 0 || signal > MAX_SIGNAL || toThread && (tgid <= 0 || tid <= 0)) return -EINVAL;
        SignalInfo info = new SignalInfo(raw);
        if (tgid != t.process().pid()) {
            Scratch scratch = world.scratch();
            long copy = scratch.bytes(raw);
            return toThread
                    ? world.call(Sys.RT_TGSIGQUEUEINFO, tgid, tid, signal, copy)
                    : world.call(Sys.RT_SIGQUEUEINFO, tgid, signal, copy);
        }
        SyscallThread target = toThread ? t.process().thread(tid) : null;
        if (toThread && target == null) return -ESRCH;
        if (signal == 0) return 0;
        ProcessSignals signals = t.process().signals();
        return sent(target != null ? signals.post(target.signals(), info) : signals.post(info));
    }

    private static long alternateStack(SyscallThread t, long[] a) {
        ThreadSignals signals = t.signals();
        AlternateStack old = signals.alternateStack();
        long sp = t.context().get(GuestContext.RSP);
        AlternateStack wanted = null;
        if (a[0] != 0) {
            ByteBuffer in = ByteBuffer.wrap(t.memory().read(a[0], 24)).order(ByteOrder.LITTLE_ENDIAN);
            if (old.contains(sp)) return -EPERM;
            int flags = in.getInt(8);
            // no change is never wrong, not even when the size is too small for a stack
            boolean same = in.getLong(0) == old.address() && in.getLong(16) == old.size() && flags == old.flags();
            int mode = flags & ~AlternateStack.SS_AUTODISARM;
            if (mode != 0 && mode != AlternateStack.SS_ONSTACK && mode != AlternateStack.SS_DISABLE) return -EINVAL;
            if (same) {
                wanted = old;
            } else if (mode == AlternateStack.SS_DISABLE) {
                wanted = AlternateStack.NONE;
            } else {
                if (Long.compareUnsigned(in.getLong(16), MINSIGSTKSZ) < 0) return -ENOMEM;
                wanted = new AlternateStack(in.getLong(0), flags & AlternateStack.SS_AUTODISARM, in.getLong(16));
            }
        }
        if (a[1] != 0) {
            ByteBuffer out = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
            out.putLong(0, old.address()).putInt(8, old.state(sp)).putLong(16, old.size());
            t.memory().write(a[1], out.array());
        }
        if (wanted != null) signals.alternateStack(wanted);
        return 0;
    }

    private long signalfd(SyscallThread t, long[] a, int flags) {
        if (a[2] != SET_BYTES || (flags & ~(OpenCalls.O_CLOEXEC | O_NONBLOCK)) != 0) return -EINVAL;
        long mask = t.memory().readLong(a[1]) & ~SignalSet.UNBLOCKABLE;
        if ((int) a[0] != -1) return changeMask(t, (int) a[0], mask);
        fds.needRoom();
        long fd = world.own(Sys.EVENTFD2, 0, OpenCalls.O_CLOEXEC | flags & O_NONBLOCK);
        if (fd < 0) return fd;
        long own = world.own(Sys.FCNTL, fd, 1030, HostDescriptors.LOWEST_OF_PAYLOAD);
        SignalFd description = new SignalFd(world, t.process().signals(), (int) own);
        OpenFile file = new OpenFile(OpenFile.Kind.SIGNALFD, null, description);
        long number = fds.install(fd, file, (flags & OpenCalls.O_CLOEXEC) != 0);
        t.process().signals().addListener(description);
        description.mask(mask, t.signals().pending());
        return number;
    }

    private long changeMask(SyscallThread t, int fd, long mask) {
        Descriptor d = fds.acquire(fd);
        try {
            SignalFd description = d.file().signals();
            if (description == null) return -EINVAL;
            description.mask(mask, t.signals().pending());
            return fd;
        } finally {
            d.release();
        }
    }
}
