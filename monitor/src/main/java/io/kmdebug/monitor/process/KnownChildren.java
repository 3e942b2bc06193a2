package io.kmdebug.monitor.process;

import static io.kmdebug.monitor.syscall.Errno.ECHILD;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.syscall.SyscallThread.Restart;
import io.kmdebug.monitor.syscall.World;
import io.kmdebug.monitor.thread.PayloadThread;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The payload's children one by one, for monitors that trace processes: there a wait for any child would take the stops
 * of traced threads away from the threads that trace them.
 */
final class KnownChildren {
    private static final int NR_POLL = 7;
    private static final int NR_GETPGID = 121;
    private static final int NR_WAITID = 247;
    private static final int NR_PIDFD_OPEN = 434;
    private static final int P_ALL = 0;
    private static final int P_PID = 1;
    private static final int P_PGID = 2;
    private static final int WNOHANG = 1;
    private static final int WSTOPPED = 2;
    private static final int WEXITED = 4;
    private static final int WCONTINUED = 8;
    private static final int WNOWAIT = 0x0100_0000;
    private static final int POLLIN = 1;
    private static final int POLLFD_BYTES = 8;
    /** Nothing but the end of a process wakes whoever polls it. */
    private static final int LOOK_AGAIN_MILLIS = 20;

    /** siginfo_t: si_signo, si_code and si_pid. */
    private static final int INFO_BYTES = 128;

    private static final int INFO_CODE = 8;
    private static final int INFO_PID = 16;
    private static final int INFO_STATUS = 24;
    private static final int CLD_EXITED = 1;
    private static final int CLD_KILLED = 2;
    private static final int CLD_DUMPED = 3;
    private static final int CLD_CONTINUED = 6;
    private static final int CORE_WRITTEN = 0x80;
    private static final int STOPPED = 0x7f;
    private static final int CONTINUED = 0xffff;

    /** Pids and pidfds. */
    private final Map<Integer, Integer> descriptors = new TreeMap<>();

    synchronized void add(int pid) {
        descriptors.put(pid, (int) Native.syscall(NR_PIDFD_OPEN, pid, 0));
    }

    synchronized boolean isEmpty() {
        return descriptors.isEmpty();
    }

    synchronized boolean has(int pid) {
        return descriptors.containsKey(pid);
    }

    private synchronized void remove(int pid) {
        Integer descriptor = descriptors.remove(pid);
        if (descriptor != null && descriptor >= 0) HostCall.close(descriptor);
    }

    /**
     * What became a child by the death of its parent: such a child is one of the process's first thread.
     * {@code /proc/PID/task/TID/children} of proc(5), where the kernel has it.
     */
    private synchronized void learn(int traced) {
        int pid = HostCall.getpid();
        try (FileInputStream in = new FileInputStream("/proc/" + pid + "/task/" + pid + "/children")) {
            String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            for (int from = 0, space; (space = text.indexOf(' ', from)) > 0; from = space + 1) {
                int child = Integer.parseInt(text, from, space, 10);
                if (child != traced && !descriptors.containsKey(child)) add(child);
            }
        } catch (FileNotFoundException none) {
            // a kernel without CONFIG_PROC_CHILDREN: those that were made here are known
        } catch (IOException e) {
            throw new HostFailure("cannot list children: " + e.getMessage());
        }
    }

    private synchronized List<Integer> of(int type, long id) {
        List<Integer> pids = new ArrayList<>();
        long group = type != P_PGID ? 0 : id == 0 ? Native.syscall(NR_GETPGID, 0) : id;
        for (int pid : descriptors.keySet()) {
            boolean meant = type == P_ALL || type == P_PID && pid == id;
            if (meant || type == P_PGID && Native.syscall(NR_GETPGID, pid) == group) pids.add(pid);
        }
        return pids;
    }

    /**
     * waitid(2) by P_ALL, P_PID or P_PGID: 0, or minus an errno, or a code of {@link Restart}.
     *
     * @param info host address of a siginfo_t, whose si_pid is 0 when nothing happened
     * @param usage host address of a struct rusage, or 0
     */
    long await(PayloadThread thread, World world, int type, long id, long info, int options, long usage) {
        while (true) {
            learn(thread.process().platform().tracedProcess());
            List<Integer> pids = of(type, id);
            for (int pid : pids) {
                long result = Native.syscall(NR_WAITID, P_PID, pid, info, options | WNOHANG, usage);
                if (result == -ECHILD) remove(pid);
                else if (result < 0) return result;
                else if (HostMemory.getInt(info + INFO_PID) != 0) {
                    int code = HostMemory.getInt(info + INFO_CODE);
                    boolean gone = code >= CLD_EXITED && code <= CLD_DUMPED;
                    if (gone && (options & WNOWAIT) == 0) remove(pid);
                    return 0;
                }
            }
            if (of(type, id).isEmpty()) return -ECHILD;
            HostMemory.clear(info, INFO_BYTES);
            if ((options & WNOHANG) != 0) return 0;
            long result = poll(thread, world, pids, options);
            if (result < 0) return result;
        }
    }

    /**
     * wait4(2): the pid, 0, minus an errno, or a code of {@link Restart}; the status goes to {@code status}, if not 0.
     */
    long wait4(PayloadThread thread, World world, int pid, long status, int options, long usage) {
        int type = pid > 0 ? P_PID : pid == -1 ? P_ALL : P_PGID;
        long id = pid > 0 ? pid : pid == -1 ? 0 : -(long) pid;
        long info = HostMemory.allocate(INFO_BYTES);
        try {
            long result = await(thread, world, type, id, info, options | WEXITED, usage);
            if (result < 0) return result;
            if (status != 0) HostMemory.putInt(status, status(info));
            return HostMemory.getInt(info + INFO_PID);
        } finally {
            HostMemory.free(info);
        }
    }

    /** wait(2)'s status for what waitid(2) tells. */
    private static int status(long info) {
        int value = HostMemory.getInt(info + INFO_STATUS);
        return switch (HostMemory.getInt(info + INFO_CODE)) {
            case CLD_EXITED -> (value & 0xff) << 8;
            case CLD_KILLED -> value & 0x7f;
            case CLD_DUMPED -> value & 0x7f | CORE_WRITTEN;
            case CLD_CONTINUED -> CONTINUED;
            default -> (value & 0xff) << 8 | STOPPED;
        };
    }

    private long poll(PayloadThread thread, World world, List<Integer> pids, int options) {
        boolean endsOnly = (options & (WSTOPPED | WCONTINUED)) == 0 && (options & WEXITED) != 0;
        long polled = HostMemory.allocate((long) POLLFD_BYTES * pids.size() + 1);
        try {
            int count = 0;
            for (int pid : pids) {
                Integer descriptor = descriptor(pid);
                if (descriptor == null || descriptor < 0) continue;
                HostMemory.putInt(polled + (long) POLLFD_BYTES * count, descriptor);
                HostMemory.putShort(polled + (long) POLLFD_BYTES * count + 4, POLLIN);
                count++;
            }
            int timeout = endsOnly && count == pids.size() ? -1 : LOOK_AGAIN_MILLIS;
            return world.blocking(thread, Restart.IF_SA_RESTART, NR_POLL, polled, count, timeout);
        } finally {
            HostMemory.free(polled);
        }
    }

    private synchronized @Nullable Integer descriptor(int pid) {
        return descriptors.get(pid);
    }
}
