package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import java.util.Arrays;

/** On which processors of the host a thread may run. sched_setaffinity(2). */
final class Affinity {
    private static final int NR_SCHED_SETAFFINITY = 203;
    private static final int NR_SCHED_GETAFFINITY = 204;
    /** CPU_SETSIZE / 8. */
    private static final int BYTES = 128;

    private Affinity() {}

    /** The mask of a host thread; empty when it is that of the whole monitor. */
    static byte[] of(int hostTid) {
        byte[] own = mask(hostTid);
        return Arrays.equals(own, mask(io.kmdebug.monitor.host.HostCall.getpid())) ? new byte[0] : own;
    }

    private static byte[] mask(int hostTid) {
        long buffer = HostMemory.allocate(BYTES);
        try {
            long bytes = Native.syscall(NR_SCHED_GETAFFINITY, hostTid, BYTES, buffer);
            return bytes < 0 ? new byte[0] : HostMemory.read(buffer, (int) bytes);
        } finally {
            HostMemory.free(buffer);
        }
    }

    /** Where the host lacks these processors it stays as it is: it decides on speed, not on results. */
    static void set(int hostTid, byte[] mask) {
        if (mask.length == 0) return;
        long buffer = HostMemory.allocate(mask.length);
        try {
            HostMemory.write(buffer, mask, 0, mask.length);
            Native.syscall(NR_SCHED_SETAFFINITY, hostTid, mask.length, buffer);
        } finally {
            HostMemory.free(buffer);
        }
    }
}
