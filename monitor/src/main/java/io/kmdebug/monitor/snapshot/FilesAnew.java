package io.kmdebug.monitor.snapshot;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.state.FileDetails;
import io.kmdebug.monitor.state.FileIdentity;
import io.kmdebug.monitor.state.NotKeepable;

/**
 * Makes open files of a snapshot again that stand for themselves: files with names, memory files, counters, timers and
 * watches. Each method returns a host descriptor.
 */
final class FilesAnew {
    private static final int WRITE = 1;
    private static final int OPEN = 2;
    private static final int LSEEK = 8;
    private static final int FCNTL = 72;
    private static final int FTRUNCATE = 77;
    private static final int TIMERFD_CREATE = 283;
    private static final int TIMERFD_SETTIME = 286;
    private static final int EVENTFD2 = 290;
    private static final int INOTIFY_ADD_WATCH = 254;
    private static final int INOTIFY_RM_WATCH = 255;
    private static final int INOTIFY_INIT1 = 294;
    private static final int MEMFD_CREATE = 319;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_SETFL = 4;
    private static final int O_CLOEXEC = 02000000;
    private static final int O_NONBLOCK = 04000;
    private static final int O_NOCTTY = 0400;
    private static final int O_RDWR = 2;
    private static final int EFD_SEMAPHORE = 1;
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final long SECOND = 1_000_000_000L;

    private FilesAnew() {}

    static int named(FileDetails.Named details, DescriptorsAnew.Remarks remarks) throws NotKeepable {
        String path = details.path();
        FileIdentity then = details.identity();
        FileIdentity now = HostFile.identity(path);
        if (now == null) throw new NotKeepable(path + " is gone");
        boolean regular = (then.mode() & HostFile.S_IFMT) == HostFile.S_IFREG;
        if ((now.mode() & HostFile.S_IFMT) != (then.mode() & HostFile.S_IFMT)) {
            throw new NotKeepable(path + " is a file of another kind now");
        }
        boolean proc = path.startsWith("/proc/");
        if (regular && !proc && now.size() < details.offset() && now.size() < then.size()) {
            throw new NotKeepable(path + " has " + now.size() + " bytes now, it was at " + details.offset());
        }
        boolean changed = now.size() != then.size() || now.modified() != then.modified() || now.inode() != then.inode();
        if (regular && !proc && changed) {
            remarks.remark(path + " has changed since the snapshot; the payload goes on with it as it is");
        }
        // nothing may be waited for here; the flags come behind
        int flags = details.flags() | O_NONBLOCK;
        long name = HostCall.cString(path);
        long fd;
        try {
            fd = Native.syscall(OPEN, name, flags | O_CLOEXEC | O_NOCTTY, 0);
        } finally {
            HostMemory.free(name);
        }
        check(fd, path + " cannot be opened as before");
        Native.syscall(FCNTL, fd, F_SETFL, details.flags());
        if (details.offset() != 0)
            check(Native.syscall(LSEEK, fd, details.offset(), 0), path + " cannot be positioned");
        return (int) fd;
    }

    static int memory(FileDetails.Memory details) throws NotKeepable {
        long name = HostCall.cString(details.name());
        long fd;
        try {
            int sealing = details.seals() >= 0 ? MFD_ALLOW_SEALING : 0;
            fd = check(Native.syscall(MEMFD_CREATE, name, MFD_CLOEXEC | sealing), "no memory file");
        } finally {
            HostMemory.free(name);
        }
        byte[] content = details.content();
        check(Native.syscall(FTRUNCATE, fd, content.length), "no memory file of that size");
        write((int) fd, content);
        check(Native.syscall(LSEEK, fd, details.offset(), 0), "cannot be positioned");
        if (details.seals() > 0) Native.syscall(FCNTL, fd, F_ADD_SEALS, details.seals());
        return withAccess((int) fd, details.flags());
    }

