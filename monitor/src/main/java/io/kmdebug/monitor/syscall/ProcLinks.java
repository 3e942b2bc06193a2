package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.ELOOP;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a path leads through symbolic links into the process's own part of /proc, where the host's kernel
 * would follow them to the monitor's own files. Walks the path as path_resolution(7) says; only for paths on which the
 * host met such a link.
 */
final class ProcLinks {
    private static final int MOST_LINKS = 40;
    private static final int PATH_MAX = 4096;
    private static final int AT_FDCWD = -100;

    private final World world;
    private final ProcFiles proc;

    ProcLinks(World world, ProcFiles proc) {
        this.world = world;
        this.proc = proc;
    }

    /**
     * The path below "/proc/self", or null when it leads elsewhere.
     *
     * @param base absolute path of the directory where a relative path begins
     * @param follow whether a link at the end is followed
     * @throws SyscallFailure ELOOP
     */
    @Nullable
    String resolve(SyscallThread thread, String base, String path, boolean follow) {
        Deque<String> left = new ArrayDeque<>();
        push(left, path);
        String now = path.startsWith("/") ? "" : base;
        int links = 0;
        while (!left.isEmpty()) {
            String part = left.pop();
            if (part.equals("..")) {
                now = now.substring(0, Math.max(0, now.lastIndexOf('/')));
                continue;
            }
            String candidate = now + "/" + part;
            String own = proc.own(thread, candidate);
            if (own != null && ProcFiles.isMagic(own)) {
                return left.isEmpty() ? own : own + "/" + String.join("/", left);
            }
            boolean link = own == null && (follow || !left.isEmpty());
            String target = link ? readLink(candidate) : null;
            if (target == null) {
                now = own == null ? candidate : own;
                continue;
            }
            if (++links > MOST_LINKS) throw new SyscallFailure(ELOOP);
            push(left, target);
            if (target.startsWith("/")) now = "";
        }
        return proc.own(thread, now);
    }

    private static void push(Deque<String> left, String path) {
        String[] parts = path.split("/");
        for (int i = parts.length - 1; i >= 0; i--) {
            if (!parts[i].isEmpty() && !parts[i].equals(".")) left.push(parts[i]);
        }
    }

    private @Nullable String readLink(String path) {
        Scratch scratch = world.innerScratch();
        long name = scratch.string(path);
        long buffer = scratch.allocate(PATH_MAX);
        long length = world.own(Sys.READLINKAT, AT_FDCWD, name, buffer, PATH_MAX);
        return length > 0 ? Paths.string(scratch.read(buffer, (int) length)) : null;
    }
}
