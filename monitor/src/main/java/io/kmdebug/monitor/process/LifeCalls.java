package io.kmdebug.monitor.process;

import static io.kmdebug.monitor.syscall.Errno.EACCES;
import static io.kmdebug.monitor.syscall.Errno.EBADF;
import static io.kmdebug.monitor.syscall.Errno.ECHILD;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.ENOSYS;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.syscall.Access;
import io.kmdebug.monitor.syscall.GroupSource;
import io.kmdebug.monitor.syscall.GuestMemory;
import io.kmdebug.monitor.syscall.ProcessServices;
import io.kmdebug.monitor.syscall.SyscallGroup;
import io.kmdebug.monitor.syscall.SyscallTable;
import io.kmdebug.monitor.syscall.SyscallThread;
import io.kmdebug.monitor.syscall.SyscallThread.Restart;
import io.kmdebug.monitor.syscall.World;
import io.kmdebug.monitor.thread.PayloadThread;
import io.kmdebug.monitor.thread.ProcessMaker;
import org.jspecify.annotations.Nullable;

/** fork(2), execve(2), wait(2) and their families: the payload's processes are the host's, each with its monitor. */
final class LifeCalls implements SyscallGroup {
    private static final int FORK = 57;
    private static final int VFORK = 58;
    private static final int EXECVE = 59;
    private static final int WAIT4 = 61;
    private static final int SETPGID = 109;
    private static final int WAITID = 247;
    private static final int EXECVEAT = 322;
    private static final int[] NUMBERS = {
        FORK, VFORK, EXECVE, EXECVEAT, WAIT4, SETPGID, WAITID,
    };

    private static final int AT_FDCWD = -100;
    private static final long CLONE_VM = 0x100;
    private static final long CLONE_VFORK = 0x4000;
    private static final int SIGCHLD = 17;
    private static final int P_ALL = 0;
    private static final int P_PID = 1;
    private static final int P_PIDFD = 3;
    private static final int WNOHANG = 1;
    private static final int WNOTHREAD = 0x2000_0000;
    private static final int WALL = 0x4000_0000;
    private static final int WCLONE = 0x8000_0000;
    private static final int RUSAGE_BYTES = 144;
    private static final int SIGINFO_BYTES = 128;
    private static final int SI_PID = 12;

    private final World world;
    private final ProcessServices services;

    private LifeCalls(ProcessServices services) {
        this.services = services;
        this.world = services.world();
    }

    /** Makes the group when its first call is made. */
    static final class Source implements GroupSource {
        /** Its number among a table's late groups. */
        private static final int GROUP = 31;

        private final ProcessServices services;

        private Source(ProcessServices services) {
            this.services = services;
        }

        @Override
        public SyscallGroup open(int group) {
            return new LifeCalls(services);
        }
    }

    static void register(SyscallTable table, ProcessServices services) {
        Source source = new Source(services);
        for (int number : NUMBERS) table.register(source, Source.GROUP, number);
    }

    @Override
    public long call(SyscallThread caller, int number, long[] a) {
        PayloadThread thread = (PayloadThread) caller;
        return switch (number) {
            case FORK -> make(thread, 0);
            case VFORK -> make(thread, CLONE_VM | CLONE_VFORK);
            case SETPGID -> setGroup(thread, (int) a[0], (int) a[1]);
            case EXECVE -> Exec.run(thread, services, AT_FDCWD, a[0], a[1], a[2], 0);
            case EXECVEAT -> Exec.run(thread, services, a[0], a[1], a[2], a[3], (int) a[4]);
            case WAIT4 -> withSignal(thread, wait4(thread, a));
            case WAITID -> withSignal(thread, waitid(thread, a), a[2]);
            default -> -ENOSYS;
        };
    }

    private static long make(PayloadThread thread, long flags) {
        return thread.process().processMaker().make(thread, new ProcessMaker.Request(flags, SIGCHLD, 0, 0, 0, 0, 0));
    }

