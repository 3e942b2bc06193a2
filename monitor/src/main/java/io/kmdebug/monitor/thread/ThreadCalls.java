package io.kmdebug.monitor.thread;

import static io.kmdebug.monitor.syscall.Errno.EAGAIN;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.ENOSYS;
import static io.kmdebug.monitor.syscall.Errno.EPERM;
import static io.kmdebug.monitor.syscall.Errno.ESRCH;

import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.platform.VirtualCpu;
import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.syscall.Access;
import io.kmdebug.monitor.syscall.GuestMemory;
import io.kmdebug.monitor.syscall.SyscallGroup;
import io.kmdebug.monitor.syscall.SyscallTable;
import io.kmdebug.monitor.syscall.SyscallThread;
import io.kmdebug.monitor.syscall.World;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** System calls about threads: beginning, ending, identity, scheduling. clone(2), arch_prctl(2), sched(7). */
public final class ThreadCalls implements SyscallGroup {
    private static final int CLONE = 56;
    private static final int EXIT = 60;
    private static final int ARCH_PRCTL = 158;
    private static final int GETTID = 186;
    private static final int SET_TID_ADDRESS = 218;
    private static final int EXIT_GROUP = 231;
    private static final int UNSHARE = 272;
    private static final int SET_ROBUST_LIST = 273;
    private static final int GET_ROBUST_LIST = 274;
    private static final int RSEQ = 334;
    private static final int CLONE3 = 435;

    private static final int[] NUMBERS = {
        CLONE,
        EXIT,
        ARCH_PRCTL,
        GETTID,
        SET_TID_ADDRESS,
        EXIT_GROUP,
        UNSHARE,
        SET_ROBUST_LIST,
        GET_ROBUST_LIST,
        RSEQ,
        CLONE3
    };

    private static final long EXIT_SIGNAL = 0xff;
    private static final long CLONE_VM = 0x100;
    private static final long CLONE_SIGHAND = 0x800;
    private static final long CLONE_THREAD = 0x10000;
    private static final long CLONE_SETTLS = 0x80000;
    private static final long CLONE_PARENT_SETTID = 0x10_0000;
    private static final long CLONE_CHILD_CLEARTID = 0x20_0000;
    private static final long CLONE_CHILD_SETTID = 0x100_0000;
    private static final long THREAD_FLAGS = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
    private static final int ARCH_SET_GS = 0x1001;
    private static final int ARCH_SET_FS = 0x1002;
    private static final int ARCH_GET_FS = 0x1003;
    private static final int ARCH_GET_GS = 0x1004;
    private static final int ROBUST_HEAD_BYTES = 24;
    private static final long TRAP_FLAG = 0x100;

    private final World world;
    private final ThreadReserve reserve;
    private final AtomicBoolean refusalTold = new AtomicBoolean();

    private ThreadCalls(World world, ThreadReserve reserve) {
        this.world = world;
        this.reserve = reserve;
    }

    /** To be called when the calls of others have been registered. */
    public static void register(SyscallTable table, World world, Platform platform) {
        ThreadReserve reserve = new ThreadReserve(platform);
        table.register(new ThreadCalls(world, reserve), NUMBERS);
        new SchedulingCalls(world).register(table);
        InheritedAttributes.watch(table, reserve);
    }

    @Override
    public long call(SyscallThread caller, int number, long[] a) {
        PayloadThread thread = (PayloadThread) caller;
        return switch (number) {
            case CLONE -> clone(thread, legacy(a));
            case CLONE3 -> clone3(thread, a[0], a[1]);
            case EXIT -> exit(thread, (int) a[0]);
            case EXIT_GROUP -> exitGroup(thread, (int) a[0]);
            case SET_TID_ADDRESS -> setTidAddress(thread, a[0]);
            case GETTID -> thread.tid();
            case ARCH_PRCTL -> archPrctl(thread, (int) a[0], a[1]);
            case SET_ROBUST_LIST -> setRobustList(thread, a[0], a[1]);
            case GET_ROBUST_LIST -> getRobustList(thread, (int) a[0], a[1], a[2]);
            case UNSHARE -> -CloneRules.unshare(a[0], thread.payload().threads().size() == 1);
            // rseq: the C library does without
            default -> -ENOSYS;
        };
    }

    /** struct clone_args of clone(2). */
    private long clone3(PayloadThread parent, long args, long size) {
        int wrong = CloneRules.checkArguments(parent.memory(), args, size);
        if (wrong != 0) return -wrong;
        GuestMemory memory = parent.memory();
        long flags = memory.readLong(args);
        long pidfd = memory.readLong(args + 8);
        long childTid = memory.readLong(args + 16);
        long parentTid = memory.readLong(args + 24);
        long stack = memory.readLong(args + 40);
        long stackBytes = memory.readLong(args + 48);
        long tls = memory.readLong(args + 56);
        int exitSignal = (int) memory.readLong(args + 32);
        long top = stack == 0 ? 0 : stack + stackBytes;
        return clone(parent, new ProcessMaker.Request(flags, exitSignal, top, tls, parentTid, childTid, pidfd));
    }

    /** The first form of the call has no room of its own for a pidfd and for the exit signal. */
    private static ProcessMaker.Request legacy(long[] a) {
        return new ProcessMaker.Request(a[0] & ~EXIT_SIGNAL, (int) (a[0] & EXIT_SIGNAL), a[1], a[4], a[2], a[3], a[2]);
    }

