package io.kmdebug.monitor.thread;

import static io.kmdebug.monitor.syscall.Errno.E2BIG;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.ESRCH;

import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.syscall.Access;
import io.kmdebug.monitor.syscall.GuestMemory;
import io.kmdebug.monitor.syscall.SyscallGroup;
import io.kmdebug.monitor.syscall.SyscallTable;
import io.kmdebug.monitor.syscall.SyscallThread;
import io.kmdebug.monitor.syscall.World;
import java.util.Arrays;

/** sched(7) and numa(7): the host schedules the platform thread that carries the payload's. */
final class SchedulingCalls implements SyscallGroup {
    private static final int SCHED_YIELD = 24;
    private static final int SCHED_SETPARAM = 142;
    private static final int SCHED_GETPARAM = 143;
    private static final int SCHED_SETSCHEDULER = 144;
    private static final int SCHED_GETSCHEDULER = 145;
    private static final int SCHED_GET_PRIORITY_MAX = 146;
    private static final int SCHED_GET_PRIORITY_MIN = 147;
    private static final int SCHED_RR_GET_INTERVAL = 148;
    private static final int SCHED_SETAFFINITY = 203;
    private static final int SCHED_GETAFFINITY = 204;
    private static final int MBIND = 237;
    private static final int SET_MEMPOLICY = 238;
    private static final int GET_MEMPOLICY = 239;
    private static final int SCHED_SETATTR = 314;
    private static final int SCHED_GETATTR = 315;

    private static final int PARAM_BYTES = 4;
    private static final int FIRST_ATTR_BYTES = 48;
    private static final int PAGE = 4096;
    /** More processors than Linux counts. */
    private static final int MOST_MASK_BYTES = 8192;

    private final World world;

    SchedulingCalls(World world) {
        this.world = world;
    }

    void register(SyscallTable table) {
        table.register(
                this,
                SCHED_YIELD,
                SCHED_SETPARAM,
                SCHED_GETPARAM,
                SCHED_SETSCHEDULER,
                SCHED_GETSCHEDULER,
                SCHED_GET_PRIORITY_MAX,
                SCHED_GET_PRIORITY_MIN,
                SCHED_RR_GET_INTERVAL,
                SCHED_SETAFFINITY,
                SCHED_GETAFFINITY,
                SCHED_SETATTR,
                SCHED_GETATTR,
                MBIND,
                SET_MEMPOLICY,
                GET_MEMPOLICY);
    }

    @Override
    public long call(SyscallThread caller, int number, long[] a) {
        return switch (number) {
            case SCHED_YIELD, SCHED_GET_PRIORITY_MAX, SCHED_GET_PRIORITY_MIN -> world.call(number, a[0]);
            case SET_MEMPOLICY -> world.call(number, a[0], nodes(caller, a[1], a[2], Access.READ), a[2]);
            case GET_MEMPOLICY -> policy(caller, a);
            case MBIND -> bind((PayloadThread) caller, a);
            default -> ofThread((PayloadThread) caller, number, a);
        };
    }

    private static long nodes(SyscallThread thread, long pointer, long count, Access access) {
        if (pointer == 0 || count <= 1 || count > 8L * MOST_MASK_BYTES) return 0;
        return thread.memory().host(pointer, (count + 63) / 64 * 8, access);
    }

    private long policy(SyscallThread thread, long[] a) {
        long mode = a[0] == 0 ? 0 : thread.memory().host(a[0], 4, Access.WRITE);
        long address = a[3] == 0 ? 0 : thread.memory().host(a[3], 1, Access.READ);
        return world.call(GET_MEMPOLICY, mode, nodes(thread, a[1], a[2], Access.WRITE), a[2], address, a[4]);
    }

    private long bind(PayloadThread thread, long[] a) {
        if ((a[0] & PAGE - 1) != 0) return -EINVAL;
        long range = a[1] == 0 ? 0 : thread.memory().range(a[0], a[1], Access.READ);
        thread.payload().changes().place();
        return world.call(MBIND, range, a[1], a[2], nodes(thread, a[3], a[4], Access.READ), a[4], a[5]);
    }

