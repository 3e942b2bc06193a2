package io.kmdebug.monitor.memory;

import static io.kmdebug.monitor.host.HostCall.MAP_FIXED;
import static io.kmdebug.monitor.host.HostCall.MAP_NORESERVE;
import static io.kmdebug.monitor.host.HostCall.MAP_SHARED;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.Native;

/** The memory file that holds the private memory of a payload in another process. What was never written is zero. */
final class SparseMemory {
    private static final int NR_LSEEK = 8;
    private static final int NR_PWRITE64 = 18;
    private static final int NR_FALLOCATE = 285;
    private static final int PUNCH_HOLE_KEEP_SIZE = 3;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    private final int descriptor;
    private final long base;

    /** @param base host address of guest address 0 */
    SparseMemory(int descriptor, long base) {
        this.descriptor = descriptor;
        this.base = base;
    }

    int descriptor() {
        return descriptor;
    }

    /**
     * Maps it in the window between two guest addresses.
     *
     * @param shift offset minus guest address
     * @return minus errno on failure
     */
    long map(long start, long end, int hostProtection, long shift) {
        int flags = MAP_SHARED | MAP_FIXED | MAP_NORESERVE;
        return HostWindow.result(
                HostCall.mmap(base + start, end - start, hostProtection, flags, descriptor, start + shift));
    }

    /** Makes bytes zeros again, without memory. */
    void punch(long offset, long bytes) {
        long result = Native.syscall(NR_FALLOCATE, descriptor, PUNCH_HOLE_KEEP_SIZE, offset, bytes);
        if (result < 0) throw new HostFailure("cannot give payload memory back", -result);
    }

    /** pwrite(2): how many bytes of {@code host} were written, or minus errno. */
    long write(long host, long bytes, long offset) {
        return Native.syscall(NR_PWRITE64, descriptor, host, bytes, offset);
    }

    /** The first offset from {@code offset} on that holds data; minus errno when there is none. */
    long nextData(long offset) {
        return Native.syscall(NR_LSEEK, descriptor, offset, SEEK_DATA);
    }

    /** The first offset from {@code offset} on that holds none; minus errno behind the end. */
    long nextHole(long offset) {
        return Native.syscall(NR_LSEEK, descriptor, offset, SEEK_HOLE);
    }
}