    private long clone(PayloadThread parent, ProcessMaker.Request request) {
        long flags = request.flags();
        int wrong = CloneRules.check(flags, request.tls());
        if (wrong != 0) return -wrong;
        if ((flags & THREAD_FLAGS) != THREAD_FLAGS)
            return parent.payload().processMaker().make(parent, request);
        if (TaskLimit.isReached(parent)) return -EAGAIN;
        long stack = request.stack();
        long tls = request.tls();
        long parentTid = request.parentTid();
        long childTid = request.childTid();
        GuestMemory memory = parent.memory();
        if ((flags & CLONE_PARENT_SETTID) != 0) memory.host(parentTid, 4, Access.WRITE);
        if ((flags & CLONE_CHILD_SETTID) != 0) memory.host(childTid, 4, Access.WRITE);
        boolean byPort = parent.context().originalRax() >= GuestContext.BY_PORT;
        if (byPort && stack == 0) return -EINVAL;
        if (byPort) memory.writeLong(stack - CpuContext.BLOCK_BYTES, 0);
        Payload payload = parent.payload();
        VirtualCpu cpu = acquireCpu(payload);
        if (cpu == null) return -EAGAIN;
        ThreadStart start;
        try {
            start = reserve.take();
        } catch (OutOfMemoryError none) {
            refused(payload, none);
            payload.platform().releaseCpu(cpu);
            return -EAGAIN;
        }
        int tid = payload.freeTid(start.hostTid());
        copyRegisters(parent.cpu(), cpu);
        if (payload.argumentCells().owns(cpu.gsBase())) cpu.gsBase(0);
        if (!byPort) cpu.set(GuestContext.RAX, 0);
        cpu.set(GuestContext.RFLAGS, cpu.get(GuestContext.RFLAGS) & ~TRAP_FLAG);
        // As with KM: the child finds a block of its own below the stack it is given, with hc_ret 0.
        if (byPort) cpu.set(GuestContext.RSP, stack - CpuContext.BLOCK_BYTES);
        else if (stack != 0) cpu.set(GuestContext.RSP, stack);
        if ((flags & CLONE_SETTLS) != 0) cpu.fsBase(tls);
        PayloadThread child = new PayloadThread(payload, tid, cpu, parent.name());
        child.signals(payload.signals().thread(tid, parent.signals()));
        child.standing().inherit(parent.standing());
        if ((flags & CLONE_CHILD_CLEARTID) != 0) child.clearChildTid(childTid);
        if ((flags & CLONE_PARENT_SETTID) != 0) memory.writeInt(parentTid, tid);
        if ((flags & CLONE_CHILD_SETTID) != 0) memory.writeInt(childTid, tid);
        payload.add(child);
        payload.debugHook().created(child);
        start.go(child);
        return tid;
    }

    private @Nullable VirtualCpu acquireCpu(Payload payload) {
        try {
            return payload.platform().acquireCpu();
        } catch (HostFailure none) {
            refused(payload, none);
            return null;
        }
    }

    /** Once: the payload may try as often as it likes. */
    private void refused(Payload payload, Throwable why) {
        if (refusalTold.compareAndSet(false, true)) payload.log("no new thread: " + why.getMessage());
    }

    static void copyRegisters(VirtualCpu from, VirtualCpu to) {
        for (int register = GuestContext.RAX; register <= GuestContext.RFLAGS; register++) {
            to.set(register, from.get(register));
        }
        to.fsBase(from.fsBase());
        to.gsBase(from.gsBase());
        to.xsave(from.xsave());
    }

    private static long exit(PayloadThread thread, int status) {
        thread.exitStatus(status);
        thread.request(Requests.EXIT);
        return 0;
    }

    private static long exitGroup(PayloadThread thread, int status) {
        thread.request(Requests.EXIT);
        thread.payload().end().exit(status);
        return 0;
    }

    private static long setTidAddress(PayloadThread thread, long address) {
        thread.clearChildTid(address);
        return thread.tid();
    }

    private static long archPrctl(PayloadThread thread, int code, long value) {
        VirtualCpu cpu = thread.cpu();
        switch (code) {
            case ARCH_SET_FS, ARCH_SET_GS -> {
                if (value >>> 47 != 0) return -EPERM;
                if (code == ARCH_SET_FS) cpu.fsBase(value);
                else cpu.gsBase(value);
            }
            case ARCH_GET_FS -> thread.memory().writeLong(value, cpu.fsBase());
            case ARCH_GET_GS -> thread.memory().writeLong(value, cpu.gsBase());
            default -> {
                return -EINVAL;
            }
        }
        return 0;
    }

    private static long setRobustList(PayloadThread thread, long head, long bytes) {
        if (bytes != ROBUST_HEAD_BYTES) return -EINVAL;
        thread.robustList(head);
        return 0;
    }

    private static long getRobustList(PayloadThread thread, int tid, long head, long bytes) {
        PayloadThread whose = tid == 0 ? thread : thread.payload().thread(tid);
        if (whose == null) return -ESRCH;
        thread.memory().writeLong(bytes, ROBUST_HEAD_BYTES);
        thread.memory().writeLong(head, whose.robustList());
        return 0;
    }
}
