package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EACCES;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.ENOENT;

import io.kmdebug.monitor.Trace;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The process's own part of /proc: there the host would show the monitor, so it is answered for the payload. All paths
 * here begin with "/proc/self"; those of one thread, where its files differ from the process's, with
 * "/proc/self/task/TID". proc(5).
 */
final class ProcFiles {
    private static final String SELF = "/proc/self";
    private static final String THREAD_SELF = "/proc/thread-self";
    /** The directory itself, as opposed to the symbolic link /proc/self. */
    private static final String DIRECTORY = "/proc/self/.";

    private static final String FD = "/proc/self/fd/";
    private static final String FDINFO = "/proc/self/fdinfo/";
    private static final String TASK = "/proc/self/task/";
    private static final int LONGEST_NAME = 15;

    private final World world;
    private final FdTable fds;
    private final SyscallProcess process;
    private final ResourceLimits limits;
    private final ProcTexts texts;
    private final HostSettings settings = new HostSettings();

    ProcFiles(World world, FdTable fds, ResourceLimits limits, SyscallProcess process) {
        this.world = world;
        this.fds = fds;
        this.process = process;
        this.limits = limits;
        texts = new ProcTexts(world, fds, limits, process);
    }

    /** What the payload has written to files that the host answers for. */
    HostSettings settings() {
        return settings;
    }

    /** The path below "/proc/self" that {@code path}, absolute and normalised, stands for; null when for none. */
    @Nullable
    String own(SyscallThread thread, String path) {
        if (path.startsWith("/dev/")) return device(path);
        if (!path.startsWith("/proc/")) return null;
        if (under(path, SELF)) return ofProcess(path);
        if (path.equals(THREAD_SELF)) return path;
        if (under(path, THREAD_SELF)) return ofProcess(TASK + thread.tid() + path.substring(THREAD_SELF.length()));
        int number = number(path, "/proc/".length());
        if (number <= 0) return null;
        int slash = path.indexOf('/', "/proc/".length());
        String rest = slash < 0 ? "" : path.substring(slash);
        if (number == process.pid()) return rest.isEmpty() ? DIRECTORY : ofProcess(SELF + rest);
        // the host's number of the monitor can differ from the payload's after a snapshot, and shows up in real paths
        if (number == world.own(Sys.GETPID)) return rest.isEmpty() ? DIRECTORY : ofProcess(SELF + rest);
        return process.thread(number) == null ? null : ofProcess(TASK + number + rest);
    }

    private static boolean under(String path, String directory) {
        return path.startsWith(directory)
                && (path.length() == directory.length() || path.charAt(directory.length()) == '/');
    }

    /** The number that ends at the next slash or the end; -1 when it is none. */
    private static int number(String path, int start) {
        int slash = path.indexOf('/', start);
        int end = slash < 0 ? path.length() : slash;
        if (end == start || end - start > 9) return -1;
        int number = 0;
        for (int i = start; i < end; i++) {
            char digit = path.charAt(i);
            if (digit < '0' || digit > '9') return -1;
            number = 10 * number + digit - '0';
        }
        return number;
    }

    /** A thread's own directory has the process's files, but for those that tell the threads apart. */
    private static String ofProcess(String path) {
        if (!path.startsWith(TASK)) return path;
        int slash = path.indexOf('/', TASK.length());
        if (slash < 0) return path;
        String rest = path.substring(slash);
        return switch (rest) {
            case "/comm",
                    "/stat",
                    "/status",
                    "/children",
                    "/sched",
                    "/schedstat",
                    "/wchan",
                    "/io",
                    "/ns",
                    "/attr",
                    "/syscall",
                    "/stack" -> path;
            default -> rest.startsWith("/ns/") || rest.startsWith("/attr/") ? path : SELF + rest;
        };
    }

    private static @Nullable String device(String path) {
        return switch (path) {
            case "/dev/stdin" -> FD + "0";
            case "/dev/stdout" -> FD + "1";
            case "/dev/stderr" -> FD + "2";
            case "/dev/fd" -> SELF + "/fd";
            default -> path.startsWith("/dev/fd/") ? FD + path.substring("/dev/fd/".length()) : null;
        };
    }

    /** Whether the host would take it as a link to what the monitor has there: fd/N, exe. */
    static boolean isMagic(String own) {
        return own.startsWith(FD) || own.equals("/proc/self/exe");
    }

    /**
     * The host's path for a path below "/proc/self".
     *
     * @param follow whether a link at the end is followed
     * @throws SyscallFailure ENOENT for a descriptor or a thread that is not there, EACCES for what would show the
     *     monitor's insides
     */
    String hostPath(String own, boolean follow) {
        if (own.equals("/proc/self/exe")) return follow ? process.executable() : own;
        if (own.startsWith(FD)) return descriptorPath(own, FD);
        if (own.startsWith(FDINFO)) return descriptorPath(own, FDINFO);
        if (own.startsWith(TASK)) {
            SyscallThread thread = threadOf(own);
            int slash = own.indexOf('/', TASK.length());
            own = TASK + thread.hostTid() + (slash < 0 ? "" : own.substring(slash));
        }
        String name = own.substring(own.lastIndexOf('/') + 1);
        if (Trace.on(Trace.PROC)) Trace.line(Trace.PROC, "the host answers for ".concat(own));
        return switch (name) {
            case "mem", "pagemap", "map_files", "syscall", "stack" -> throw new SyscallFailure(EACCES);
            default -> own;
        };
    }

