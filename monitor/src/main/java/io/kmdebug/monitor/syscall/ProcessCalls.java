package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.ECHILD;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.ENOSYS;
import static io.kmdebug.monitor.syscall.Errno.EPERM;

import io.kmdebug.monitor.state.ControlState;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/** prctl(2), and calls about processes and kernel interfaces that the payload does not have. */
final class ProcessCalls implements SyscallGroup {
    private static final int NAME_BYTES = 16;
    private static final int SET_PDEATHSIG = 1;
    private static final int SET_CHILD_SUBREAPER = 36;
    private static final int READ_IMPLIES_EXEC = 0x0400000;
    private static final int PERSONALITY_FLAGS = 0xffff_ff00;
    /** MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, _PRIVATE_EXPEDITED, _SYNC_CORE, _RSEQ: linux/membarrier.h. */
    private static final long REGISTER_BARRIERS = 1 << 2 | 1 << 4 | 1 << 6 | 1 << 8;

    private final World world;
    private final BitSet reported = new BitSet();
    private int parentDeathSignal;
    private int dumpable = 1;
    private int subreaper;
    private int largePagesDisabled;
    private int personality;
    private long barriers;

    ProcessCalls(World world) {
        this.world = world;
    }

    /** A new program is dumpable again. */
    void exec() {
        dumpable = 1;
        personality &= ~READ_IMPLIES_EXEC;
    }

    /** @param written those of the process's files of the host that it has written to */
    synchronized ControlState capture(HostSettings written, int coreFilter) {
        return new ControlState(
                parentDeathSignal,
                dumpable,
                subreaper,
                personality,
                largePagesDisabled,
                barriers,
                written.value(world, HostSettings.OUT_OF_MEMORY_SCORE),
                coreFilter);
    }

    synchronized void restore(ControlState state) {
        parentDeathSignal = state.parentDeathSignal();
        dumpable = state.dumpable();
        subreaper = state.subreaper();
        if (parentDeathSignal != 0) world.own(Sys.PRCTL, SET_PDEATHSIG, parentDeathSignal, 0, 0, 0);
        if (subreaper != 0) world.own(Sys.PRCTL, SET_CHILD_SUBREAPER, subreaper, 0, 0, 0);
        personality = state.personality();
        largePagesDisabled = state.largePagesDisabled();
        barriers = state.barriers();
        for (int command = 1; command < Long.SIZE; command++) {
            if ((barriers >>> command & 1) != 0) world.own(Sys.MEMBARRIER, 1L << command, 0, 0);
        }
    }

    /** Recorded only: nothing that it selects applies in the machine. */
    private synchronized long personality(int wanted) {
        long old = Integer.toUnsignedLong(personality);
        if (wanted == -1) return old;
        if ((wanted & 0xff) != 0) return -EINVAL;
        personality = wanted & PERSONALITY_FLAGS;
        return old;
    }

    /** A command has one bit; those that register the process are known by their names: MEMBARRIER_CMD_REGISTER_... */
    private synchronized long barrier(long[] a) {
        long result = world.call(Sys.MEMBARRIER, a[0], a[1], a[2]);
        if (result == 0 && (a[0] & REGISTER_BARRIERS) != 0) barriers |= a[0] & REGISTER_BARRIERS;
        return result;
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        return switch (number) {
            case Sys.PRCTL -> prctl(t, a);
            case Sys.PERSONALITY -> personality((int) a[0]);
            case Sys.MEMBARRIER -> barrier(a);
            case Sys.SYSLOG -> log(t.memory(), a);
            case Sys.WAIT4, Sys.WAITID -> -ECHILD;
            case Sys.FORK, Sys.VFORK, Sys.EXECVE, Sys.EXECVEAT -> notYet(t, number);
            case Sys.RSEQ,
                    Sys.IO_URING_SETUP,
                    Sys.IO_URING_ENTER,
                    Sys.IO_URING_REGISTER,
                    Sys.LANDLOCK_CREATE_RULESET,
                    Sys.LANDLOCK_ADD_RULE,
                    Sys.LANDLOCK_RESTRICT_SELF,
                    Sys.USERFAULTFD -> -ENOSYS;
            case Sys.SECCOMP -> -EINVAL;
            default -> -EPERM;
        };
    }

    private long notYet(SyscallThread t, int number) {
        synchronized (reported) {
            if (reported.get(number)) return -ENOSYS;
            reported.set(number);
        }
        t.process().log("the payload called " + SyscallNames.describe(number) + ": answered with ENOSYS");
        return -ENOSYS;
    }

