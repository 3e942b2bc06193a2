package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.ENOTTY;

import io.kmdebug.monitor.syscall.SyscallThread.Restart;
import java.util.HashSet;
import java.util.Set;

/** fcntl(2) and ioctl(2): what the third argument is depends on the request, so only known requests go to the host. */
final class ControlCalls implements SyscallGroup {
    private static final int O_CLOEXEC = OpenCalls.O_CLOEXEC;
    private static final int FLOCK_BYTES = 32;
    private static final int FD_CLOEXEC = 1;
    private static final int F_OWNER_PGRP = 2;

    private final World world;
    private final FdTable fds;
    private final Set<Integer> reported = new HashSet<>();

    ControlCalls(World world, FdTable fds) {
        this.world = world;
        this.fds = fds;
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        Descriptor d = fds.acquire(a[0]);
        try {
            return number == Sys.FCNTL ? fcntl(t, d, a) : ioctl(t, d, a);
        } finally {
            d.release();
        }
    }

    private long fcntl(SyscallThread t, Descriptor d, long[] a) {
        int command = (int) a[1];
        switch (command) {
            case 0: // F_DUPFD
                return fds.duplicate(a[0], (int) a[2], false);
            case 1030: // F_DUPFD_CLOEXEC
                return fds.duplicate(a[0], (int) a[2], true);
            case 1: // F_GETFD
                return d.closeOnExec() ? FD_CLOEXEC : 0;
            case 2: // F_SETFD
                d.closeOnExec((a[2] & FD_CLOEXEC) != 0);
                return 0;
            case 3: // F_GETFL
            case 11: // F_GETSIG
            case 1025: // F_GETLEASE
            case 1031: // F_SETPIPE_SZ
            case 1032: // F_GETPIPE_SZ
            case 1033: // F_ADD_SEALS
            case 1034: // F_GET_SEALS
                return world.call(Sys.FCNTL, d.hostFd(), command, a[2]);
            case 4: // F_SETFL
            case 1024: // F_SETLEASE
                return world.call(Sys.FCNTL, d.hostFd(), command, a[2]);
            case 1026: // F_NOTIFY
                long asked = world.call(Sys.FCNTL, d.hostFd(), command, a[2]);
                if (asked >= 0) d.file().untold((int) a[2] != 0 ? "it sends signals about its files (F_NOTIFY)" : null);
                return asked;
            case 5: // F_GETLK
            case 36: // F_OFD_GETLK
                return world.call(Sys.FCNTL, d.hostFd(), command, t.memory().host(a[2], FLOCK_BYTES, Access.WRITE));
            case 6: // F_SETLK
            case 37: // F_OFD_SETLK
                return world.call(Sys.FCNTL, d.hostFd(), command, t.memory().host(a[2], FLOCK_BYTES, Access.READ));
            case 7: // F_SETLKW
            case 38: // F_OFD_SETLKW
                long lock = t.memory().host(a[2], FLOCK_BYTES, Access.READ);
                return world.blocking(t, Restart.IF_SA_RESTART, Sys.FCNTL, d.hostFd(), command, lock);
            case 8: // F_SETOWN
                return world.call(Sys.FCNTL, d.hostFd(), command, toHost(t, (int) a[2]));
            case 9: // F_GETOWN
                return owner(t, d);
            case 10: // F_SETSIG
                return reaches((int) a[2]) ? world.call(Sys.FCNTL, d.hostFd(), command, a[2]) : -EINVAL;
            case 15: // F_SETOWN_EX
                return setOwner(t, d, a[2]);
            case 16: // F_GETOWN_EX
                return ownerWithType(t, d, a[2]);
            case 1035: // F_GET_RW_HINT
            case 1037: // F_GET_FILE_RW_HINT
                return world.call(Sys.FCNTL, d.hostFd(), command, t.memory().host(a[2], 8, Access.WRITE));
            case 1036: // F_SET_RW_HINT
            case 1038: // F_SET_FILE_RW_HINT
                return world.call(Sys.FCNTL, d.hostFd(), command, t.memory().host(a[2], 8, Access.READ));
            default:
                return -EINVAL;
        }
    }

    /**
     * Input and lease signals come to the monitor, which passes them on to the payload; so a signal that it would not
     * pass on cannot be asked for. 0 stands for SIGIO.
     */
    private static boolean reaches(int signal) {
        return switch (signal) {
            case 0, 10, 12, 23, 29, 30 -> true; // SIGUSR1, SIGUSR2, SIGURG, SIGIO, SIGPWR
            default -> false;
        };
    }