    private long ofThread(PayloadThread thread, int number, long[] a) {
        int tid = (int) a[0];
        if (tid < 0) return number == SCHED_SETAFFINITY || number == SCHED_GETAFFINITY ? -ESRCH : -EINVAL;
        PayloadThread whose = tid == 0 ? thread : thread.payload().thread(tid);
        // a thread of another process keeps its number
        long hostTid = whose != null ? whose.hostTid() : tid;
        GuestMemory memory = thread.memory();
        return switch (number) {
            case SCHED_GETSCHEDULER -> world.call(number, hostTid);
            case SCHED_SETSCHEDULER -> a[2] == 0 ? -EINVAL : world.call(number, hostTid, a[1], parameter(memory, a[2]));
            case SCHED_SETPARAM -> a[1] == 0 ? -EINVAL : world.call(number, hostTid, parameter(memory, a[1]));
            case SCHED_GETPARAM ->
                a[1] == 0 ? -EINVAL : world.call(number, hostTid, memory.host(a[1], PARAM_BYTES, Access.WRITE));
            case SCHED_RR_GET_INTERVAL -> world.call(number, hostTid, memory.host(a[1], 16, Access.WRITE));
            case SCHED_SETATTR -> setAttributes(memory, hostTid, a);
            case SCHED_GETATTR -> getAttributes(memory, hostTid, a);
            case SCHED_SETAFFINITY -> setAffinity(memory, hostTid, a);
            default -> getAffinity(memory, hostTid, a);
        };
    }

    private static long parameter(GuestMemory memory, long pointer) {
        return memory.host(pointer, PARAM_BYTES, Access.READ);
    }

    private long setAttributes(GuestMemory memory, long hostTid, long[] a) {
        if (a[1] == 0 || a[2] != 0) return -EINVAL;
        int size = memory.readInt(a[1]);
        if (size != 0 && size < FIRST_ATTR_BYTES || size > PAGE) {
            memory.writeInt(a[1], FIRST_ATTR_BYTES + 8);
            return -E2BIG;
        }
        int bytes = size == 0 ? FIRST_ATTR_BYTES : size;
        return world.call(SCHED_SETATTR, hostTid, memory.host(a[1], bytes, Access.WRITE), 0);
    }

    private long getAttributes(GuestMemory memory, long hostTid, long[] a) {
        boolean sized = a[2] >= FIRST_ATTR_BYTES && a[2] <= PAGE;
        if (a[1] == 0 || !sized || a[3] != 0) return -EINVAL;
        return world.call(SCHED_GETATTR, hostTid, memory.host(a[1], a[2], Access.WRITE), a[2], 0);
    }

    /** The kernel reads and writes no more of a mask than it has processors. */
    private long getAffinity(GuestMemory memory, long hostTid, long[] a) {
        long wanted = a[1] & 0xffff_ffffL;
        long mask = HostMemory.allocate(MOST_MASK_BYTES);
        try {
            long bytes = world.call(SCHED_GETAFFINITY, hostTid, Math.min(wanted, MOST_MASK_BYTES), mask);
            if (bytes > 0) memory.write(a[2], HostMemory.read(mask, (int) bytes));
            return bytes;
        } finally {
            HostMemory.free(mask);
        }
    }

    private long setAffinity(GuestMemory memory, long hostTid, long[] a) {
        long mask = HostMemory.allocate(MOST_MASK_BYTES);
        try {
            long most = world.call(SCHED_GETAFFINITY, 0, MOST_MASK_BYTES, mask);
            if (most < 0) return most;
            int length = (int) Math.min(a[1] & 0xffff_ffffL, most);
            byte[] wanted = Arrays.copyOf(memory.read(a[2], length), (int) most);
            HostMemory.write(mask, wanted, 0, (int) most);
            return world.call(SCHED_SETAFFINITY, hostTid, most, mask);
        } finally {
            HostMemory.free(mask);
        }
    }
}
