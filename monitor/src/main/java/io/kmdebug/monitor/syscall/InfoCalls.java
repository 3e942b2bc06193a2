package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.EPERM;
import static io.kmdebug.monitor.syscall.Errno.ESRCH;

import io.kmdebug.monitor.syscall.SyscallThread.Restart;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Who and where the payload is: ids, groups, limits, uname(2), sysinfo(2), getrandom(2), priorities. */
final class InfoCalls implements SyscallGroup {
    /** NGROUPS_MAX. */
    private static final int MOST_GROUPS = 65536;

    private static final int UTSNAME_BYTES = 390;
    private static final int UTSNAME_FIELD = 65;
    private static final int RELEASE = 2;
    private static final int SYSINFO_BYTES = 112;
    private static final int RUSAGE_BYTES = 144;
    private static final int RUSAGE_SELF = 0;
    private static final int RUSAGE_THREAD = 1;
    private static final String RELEASE_SUFFIX = ".kontain.KVM";

    private final World world;
    private final ResourceLimits limits;
    private final PayloadTimes times;

    InfoCalls(World world, ResourceLimits limits, PayloadTimes times) {
        this.world = world;
        this.times = times;
        this.limits = limits;
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        GuestMemory memory = t.memory();
        return switch (number) {
            case Sys.GETPID -> t.process().pid();
            case Sys.GETPPID, Sys.GETUID, Sys.GETGID, Sys.GETEUID, Sys.GETEGID, Sys.GETPGRP, Sys.SETSID ->
                world.call(number);
            case Sys.GETPGID, Sys.GETSID, Sys.SETFSUID, Sys.SETFSGID -> world.call(number, (int) a[0]);
            case Sys.SETUID, Sys.SETGID -> identity(t, world.call(number, (int) a[0]));
            case Sys.SETPGID -> world.call(number, (int) a[0], (int) a[1]);
            case Sys.SETREUID, Sys.SETREGID -> identity(t, world.call(number, (int) a[0], (int) a[1]));
            case Sys.SETRESUID, Sys.SETRESGID -> identity(t, world.call(number, (int) a[0], (int) a[1], (int) a[2]));
            case Sys.GETRESUID, Sys.GETRESGID ->
                world.call(
                        number,
                        memory.host(a[0], 4, Access.WRITE),
                        memory.host(a[1], 4, Access.WRITE),
                        memory.host(a[2], 4, Access.WRITE));
            case Sys.GETGROUPS -> groups(memory, number, a, Access.WRITE);
            case Sys.SETGROUPS -> groups(memory, number, a, Access.READ);
            case Sys.UNAME -> uname(memory, a);
            case Sys.SYSINFO -> world.call(number, memory.host(a[0], SYSINFO_BYTES, Access.WRITE));
            case Sys.GETRUSAGE -> usage(t, a);
            case Sys.GETRLIMIT -> limit(t, 0, a[0], 0, present(a[1]));
            case Sys.SETRLIMIT -> limit(t, 0, a[0], present(a[1]), 0);
            case Sys.PRLIMIT64 -> limit(t, (int) a[0], a[1], a[2], a[3]);
            case Sys.GETCPU -> world.call(number, optionalInt(memory, a[0]), optionalInt(memory, a[1]), 0);
            case Sys.GETRANDOM -> random(t, a);
            case Sys.CAPGET, Sys.CAPSET -> capabilities(t, number, a);
            case Sys.GETPRIORITY -> world.call(number, a[0], own(t, (int) a[0], a[1]));
            case Sys.IOPRIO_GET -> world.call(number, a[0], own(t, (int) a[0] - 1, a[1]));
            case Sys.SETPRIORITY -> world.call(number, a[0], own(t, (int) a[0], a[1]), a[2]);
            case Sys.IOPRIO_SET -> world.call(number, a[0], own(t, (int) a[0] - 1, a[1]), a[2]);
            default -> -EPERM;
        };
    }

    /** A thread's number need not be the host's. */
    private static long own(SyscallThread t, long which, long id) {
        if (which != 0) return id;
        SyscallThread whose = id == 0 ? t : t.process().thread((int) id);
        return whose == null ? id : whose.hostTid();
    }

    private static long optionalInt(GuestMemory memory, long pointer) {
        return pointer == 0 ? 0 : memory.host(pointer, 4, Access.WRITE);
    }

    private long groups(GuestMemory memory, int number, long[] a, Access access) {
        int count = (int) a[0];
        if (count < 0 || count > MOST_GROUPS && number != Sys.GETGROUPS) return -EINVAL;
        count = Math.min(count, MOST_GROUPS);
        return world.call(number, count, count == 0 ? 0 : memory.range(a[1], 4L * count, access));
    }