    private String descriptorPath(String own, String directory) {
        int slash = own.indexOf('/', directory.length());
        int fd = number(own, directory.length());
        int hostFd = fd < 0 ? -1 : fds.hostFd(fd);
        if (hostFd < 0) throw new SyscallFailure(ENOENT);
        return directory + hostFd + (slash < 0 ? "" : own.substring(slash));
    }

    private SyscallThread threadOf(String own) {
        int number = number(own, TASK.length());
        SyscallThread thread = process.thread(number);
        if (thread != null) return thread;
        // in real paths a thread bears the host's number
        for (SyscallThread other : process.threads()) if (other.hostTid() == number) return other;
        throw new SyscallFailure(ENOENT);
    }

    /** The thread whose file it is: for the process's files the first one, or when that has ended any. */
    private SyscallThread threadOf(String own, SyscallThread caller) {
        if (own.startsWith(TASK)) return threadOf(own);
        SyscallThread first = process.thread(process.pid());
        return first == null ? caller : first;
    }

    /** The target of a link that is answered here, or null. */
    @Nullable
    String link(SyscallThread thread, String own) {
        switch (own) {
            case "/proc/self/exe":
                return process.executable();
            case SELF:
                return Integer.toString(process.pid());
            case THREAD_SELF:
                return process.pid() + "/task/" + thread.tid();
            default:
                break;
        }
        if (own.startsWith(FD)) {
            int fd = number(own, FD.length());
            if (fd >= 0 && fds.kindOf(fd) == OpenFile.Kind.SIGNALFD) return "anon_inode:[signalfd]";
        }
        return null;
    }

    /** Whether reading the file is answered here. */
    boolean isGenerated(String own) {
        if (own.startsWith(TASK)) {
            threadOf(own);
            return own.endsWith("/comm") || own.endsWith("/stat") || own.endsWith("/status");
        }
        return switch (own) {
            case "/proc/self/cmdline",
                    "/proc/self/environ",
                    "/proc/self/auxv",
                    "/proc/self/comm",
                    "/proc/self/maps",
                    "/proc/self/stat",
                    "/proc/self/statm",
                    "/proc/self/smaps",
                    "/proc/self/smaps_rollup",
                    "/proc/self/status",
                    "/proc/self/coredump_filter",
                    "/proc/self/limits" -> true;
            case "/proc/self/numa_maps" -> throw new SyscallFailure(ENOENT);
            default -> false;
        };
    }

    /** What a generated file says now. */
    byte[] content(SyscallThread thread, String own) {
        GuestMemory memory = thread.memory();
        boolean task = own.startsWith(TASK);
        return switch (own.substring(own.lastIndexOf('/') + 1)) {
            case "cmdline" -> texts.commandLine(memory);
            case "environ" -> texts.environment(memory);
            case "auxv" -> process.auxiliaryVector();
            case "comm" -> latin1(threadOf(own, thread).name() + "\n");
            case "maps" -> latin1(process.memoryMap());
            case "stat" -> latin1(texts.stat(threadOf(own, thread), thread, task));
            case "status" -> latin1(texts.status(threadOf(own, thread), thread, task));
            case "statm", "smaps", "smaps_rollup" -> latin1(process.memoryText(own.substring(SELF.length() + 1)));
            case "limits" -> latin1(texts.limits());
            case "coredump_filter" -> latin1(CoreFilter.text(limits.coreFilter()));
            default -> throw new SyscallFailure(ENOENT);
        };
    }

    /** Writes to a generated file; only a thread's name and the core's filter can be. */
    void write(SyscallThread thread, String own, byte[] data) {
        if (own.endsWith("/coredump_filter")) {
            try {
                limits.coreFilter(CoreFilter.parse(Paths.string(data)));
            } catch (NumberFormatException none) {
                throw new SyscallFailure(EINVAL);
            }
            return;
        }
        if (!own.endsWith("/comm")) throw new SyscallFailure(EINVAL);
        int length = 0;
        while (length < Math.min(LONGEST_NAME, data.length) && data[length] != 0) length++;
        threadOf(own, thread).name(Paths.string(Arrays.copyOf(data, length)));
    }

    /** Whether a directory is listed here. */
    static boolean isListed(String own) {
        return own.equals("/proc/self/fd") || own.equals("/proc/self/fdinfo") || own.equals("/proc/self/task");
    }

    /** The names in a directory that is listed here, without "." and "..". */
    int[] names(String own) {
        if (!own.equals("/proc/self/task")) return fds.numbers();
        List<? extends SyscallThread> threads = process.threads();
        int[] tids = new int[threads.size()];
        for (int i = 0; i < tids.length; i++) tids[i] = threads.get(i).tid();
        return tids;
    }

    private static byte[] latin1(String s) {
        return s.getBytes(StandardCharsets.ISO_8859_1);
    }
}
