package io.kmdebug.monitor.process;

import static io.kmdebug.monitor.syscall.Errno.EBADF;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.syscall.Access;
import io.kmdebug.monitor.syscall.SyscallGroup;
import io.kmdebug.monitor.syscall.SyscallTable;
import io.kmdebug.monitor.syscall.SyscallThread;
import io.kmdebug.monitor.thread.Payload;

/** Calls of a child on its parent's memory that are about its process: the host's process for it makes them. */
final class VforkCalls implements SyscallGroup {
    private static final int IOCTL = 16;
    private static final int SETPGID = 109;
    private static final int GETPPID = 110;
    private static final int GETPGRP = 111;
    private static final int SETSID = 112;
    private static final int GETPGID = 121;
    private static final int GETSID = 124;
    private static final int PRCTL = 157;
    private static final int TKILL = 200;
    private static final int[] NUMBERS = {SETPGID, GETPPID, GETPGRP, SETSID, GETPGID, GETSID, IOCTL, PRCTL, TKILL};
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int TIOCSCTTY = 0x540e;
    private static final int TIOCSPGRP = 0x5410;
    private static final int TIOCNOTTY = 0x5422;

    private final Payload payload;
    private final VforkChild child;
    private final SyscallGroup ordinaryControl;
    private final SyscallGroup ordinarySettings;
    private final SyscallGroup ordinarySignals;

    private VforkCalls(
            Payload payload,
            VforkChild child,
            SyscallGroup ordinaryControl,
            SyscallGroup ordinarySettings,
            SyscallGroup ordinarySignals) {
        this.ordinarySignals = ordinarySignals;
        this.ordinarySettings = ordinarySettings;
        this.payload = payload;
        this.child = child;
        this.ordinaryControl = ordinaryControl;
    }

    /** To be called when the other calls are registered already. */
    static void register(SyscallTable table, Payload payload, VforkChild child) {
        SyscallGroup control = table.group(IOCTL);
        SyscallGroup settings = table.group(PRCTL);
        SyscallGroup signals = table.group(TKILL);
        if (control == null || settings == null || signals == null) {
            throw new IllegalStateException("nobody serves ioctl, prctl and tkill");
        }
        VforkCalls calls = new VforkCalls(payload, child, control, settings, signals);
        table.register(calls, NUMBERS);
    }

    @Override
    public long call(SyscallThread thread, int number, long[] a) {
        int own = payload.pid();
        return switch (number) {
            case GETPPID -> HostCall.getpid();
            case GETPGRP -> child.call(GETPGID, 0, 0, 0);
            case SETSID -> child.call(SETSID, 0, 0, 0);
            case GETPGID, GETSID -> child.call(number, (int) a[0], 0, 0);
            case SETPGID -> child.call(number, (int) a[0] == own ? 0 : (int) a[0], (int) a[1], 0);
            case PRCTL -> setting(thread, a);
            // raise(3) of musl takes the parent's number from the memory that is the parent's
            case TKILL ->
                child.isLenders((int) a[0])
                        ? Native.syscall(TKILL, (int) a[0], (int) a[1])
                        : ordinarySignals.call(thread, TKILL, a);
            default -> ioctl(thread, a);
        };
    }

    private long setting(SyscallThread thread, long[] a) {
        boolean hosts = (int) a[0] == PR_SET_PDEATHSIG || (int) a[0] == PR_SET_CHILD_SUBREAPER;
        return hosts ? child.call(PRCTL, a[0], a[1], 0) : ordinarySettings.call(thread, PRCTL, a);
    }

    private long ioctl(SyscallThread thread, long[] a) {
        int request = (int) a[1];
        if (request != TIOCSCTTY && request != TIOCSPGRP && request != TIOCNOTTY) {
            return ordinaryControl.call(thread, IOCTL, a);
        }
        int hostFd = payload.services().descriptors().hostFd((int) a[0]);
        if (hostFd < 0) return -EBADF;
        if (request != TIOCSPGRP) return child.ioctl(hostFd, a[1], a[2], false);
        thread.memory().host(a[2], 4, Access.READ);
        return child.ioctl(hostFd, a[1], thread.memory().readInt(a[2]), true);
    }
}
