package io.kmdebug.monitor.thread;

import static io.kmdebug.monitor.syscall.Errno.E2BIG;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.EPERM;

import io.kmdebug.monitor.syscall.GuestMemory;

/** Which requests clone(2), clone3(2) and unshare(2) refuse, in the kernel's order. */
final class CloneRules {
    private static final long VM = 0x100;
    private static final long FS = 0x200;
    private static final long FILES = 0x400;
    private static final long SIGHAND = 0x800;
    private static final long PIDFD = 0x1000;
    private static final long PARENT = 0x8000;
    private static final long THREAD = 0x10000;
    private static final long NEWNS = 0x20000;
    private static final long SYSVSEM = 0x40000;
    private static final long SETTLS = 0x80000;
    private static final long DETACHED = 0x40_0000;
    private static final long NEWUSER = 0x1000_0000;
    private static final long NEWPID = 0x2000_0000;
    /** CGROUP, UTS, IPC, USER, PID, NET and the mount namespace. */
    private static final long NAMESPACES = 0x7e00_0000 | NEWNS;

    private static final long NEWTIME = 0x80;
    private static final long CLEAR_SIGHAND = 0x1_0000_0000L;
    private static final long INTO_CGROUP = 0x2_0000_0000L;
    private static final long EXIT_SIGNAL = 0xff;
    private static final long KNOWN = 0xffff_ffffL | CLEAR_SIGHAND | INTO_CGROUP;

    private static final int SMALLEST_ARGUMENTS = 64;
    private static final int KNOWN_ARGUMENTS = 88;
    private static final int PAGE = 4096;

    private CloneRules() {}

    /** 0, or the errno of a combination that cannot be. */
    static int check(long flags, long tls) {
        if ((flags & (NEWNS | FS)) == (NEWNS | FS) || (flags & (NEWUSER | FS)) == (NEWUSER | FS)) return EINVAL;
        if ((flags & THREAD) != 0 && (flags & SIGHAND) == 0) return EINVAL;
        if ((flags & SIGHAND) != 0 && (flags & VM) == 0) return EINVAL;
        if ((flags & THREAD) != 0 && (flags & (NEWUSER | NEWPID)) != 0) return EINVAL;
        if ((flags & PIDFD) != 0 && (flags & DETACHED) != 0) return EINVAL;
        if ((flags & NAMESPACES) != 0) return EPERM;
        return (flags & SETTLS) != 0 && tls >>> 47 != 0 ? EPERM : 0;
    }

    /** 0, or the errno of arguments of clone3(2) that are malformed in themselves. */
    static int checkArguments(GuestMemory memory, long arguments, long size) {
        if (Long.compareUnsigned(size, PAGE) > 0) return E2BIG;
        if (size < SMALLEST_ARGUMENTS) return EINVAL;
        if (size > KNOWN_ARGUMENTS) {
            byte[] rest = memory.read(arguments + KNOWN_ARGUMENTS, (int) size - KNOWN_ARGUMENTS);
            for (byte one : rest) if (one != 0) return E2BIG;
        }
        long flags = memory.readLong(arguments);
        long exitSignal = memory.readLong(arguments + 32);
        long stack = memory.readLong(arguments + 40);
        long stackBytes = memory.readLong(arguments + 48);
        if ((exitSignal & ~EXIT_SIGNAL) != 0 || exitSignal > 64) return EINVAL;
        if ((flags & ~KNOWN) != 0 || (flags & (DETACHED | EXIT_SIGNAL & ~NEWTIME)) != 0) return EINVAL;
        if ((flags & (SIGHAND | CLEAR_SIGHAND)) == (SIGHAND | CLEAR_SIGHAND)) return EINVAL;
        if ((flags & (THREAD | PARENT)) != 0 && exitSignal != 0) return EINVAL;
        if (stack == 0 ? stackBytes != 0 : stackBytes == 0) return EINVAL;
        boolean choosesTids = size > SMALLEST_ARGUMENTS && memory.readLong(arguments + 72) != 0;
        return choosesTids || (flags & (INTO_CGROUP | NEWTIME)) != 0 ? EPERM : 0;
    }

    /** unshare(2): what is to be had alone is had alone already, when there is only one thread. */
    static int unshare(long flags, boolean alone) {
        long known = VM | FS | FILES | SIGHAND | THREAD | SYSVSEM | NAMESPACES | NEWTIME;
        if ((flags & ~known) != 0) return EINVAL;
        if ((flags & (NAMESPACES | NEWTIME)) != 0) return EPERM;
        if (alone || flags == 0) return 0;
        return (flags & (THREAD | SIGHAND | VM)) != 0 ? EINVAL : EPERM;
    }
}