    /** Another description of the same with the access and status flags that it had. */
    private static int withAccess(int fd, int flags) throws NotKeepable {
        if ((flags & 3) == O_RDWR) {
            Native.syscall(FCNTL, fd, F_SETFL, flags);
            return fd;
        }
        long offset = new HostFile(fd).offset();
        int reopened = HostCall.open("/proc/self/fd/" + fd, flags | O_CLOEXEC);
        check(reopened, "cannot be opened again");
        HostCall.close(fd);
        if (offset != 0) Native.syscall(LSEEK, reopened, offset, 0);
        return reopened;
    }

    static int event(FileDetails.Event details) throws NotKeepable {
        int flags = details.flags() & O_NONBLOCK | O_CLOEXEC | (details.semaphore() ? EFD_SEMAPHORE : 0);
        int fd = (int) check(Native.syscall(EVENTFD2, 0, flags), "no eventfd");
        if (details.count() != 0) writeLong(fd, details.count());
        return fd;
    }

    /** An expiry that was not read yet comes at once. */
    static int timer(FileDetails.Timer details) throws NotKeepable {
        int flags = details.flags() & O_NONBLOCK | O_CLOEXEC;
        int fd = (int) check(Native.syscall(TIMERFD_CREATE, details.clock(), flags), "no timer");
        long first = details.ticks() > 0 ? 1 : details.left();
        if (first == 0) return fd;
        long spec = HostMemory.allocate(32);
        try {
            HostMemory.putLong(spec, details.interval() / SECOND);
            HostMemory.putLong(spec + 8, details.interval() % SECOND);
            HostMemory.putLong(spec + 16, first / SECOND);
            HostMemory.putLong(spec + 24, first % SECOND);
            check(Native.syscall(TIMERFD_SETTIME, fd, 0, spec, 0), "the timer cannot be set");
            return fd;
        } finally {
            HostMemory.free(spec);
        }
    }

    static int watches(FileDetails.Watches details) throws NotKeepable {
        int fd = (int) check(Native.syscall(INOTIFY_INIT1, details.flags() & O_NONBLOCK | O_CLOEXEC), "no inotify");
        for (FileDetails.Watch watch : details.watches()) add(fd, watch);
        return fd;
    }

    /** Watches get ascending numbers: those between are made and dropped. */
    private static void add(int fd, FileDetails.Watch watch) throws NotKeepable {
        long path = HostCall.cString(watch.path());
        try {
            long number;
            while ((number = Native.syscall(INOTIFY_ADD_WATCH, fd, path, watch.mask())) < watch.number()) {
                check(number, watch.path() + " cannot be watched");
                check(Native.syscall(INOTIFY_RM_WATCH, fd, number), watch.path() + " cannot be watched");
            }
            if (number != watch.number()) throw new NotKeepable(watch.path() + " is watched twice");
        } finally {
            HostMemory.free(path);
        }
        // dropping one says so
        long buffer = HostMemory.allocate(1 << 16);
        while (new HostFile(fd).waiting() > 0) Native.syscall(0, fd, buffer, 1 << 16);
        HostMemory.free(buffer);
    }

    /** All of it, as the first that is in the file. */
    static void write(int fd, byte[] data) throws NotKeepable {
        long buffer = HostMemory.allocate(Math.max(1, data.length));
        try {
            HostMemory.write(buffer, data, 0, data.length);
            int done = 0;
            while (done < data.length) {
                done += (int) check(
                        Native.syscall(WRITE, fd, buffer + done, data.length - done), "its data cannot be put back");
            }
        } finally {
            HostMemory.free(buffer);
        }
    }

    private static void writeLong(int fd, long value) throws NotKeepable {
        long memory = HostMemory.allocate(8);
        try {
            HostMemory.putLong(memory, value);
            check(Native.syscall(WRITE, fd, memory, 8), "its count cannot be set");
        } finally {
            HostMemory.free(memory);
        }
    }

    static long check(long result, String what) throws NotKeepable {
        if (result < 0) throw new NotKeepable(what + ": errno " + -result);
        return result;
    }
}