    /** The payload's process as the host numbers it; process groups are negative and the same on both sides. */
    private long toHost(SyscallThread t, int id) {
        return id == t.process().pid() ? world.own(Sys.GETPID) : id;
    }

    private int toPayload(SyscallThread t, int id) {
        return id == world.own(Sys.GETPID) ? t.process().pid() : id;
    }

    /** Through F_GETOWN_EX, whose answer cannot be mistaken for an error when the owner is a process group. */
    private long owner(SyscallThread t, Descriptor d) {
        Scratch scratch = world.scratch();
        long owner = scratch.allocate(8);
        long result = world.call(Sys.FCNTL, d.hostFd(), 16, owner);
        if (result < 0) return result;
        int id = toPayload(t, scratch.getInt(owner + 4));
        return scratch.getInt(owner) == F_OWNER_PGRP ? -id : id;
    }

    /** struct f_owner_ex: type 4, pid 4. */
    private long setOwner(SyscallThread t, Descriptor d, long pointer) {
        int type = t.memory().readInt(pointer);
        int id = t.memory().readInt(pointer + 4);
        long owner = world.scratch().pair(type & 0xffffffffL | toHost(t, id) << 32, 0);
        return world.call(Sys.FCNTL, d.hostFd(), 15, owner);
    }

    private long ownerWithType(SyscallThread t, Descriptor d, long pointer) {
        Scratch scratch = world.scratch();
        long owner = scratch.allocate(8);
        long result = world.call(Sys.FCNTL, d.hostFd(), 16, owner);
        if (result < 0) return result;
        t.memory().writeInt(pointer, scratch.getInt(owner));
        t.memory().writeInt(pointer + 4, toPayload(t, scratch.getInt(owner + 4)));
        return result;
    }

    private long ioctl(SyscallThread t, Descriptor d, long[] a) {
        int request = (int) a[1];
        switch (request) {
            case 0x5450: // FIONCLEX
                d.closeOnExec(false);
                return 0;
            case 0x5451: // FIOCLEX
                d.closeOnExec(true);
                return 0;
            case 0x5441: // TIOCGPTPEER
                return peer(d, a);
            case 0x40049409: // FICLONE
                return clone(d, a);
            case 0x8912: // SIOCGIFCONF
                return interfaces(t, d, a);
            default:
                break;
        }
        int form = IoctlForms.of(request);
        if (form == IoctlForms.UNKNOWN) {
            report(t, request);
            return -ENOTTY;
        }
        long argument = a[2];
        if (IoctlForms.bytes(form) > 0) {
            argument = t.memory().host(a[2], IoctlForms.bytes(form), IoctlForms.access(form));
        }
        if (IoctlForms.blocks(form)) {
            return world.blocking(t, Restart.IF_SA_RESTART, Sys.IOCTL, d.hostFd(), a[1] & 0xffffffffL, argument);
        }
        return world.call(Sys.IOCTL, d.hostFd(), a[1] & 0xffffffffL, argument);
    }

    private void report(SyscallThread t, int request) {
        synchronized (reported) {
            if (!reported.add(request)) return;
        }
        t.process().log("unknown ioctl 0x" + Integer.toHexString(request) + ": answered with ENOTTY");
    }

    private long peer(Descriptor d, long[] a) {
        fds.needRoom();
        long fd = world.call(Sys.IOCTL, d.hostFd(), a[1], a[2] | O_CLOEXEC);
        if (fd < 0) return fd;
        return fds.install(fd, new OpenFile(OpenFile.Kind.OTHER), (a[2] & O_CLOEXEC) != 0);
    }

    private long clone(Descriptor d, long[] a) {
        Descriptor source = fds.acquire(a[2]);
        try {
            return world.call(Sys.IOCTL, d.hostFd(), a[1], source.hostFd());
        } finally {
            source.release();
        }
    }

    /** struct ifconf: length 4, padding 4, buffer pointer 8. netdevice(7). */
    private long interfaces(SyscallThread t, Descriptor d, long[] a) {
        GuestMemory memory = t.memory();
        int length = memory.readInt(a[2]);
        long buffer = memory.readLong(a[2] + 8);
        if (length < 0) return -EINVAL;
        long host = buffer == 0 ? 0 : memory.host(buffer, length, Access.WRITE);
        Scratch scratch = world.scratch();
        long conf = scratch.pair(length, host);
        long result = world.call(Sys.IOCTL, d.hostFd(), a[1], conf);
        if (result == 0) memory.writeInt(a[2], scratch.getInt(conf));
        return result;
    }
}
