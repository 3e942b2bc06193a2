package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.state.Rights;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * RLIMIT_NPROC, when the payload has set it: how many threads its real user may have. As many as there would be natively:
 * a monitor counts as the payload that it carries. setrlimit(2).
 */
public final class TaskLimit {
    private static final long MAY_EXCEED = 1L << 21 | 1L << 24; // CAP_SYS_ADMIN, CAP_SYS_RESOURCE
    private static final int EFFECTIVE = 2;
    private static final String MONITOR = "io.kmdebug.monitor.KmMain";
    private static final Path PROC = Path.of("/proc");

    private final long most;
    private final int user;
    private long found;

    private TaskLimit(long most, int user) {
        this.most = most;
        this.user = user;
    }

    /** Whether the calling thread may make no more threads and processes. */
    public static boolean isReached(PayloadThread thread) {
        long most = thread.payload().services().limits().tasks();
        if (most < 0) return false;
        try {
            Rights rights = HostRights.of(HostCall.gettid(), 0);
            int user = rights.users().get(0);
            if (user == 0 || (rights.capabilities().get(EFFECTIVE) & MAY_EXCEED) != 0) return false;
            TaskLimit limit = new TaskLimit(most, user);
            limit.found = thread.payload().threads().size();
            return limit.isReached();
        } catch (IOException untold) {
            // without the right to look nobody is refused
            return false;
        }
    }

    private boolean isReached() throws IOException {
        if (found >= most) return true;
        String own = Integer.toString(HostCall.getpid());
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[1-9]*")) {
            for (Path process : processes) {
                if (process.endsWith(own)) continue;
                found += tasks(process);
                if (found >= most) return true;
            }
        }
        return false;
    }

    private long tasks(Path process) {
        try {
            String status = text(process.resolve("status"));
            boolean users = Integer.parseUnsignedInt(field(status, "Uid").split("\\s+")[0]) == user;
            String name = field(status, "Name");
            if (name.equals("km") || name.equals("km-payload")) return 0;
            boolean monitor = text(process.resolve("cmdline")).contains(MONITOR);
            if (monitor) return users ? 1 : tasksOfUser(process);
            return users ? Long.parseLong(field(status, "Threads")) : 0;
        } catch (IOException | NumberFormatException gone) {
            return 0;
        }
    }

    /** Of a payload that has changed its user: the monitor's own threads have not. */
    private long tasksOfUser(Path monitor) throws IOException {
        long count = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(monitor.resolve("task"))) {
            for (Path task : tasks) {
                String ids = field(text(task.resolve("status")), "Uid");
                if (Integer.parseUnsignedInt(ids.split("\\s+")[0]) == user) count++;
            }
        }
        return count;
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    private static String field(String status, String name) throws IOException {
        int start = ("\n" + status).indexOf("\n" + name + ":\t");
        if (start < 0) throw new IOException("no " + name);
        start += name.length() + 2;
        return status.substring(start, status.indexOf('\n', start)).trim();
    }
}