    /** As KM does: the release ends in what tells a payload where it runs. */
    private long uname(GuestMemory memory, long[] a) {
        Scratch scratch = world.scratch();
        long names = scratch.allocate(UTSNAME_BYTES);
        long result = world.call(Sys.UNAME, names);
        if (result < 0) return result;
        byte[] all = scratch.read(names, UTSNAME_BYTES);
        int start = RELEASE * UTSNAME_FIELD;
        int end = start;
        while (all[end] != 0) end++;
        byte[] suffix = RELEASE_SUFFIX.getBytes(StandardCharsets.ISO_8859_1);
        int room = Math.min(suffix.length, start + UTSNAME_FIELD - 1 - end);
        System.arraycopy(suffix, 0, all, end, room);
        memory.write(a[0], all);
        return 0;
    }

    private long usage(SyscallThread t, long[] a) {
        GuestMemory memory = t.memory();
        int who = (int) a[0];
        if (who != RUSAGE_SELF && who != RUSAGE_THREAD) {
            return world.call(Sys.GETRUSAGE, who, memory.host(a[1], RUSAGE_BYTES, Access.WRITE));
        }
        PayloadTimes.Usage used = who == RUSAGE_THREAD ? times.own(t) : times.all(t);
        ByteBuffer out = ByteBuffer.allocate(RUSAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(0, used.user() / Timespec.SECOND).putLong(8, used.user() % Timespec.SECOND / 1000);
        out.putLong(16, used.system() / Timespec.SECOND).putLong(24, used.system() % Timespec.SECOND / 1000);
        out.putLong(32, highWater(t.process().memoryText("status")));
        out.putLong(64, used.minorFaults()).putLong(72, used.majorFaults());
        out.putLong(128, used.voluntary()).putLong(136, used.involuntary());
        memory.write(a[1], out.array());
        return 0;
    }

    /** Most memory that was resident, in KiB: "VmHWM:     1234 kB". */
    private static long highWater(String status) {
        int line = status.indexOf("VmHWM:");
        if (line < 0) return 0;
        long value = 0;
        for (int i = line + 6; i < status.length() && status.charAt(i) != 'k'; i++) {
            char c = status.charAt(i);
            if (c >= '0' && c <= '9') value = 10 * value + c - '0';
        }
        return value;
    }

    private long limit(SyscallThread t, int pid, long resource, long newer, long older) {
        int which = (int) resource;
        if (which < 0 || which >= ResourceLimits.COUNT) return -EINVAL;
        GuestMemory memory = t.memory();
        if (pid != 0 && pid != t.process().pid()) {
            long in = newer == 0 ? 0 : memory.host(newer, 16, Access.READ);
            long out = older == 0 ? 0 : memory.host(older, 16, Access.WRITE);
            return world.call(Sys.PRLIMIT64, pid, which, in, out);
        }
        long oldSoft = limits.soft(which);
        long oldHard = limits.hard(which);
        if (newer != 0) {
            long result = limits.set(which, memory.readLong(newer), memory.readLong(newer + 8));
            if (result < 0) return result;
        }
        if (older != 0) {
            memory.writeLong(older, oldSoft);
            memory.writeLong(older + 8, oldHard);
        }
        return 0;
    }

    private static long present(long pointer) {
        if (pointer == 0) throw new GuestFault(0);
        return pointer;
    }

    private long random(SyscallThread t, long[] a) {
        long length = Math.min(a[1] & Long.MAX_VALUE, Integer.MAX_VALUE);
        long buffer = t.memory().range(a[0], length, Access.WRITE);
        return world.blocking(t, Restart.IF_SA_RESTART, Sys.GETRANDOM, buffer, length, a[2]);
    }

    /** Header: version 4, pid 4; data: 12 bytes, or 24 from version 2 on. capget(2). */
    private long capabilities(SyscallThread t, int number, long[] a) {
        GuestMemory memory = t.memory();
        Scratch scratch = world.scratch();
        long header = scratch.bytes(memory.read(a[0], 8));
        int version = scratch.getInt(header);
        int pid = scratch.getInt(header + 4);
        if (pid == t.process().pid() || pid == t.tid()) scratch.putInt(header + 4, 0);
        else if (pid != 0 && number == Sys.CAPSET) return -EPERM;
        else if (pid < 0) return -EINVAL;
        int bytes = version == 0x19980330 ? 12 : 24;
        Access access = number == Sys.CAPGET ? Access.WRITE : Access.READ;
        long data = a[1] == 0 ? 0 : memory.host(a[1], bytes, access);
        long result = world.call(number, header, data);
        memory.writeInt(a[0], scratch.getInt(header));
        return result == -ESRCH ? -ESRCH : result;
    }

    private static long identity(SyscallThread t, long result) {
        t.process().identityChanged();
        return result;
    }
}