    /** setpgid(2): the monitor of a child is another program to the kernel, but the child may be none yet. */
    private long setGroup(PayloadThread thread, int pid, int group) {
        int own = thread.process().pid();
        int hostGroup = group == own ? HostCall.getpid() : group;
        if (pid == 0 || pid == own) return world.call(SETPGID, 0, hostGroup);
        long result = world.call(SETPGID, pid, group);
        Processes processes = Processes.of(thread.process());
        return result == -EACCES && processes != null ? processes.children().changeGroup(pid, group) : result;
    }

    /** Children are what the host has for children: those that other processes of the monitor are, are none. */
    private long wait4(PayloadThread thread, long[] a) {
        int options = (int) a[2];
        if (onlyOddChildren(options)) return -ECHILD;
        long status = a[1] == 0 ? 0 : thread.memory().host(a[1], 4, Access.WRITE);
        long usage = a[3] == 0 ? 0 : thread.memory().host(a[3], RUSAGE_BYTES, Access.WRITE);
        KnownChildren known = (int) a[0] == -1 ? known(thread) : null;
        if (known != null) {
            // not a child, so the host only looks at the options
            long checked = world.call(WAIT4, HostCall.getpid(), 0, options | WNOHANG, 0);
            if (checked != -ECHILD) return checked;
            return known.wait4(thread, world, -1, status, ordinary(options), usage);
        }
        return world.blocking(thread, Restart.IF_SA_RESTART, WAIT4, (int) a[0], status, ordinary(options), usage);
    }

    /** A program may count on the handler of SIGCHLD having run when the wait returns. */
    private static long withSignal(PayloadThread thread, long pid) {
        if (pid <= 0) return pid;
        thread.process().hostActions().reaped((int) pid);
        Processes processes = Processes.of(thread.process());
        if (processes != null) processes.children().waited((int) pid);
        return pid;
    }

    private static long withSignal(PayloadThread thread, long result, long info) {
        if (result == 0 && info != 0) withSignal(thread, thread.memory().readInt(info + SI_PID));
        return result;
    }

    private long waitid(PayloadThread thread, long[] a) {
        GuestMemory memory = thread.memory();
        int options = (int) a[3];
        if (onlyOddChildren(options)) return -ECHILD;
        long which = a[1];
        if ((int) a[0] == P_PIDFD) {
            which = services.descriptors().hostFd((int) a[1]);
            if (which < 0) return (int) a[1] < 0 ? -EINVAL : -EBADF;
        }
        long info = a[2] == 0 ? 0 : memory.host(a[2], SIGINFO_BYTES, Access.WRITE);
        long usage = a[4] == 0 ? 0 : memory.host(a[4], RUSAGE_BYTES, Access.WRITE);
        KnownChildren known = (int) a[0] == P_ALL ? known(thread) : null;
        if (known != null) {
            long checked = world.call(WAITID, P_PID, HostCall.getpid(), 0, options | WNOHANG, 0);
            if (checked != -ECHILD) return checked;
            long target = info == 0 ? HostMemory.allocate(SIGINFO_BYTES) : info;
            long result = known.await(thread, world, (int) a[0], which, target, ordinary(options), usage);
            if (info == 0) HostMemory.free(target);
            return result;
        }
        return world.blocking(thread, Restart.IF_SA_RESTART, WAITID, (int) a[0], which, info, ordinary(options), usage);
    }

    private static @Nullable KnownChildren known(PayloadThread thread) {
        Processes processes = Processes.of(thread.process());
        return processes == null ? null : processes.known();
    }

    /** __WCLONE alone asks for children that end without SIGCHLD; the payload's all end with it. */
    private static boolean onlyOddChildren(int options) {
        return (options & (WCLONE | WALL)) == WCLONE;
    }

    /** Any thread's children, but never those that end without SIGCHLD, which are the monitor's own. */
    private static int ordinary(int options) {
        return options & ~(WALL | WCLONE | WNOTHREAD);
    }
}
