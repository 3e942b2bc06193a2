package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import java.nio.charset.StandardCharsets;

/** Names the host's threads, and the monitor's process, as the payload's: that is what ps(1) and top(1) show. */
final class HostThreadName {
    private static final int NR_WRITE = 1;
    private static final int NR_PRCTL = 157;
    private static final int PR_SET_NAME = 15;
    private static final int O_WRONLY_CLOEXEC = 02000001;

    private HostThreadName() {}

    /** A name that cannot be set changes nothing for the payload, which is answered by the monitor. */
    static void show(PayloadThread thread) {
        byte[] name = (thread.name() + "\0").getBytes(StandardCharsets.ISO_8859_1);
        long text = HostMemory.allocate(name.length);
        HostMemory.write(text, name, 0, name.length);
        if (thread.hostTid() == HostCall.gettid()) Native.syscall(NR_PRCTL, PR_SET_NAME, text);
        else write("/proc/self/task/" + thread.hostTid() + "/comm", text, name.length - 1);
        if (thread.tid() == HostCall.getpid()) write("/proc/self/comm", text, name.length - 1);
        HostMemory.free(text);
    }

    private static void write(String path, long text, int bytes) {
        int file = HostCall.open(path, O_WRONLY_CLOEXEC);
        if (file < 0) return;
        Native.syscall(NR_WRITE, file, text, bytes);
        HostCall.close(file);
    }
}
