package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EFAULT;
import static io.kmdebug.monitor.syscall.Errno.EFBIG;
import static io.kmdebug.monitor.syscall.Errno.ENOMEM;
import static io.kmdebug.monitor.syscall.Errno.ENOSYS;

import io.kmdebug.machine.SignalInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Who serves which system call. Filled before the payload starts, then read by all its threads. */
public final class SyscallTable {
    /** Numbers from here on are answered with ENOSYS; KM's private calls are below. */
    public static final int SIZE = 512;

    private static final int RESTART_SYSCALL = 219;
    private static final int SIGSYS = 31;
    private static final int SIGXFSZ = 25;

    private final @Nullable SyscallGroup[] groups = new SyscallGroup[SIZE];
    private final @Nullable LateGroup[] lateGroups = new LateGroup[32];
    private final BitSet reported = new BitSet();
    private final boolean killUnimplemented;
    private @Nullable ResourceLimits limits;

    /** @param killUnimplemented whether an unknown call raises SIGSYS in the payload, beside the answer ENOSYS */
    public SyscallTable(boolean killUnimplemented) {
        this.killUnimplemented = killUnimplemented;
    }

    /** Who serves a call, or null. */
    public @Nullable SyscallGroup group(int number) {
        return groups[number];
    }

    /** Later registrations win. */
    public void register(SyscallGroup group, int... numbers) {
        for (int number : numbers) groups[number] = group;
    }

    /** Whether there is anybody for this call. */
    public boolean serves(int number) {
        return number == RESTART_SYSCALL || number >= 0 && number < SIZE && groups[number] != null;
    }

    /**
     * The group is made by {@code source} when one of its calls is made for the first time.
     *
     * @param group a number below 32 that no other late group of this table has
     */
    public void register(GroupSource source, int group, int number) {
        LateGroup late = lateGroups[group];
        if (late == null) {
            late = new LateGroup(source, group);
            lateGroups[group] = late;
        }
        groups[number] = late;
    }

    /** Serves a call; never throws for anything that the payload can do. */
    public long dispatch(SyscallThread thread, long number, long[] a) {
        if (number == RESTART_SYSCALL) return restart(thread, a);
        SyscallGroup group = number >= 0 && number < SIZE ? groups[(int) number] : null;
        if (group == null) return unknown(thread, number);
        try {
            long result = group.call(thread, (int) number, a);
            if (result == -EFBIG && number != Sys.RT_SIGRETURN) tooLong(thread);
            return result;
        } catch (SyscallFailure failure) {
            return -failure.errno();
        } catch (GuestFault bad) {
            return -EFAULT;
        } catch (InternalError unbacked) {
            // What Java makes of SIGBUS: a page behind the end of a mapped file, where the kernel answers EFAULT.
            return -EFAULT;
        } catch (OutOfMemoryError tooMuch) {
            return -ENOMEM;
        }
    }

    /** The host's SIGXFSZ goes to the Java runtime, which ignores it; the payload gets its own. */
    private void tooLong(SyscallThread thread) {
        ResourceLimits known = limits;
        if (known == null || known.soft(ResourceLimits.FSIZE) < 0) return;
        SyscallProcess process = thread.process();
        process.signals().post(thread.signals(), SignalInfo.sent(SIGXFSZ, SignalInfo.SI_USER, process.pid(), 0));
    }

    /** Whose limit of file sizes a call may meet. */
    void limits(ResourceLimits payloads) {
        limits = payloads;
    }

    private long restart(SyscallThread thread, long[] a) {
        RestartBlock block = thread.restartBlock();
        int number = block.resume(a);
        if (number < 0) return -Errno.EINTR;
        try {
            return dispatch(thread, number, a);
        } finally {
            block.done();
        }
    }

    private long unknown(SyscallThread thread, long number) {
        if (firstTime(number)) thread.process().log("unimplemented system call " + SyscallNames.describe(number));
        if (killUnimplemented) {
            SignalInfo info = SignalInfo.fault(SIGSYS, SignalInfo.SYS_SECCOMP, 0);
            // si_call_addr, si_syscall, si_arch of sigaction(2); AUDIT_ARCH_X86_64
            ByteBuffer.wrap(info.raw())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(24, (int) number)
                    .putInt(28, 0xc000003e);
            thread.process().signals().fault(thread.signals(), info, 0, 0, 0);
        }
        return -ENOSYS;
    }

    private boolean firstTime(long number) {
        int index = number >= 0 && number < SIZE ? (int) number : SIZE;
        synchronized (reported) {
            if (reported.get(index)) return false;
            reported.set(index);
            return true;
        }
    }

    /** Stands in the table until the first call, then steps aside. */
    private final class LateGroup implements SyscallGroup {
        private final GroupSource source;
        private final int id;
        private volatile @Nullable SyscallGroup made;

        LateGroup(GroupSource source, int id) {
            this.source = source;
            this.id = id;
        }

        @Override
        public long call(SyscallThread thread, int number, long[] a) {
            SyscallGroup group = made;
            if (group == null) group = make();
            return group.call(thread, number, a);
        }

        private synchronized SyscallGroup make() {
            SyscallGroup group = made;
            if (group != null) return group;
            group = source.open(id);
            for (int i = 0; i < SIZE; i++) if (groups[i] == this) groups[i] = group;
            made = group;
            return group;
        }
    }
}
