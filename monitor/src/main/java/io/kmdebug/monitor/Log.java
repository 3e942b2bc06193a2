package io.kmdebug.monitor;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The monitor's own messages: one line each, to stderr, a file, or nowhere. Never to the payload's stdout. */
public final class Log {
    private static final int NR_WRITE = 1;
    private static final int NR_OPEN = 2;
    private static final int NR_FCNTL = 72;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int STDERR = 2;
    /** Keeps nothing. */
    static final Log NOWHERE = new Log(-1, false);

    /** Above those that a payload gets used to. */
    private static final int LOWEST_OWN_DESCRIPTOR = 60;

    private static final int NR_DUP3 = 292;
    private static final int O_CLOEXEC = 02000000;
    private static final int O_RDWR_CLOEXEC = 02000002;
    /** O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC. */
    private static final int APPEND = 02002101;

    private static final int MODE = 0644;

    private volatile int descriptor;
    /** Whether it is the standard error that the payload has, too. */
    private final boolean shared;

    private Log(int descriptor, boolean shared) {
        this.descriptor = descriptor;
        this.shared = shared;
    }

    /**
     * @param target "stderr", "none", or a file to append to
     * @throws IOException when the file cannot be written
     */
    static Log open(String target) throws IOException {
        return switch (target) {
            case "none" -> NOWHERE;
            // a copy, since the payload may close its own or have it pointed elsewhere
            case "stderr" ->
                new Log((int) Native.syscall(NR_FCNTL, STDERR, F_DUPFD_CLOEXEC, LOWEST_OWN_DESCRIPTOR), true);
            default -> new Log(append(target), false);
        };
    }

    /**
     * A spare monitor's log. One that its starter opened was passed on under a number; standard error was not: it comes
     * with the payload's descriptors ({@link #to}).
     *
     * @param target as for {@link #open}
     */
    static Log inherited(String target, int descriptor) {
        if (target.equals("stderr")) return new Log(-1, true);
        // its number is needed again for a monitor that this one starts
        long own = Native.syscall(NR_FCNTL, descriptor, F_DUPFD_CLOEXEC, STDERR + 1);
        if (own < 0) return NOWHERE;
        HostCall.close(descriptor);
        return new Log((int) own, false);
    }

    /** The standard error that the payload came with, when that is where the messages go. */
    void to(int standardError) {
        if (!shared || descriptor >= 0) return;
        descriptor = (int) Native.syscall(NR_FCNTL, standardError, F_DUPFD_CLOEXEC, LOWEST_OWN_DESCRIPTOR);
    }

    /**
     * Goes on into nothing, if this was the payload's standard error: the payload has closed it, and whoever reads the
     * other end waits for that.
     */
    void letGo() {
        if (!shared || descriptor < 0) return;
        int nothing = HostCall.open("/dev/null", O_RDWR_CLOEXEC);
        if (nothing < 0) return;
        // another thread may be writing: the number stays what it is
        Native.syscall(NR_DUP3, nothing, descriptor, O_CLOEXEC);
        HostCall.close(nothing);
    }

    /** A descriptor for writing at the file's end. */
    static int append(String file) throws IOException {
        long name = HostCall.cString(file);
        long descriptor = Native.syscall(NR_OPEN, name, APPEND, MODE);
        HostMemory.free(name);
        if (descriptor < 0) throw new IOException("cannot write " + file + ": " + HostFailure.describe(-descriptor));
        return (int) descriptor;
    }

    /** The monitor's own descriptor for another monitor's log, or a negative number. */
    int descriptorToPassOn() {
        return shared ? -1 : descriptor;
    }

    /** Writes "km: text". */
    public void line(String text) {
        if (descriptor >= 0) write("km: ".concat(text).concat("\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Writes as it is; Latin-1. */
    void raw(String line) {
        if (descriptor >= 0) write(line.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void write(byte[] bytes) {
        long buffer = HostMemory.allocate(bytes.length);
        HostMemory.write(buffer, bytes, 0, bytes.length);
        // When the log itself cannot be written there is nobody left to be told.
        Native.syscall(NR_WRITE, descriptor, buffer, bytes.length);
        HostMemory.free(buffer);
    }
}