    private long prctl(SyscallThread t, long[] a) {
        GuestMemory memory = t.memory();
        switch ((int) a[0]) {
            case 1: // PR_SET_PDEATHSIG
                if (a[1] < 0 || a[1] > 64) return -EINVAL;
                parentDeathSignal = (int) a[1];
                return world.call(Sys.PRCTL, a[0], a[1], 0, 0, 0);
            case 2: // PR_GET_PDEATHSIG
                return world.call(Sys.PRCTL, a[0], memory.host(a[1], 4, Access.WRITE), 0, 0, 0);
            case 3: // PR_GET_DUMPABLE
                return dumpable;
            case 4: // PR_SET_DUMPABLE
                if (a[1] != 0 && a[1] != 1) return -EINVAL;
                dumpable = (int) a[1];
                return 0;
            case 15: // PR_SET_NAME
                t.name(memory.readString(a[1], NAME_BYTES - 1));
                return 0;
            case 16: // PR_GET_NAME
                byte[] name = java.util.Arrays.copyOf(t.name().getBytes(StandardCharsets.ISO_8859_1), NAME_BYTES);
                name[NAME_BYTES - 1] = 0;
                memory.write(a[1], name);
                return 0;
            case 36: // PR_SET_CHILD_SUBREAPER
                subreaper = a[1] == 0 ? 0 : 1;
                return world.call(Sys.PRCTL, a[0], subreaper, 0, 0, 0);
            case 37: // PR_GET_CHILD_SUBREAPER
                return world.call(Sys.PRCTL, a[0], memory.host(a[1], 4, Access.WRITE), 0, 0, 0);
            case 41: // PR_SET_THP_DISABLE
                if ((a[2] | a[3] | a[4]) != 0) return -EINVAL;
                largePagesDisabled = a[1] == 0 ? 0 : 1;
                return 0;
            case 42: // PR_GET_THP_DISABLE
                return (a[1] | a[2] | a[3] | a[4]) == 0 ? largePagesDisabled : -EINVAL;
            case 13: // PR_GET_TIMING: PR_TIMING_STATISTICAL
            case 21: // PR_GET_SECCOMP
                return 0;
            case 14: // PR_SET_TIMING
                return a[1] == 0 ? 0 : -EINVAL;
            case 25: // PR_GET_TSC: PR_TSC_ENABLE
                memory.writeInt(a[1], 1);
                return 0;
            case 26: // PR_SET_TSC
                return a[1] == 1 ? 0 : -EINVAL;
            case 0x53564d41: // PR_SET_VMA: names of anonymous memory, if the host knows them
                return a[1] == 0 ? world.call(Sys.PRCTL, a[0], 0, 0, 0, 0) : -EINVAL;
            case 0x59616d61: // PR_SET_PTRACER
                return 0;
            case 0x41555856: // PR_GET_AUXV
                return vector(t, a);
            case 34: // PR_MCE_KILL_GET
            case 7: // PR_GET_KEEPCAPS
            case 8: // PR_SET_KEEPCAPS
            case 23: // PR_CAPBSET_READ
            case 24: // PR_CAPBSET_DROP
            case 27: // PR_GET_SECUREBITS
            case 28: // PR_SET_SECUREBITS
            case 29: // PR_SET_TIMERSLACK
            case 30: // PR_GET_TIMERSLACK
            case 38: // PR_SET_NO_NEW_PRIVS
            case 39: // PR_GET_NO_NEW_PRIVS
            case 47: // PR_CAP_AMBIENT
            case 52: // PR_GET_SPECULATION_CTRL
                return world.call(Sys.PRCTL, a[0], a[1], a[2], a[3], a[4]);
            case 35: // PR_SET_MM
                return -EPERM;
            default:
                return -EINVAL;
        }
    }

    private static long vector(SyscallThread t, long[] a) {
        if ((a[3] | a[4]) != 0) return -EINVAL;
        byte[] vector = t.process().auxiliaryVector();
        int bytes = (int) Math.min(a[2] & Long.MAX_VALUE, vector.length);
        t.memory().write(a[1], java.util.Arrays.copyOf(vector, bytes));
        return vector.length;
    }

    /**
     * syslog(2). What is already there can be asked for and read; what would change the log for all of the host, or take
     * from it, is not for a payload.
     */
    private long log(GuestMemory memory, long[] a) {
        int action = (int) a[0];
        if (action < 0 || action > 10) return -EINVAL;
        if (action == 9 || action == 10) return world.call(Sys.SYSLOG, action, 0, 0);
        if (action != 3) return -EPERM;
        int length = (int) a[2];
        if (a[1] == 0 || length < 0) return -EINVAL;
        return world.call(Sys.SYSLOG, action, memory.host(a[1], length, Access.WRITE), length);
    }
}
