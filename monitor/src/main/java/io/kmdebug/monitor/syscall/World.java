package io.kmdebug.monitor.syscall;

import io.kmdebug.monitor.host.Native;
import java.nio.charset.StandardCharsets;

/**
 * The one gate between the payload and everything outside it: results of host calls, the buffers they fill, time and
 * random bytes. Handlers reach the host through here only, so that a recorder can write down what came in and a
 * replayer can say it again. Buffers are filled in guest memory that {@link GuestMemory#host} lent out for
 * {@link Access#WRITE} during the call.
 */
public final class World {
    private static final int TEXT_BYTES = 8192;
    private static final int O_PATH_CLOEXEC = 012000000;

    private final ThreadLocal<Scratch> scratch = new ThreadLocal<>();
    private final ThreadLocal<Scratch> innerScratch = new ThreadLocal<>();

    /** A host call that does not block for long. The result, or minus an errno. */
    public long call(int number, long... arguments) {
        return Native.syscall(number, arguments);
    }

    /** A host call that may block; see {@link SyscallThread#blocking}. */
    public long blocking(SyscallThread thread, SyscallThread.Restart restart, int number, long... arguments) {
        return thread.blocking(restart, number, arguments);
    }

    /** A host call made in the monitor's own name: nothing of it enters the payload. */
    public long own(int number, long... arguments) {
        return Native.syscall(number, arguments);
    }

    /** A short text file of the host's, read in the monitor's own name; "" when it cannot be. Latin-1. */
    String ownText(String path) {
        Scratch mine = emptied(innerScratch);
        long fd = own(Sys.OPEN, mine.string(path), OpenCalls.O_CLOEXEC);
        if (fd < 0) return "";
        long buffer = mine.allocate(TEXT_BYTES);
        int length = 0;
        while (length < TEXT_BYTES) {
            long n = own(Sys.READ, fd, buffer + length, TEXT_BYTES - length);
            if (n <= 0) break;
            length += (int) n;
        }
        own(Sys.CLOSE, fd);
        return new String(mine.read(buffer, length), StandardCharsets.ISO_8859_1);
    }

    /** The process's working directory, Latin-1. */
    public String workingDirectory() {
        Scratch mine = emptied(innerScratch);
        long buffer = mine.allocate(TEXT_BYTES);
        long length = own(Sys.GETCWD, buffer, TEXT_BYTES);
        if (length <= 0) return "/";
        return new String(mine.read(buffer, (int) length - 1), StandardCharsets.ISO_8859_1);
    }

    /** chdir(2) for a payload that is restored: 0 or minus an errno. */
    public long workingDirectory(String path) {
        return own(Sys.CHDIR, emptied(innerScratch).string(path));
    }

    /** umask(2) of the calling thread, which is the process's but for a child on its parent's memory. */
    public int fileMask() {
        String status = ownText("/proc/thread-self/status");
        int line = status.indexOf("Umask:");
        if (line < 0) return 022;
        return Integer.parseInt(status, line + "Umask:".length() + 1, status.indexOf('\n', line), 8);
    }

    public void fileMask(int mask) {
        own(Sys.UMASK, mask);
    }

    /** The absolute path of what a path leads to, links followed; "" when it leads nowhere. */
    String ownLink(long path) {
        long held = own(Sys.OPEN, path, O_PATH_CLOEXEC);
        if (held < 0) return "";
        Scratch mine = emptied(innerScratch);
        long name = mine.string("/proc/self/fd/" + held);
        long buffer = mine.allocate(TEXT_BYTES);
        long length = own(Sys.READLINK, name, buffer, TEXT_BYTES);
        own(Sys.CLOSE, held);
        return length <= 0 ? "" : new String(mine.read(buffer, (int) length), StandardCharsets.ISO_8859_1);
    }

    /** CLOCK_MONOTONIC in nanoseconds. */
    long monotonic() {
        return System.nanoTime();
    }

    /** The calling thread's scratch memory, emptied. For handlers. */
    Scratch scratch() {
        return emptied(scratch);
    }

    /** A second one for the bookkeeping beneath handlers, which may hold the first. */
    Scratch innerScratch() {
        return emptied(innerScratch);
    }

    private static Scratch emptied(ThreadLocal<Scratch> of) {
        Scratch mine = of.get();
        if (mine == null) {
            mine = new Scratch();
            of.set(mine);
        }
        return mine.restart();
    }
}
