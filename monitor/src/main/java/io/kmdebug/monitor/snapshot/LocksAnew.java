package io.kmdebug.monitor.snapshot;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.state.FileIdentity;
import io.kmdebug.monitor.state.FileLock;
import io.kmdebug.monitor.state.NotKeepable;

/**
 * Takes locks again. A payload that believes to hold a lock must hold it, so one that another process has by now is a
 * failure. What fcntl(2) F_SETLK gives ends when any descriptor of the file is closed: nothing may be closed behind.
 */
final class LocksAnew {
    private static final int FLOCK = 73;
    private static final int FCNTL = 72;
    private static final int F_SETLK = 6;
    private static final int F_OFD_SETLK = 37;
    private static final int F_SETLEASE = 1024;
    private static final int F_RDLCK = 0;
    private static final int F_WRLCK = 1;
    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int EAGAIN = 11;
    private static final int EACCES = 13;
    private static final int STRUCT_FLOCK = 32;

    private LocksAnew() {}

    /** @throws NotKeepable with who has it, as far as the host tells */
    static void take(int hostFd, FileLock lock) throws NotKeepable {
        long result = switch (lock.kind()) {
            case WHOLE -> Native.syscall(FLOCK, hostFd, (lock.write() ? LOCK_EX : LOCK_SH) | LOCK_NB);
            case POSIX -> range(hostFd, F_SETLK, lock);
            case OPEN_FILE -> range(hostFd, F_OFD_SETLK, lock);
            case LEASE -> Native.syscall(FCNTL, hostFd, F_SETLEASE, lock.write() ? F_WRLCK : F_RDLCK);
        };
        if (result >= 0) return;
        HostFile file = new HostFile(hostFd);
        String what = "its lock on " + file.link() + " (" + describe(lock) + ") cannot be taken again: ";
        if (result != -EAGAIN && result != -EACCES) throw new NotKeepable(what + "errno " + -result);
        if (lock.kind() == FileLock.Kind.LEASE) throw new NotKeepable(what + "another process has the file open");
        throw new NotKeepable(what + holder(file) + " holds one, maybe the one that was snapshotted and goes on");
    }

    private static String describe(FileLock lock) {
        String type = lock.write() ? "for writing" : "for reading";
        return switch (lock.kind()) {
            case WHOLE -> "flock " + type;
            case LEASE -> "lease " + type;
            case POSIX, OPEN_FILE ->
                "fcntl " + type + ", bytes " + lock.start() + " to "
                        + (lock.end() == FileLock.TO_END ? "the end" : Long.toString(lock.end()));
        };
    }

    /** struct flock: l_type 0, l_whence 2, l_start 8, l_len 16, l_pid 24. fcntl_locking(2). */
    private static long range(int hostFd, int command, FileLock lock) {
        long flock = HostMemory.allocate(STRUCT_FLOCK);
        try {
            HostMemory.putLong(flock, lock.write() ? F_WRLCK : F_RDLCK);
            HostMemory.putLong(flock + 8, lock.start());
            HostMemory.putLong(flock + 16, lock.end() == FileLock.TO_END ? 0 : lock.end() - lock.start() + 1);
            HostMemory.putLong(flock + 24, 0);
            return Native.syscall(FCNTL, hostFd, command, flock);
        } finally {
            HostMemory.free(flock);
        }
    }

    /** The first other process in proc_locks(5) with this file. */
    private static String holder(HostFile file) {
        FileIdentity identity = file.identity();
        if (identity == null) return "another process";
        String name = " " + device(identity.device()) + ":" + identity.inode() + " ";
        for (String line : HostFile.text("/proc/locks").split("\n")) {
            int at = line.indexOf(name);
            if (at < 0 || line.contains("->")) continue;
            String pid = line.substring(line.lastIndexOf(' ', at - 1) + 1, at);
            if (!pid.equals("-1") && !pid.equals("0") && !pid.equals(Integer.toString(HostCall.getpid()))) {
                return "process " + pid;
            }
        }
        return "another process";
    }

    /** makedev(3) backwards, as the kernel prints it. */
    private static String device(long device) {
        long major = device >>> 8 & 0xfff | device >>> 32 & ~0xfffL;
        long minor = device & 0xff | device >>> 12 & ~0xffL;
        return hex(major) + ":" + hex(minor);
    }

    private static String hex(long number) {
        String digits = Long.toHexString(number);
        return digits.length() < 2 ? "0" + digits : digits;
    }
}
