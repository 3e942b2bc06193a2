package io.kmdebug.monitor.platform.ptrace;

import io.kmdebug.monitor.host.HostCpu;
import io.kmdebug.monitor.host.HostMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The XSAVE areas of traced threads: NT_X86_XSTATE of ptrace(2), in the standard format. Intel SDM volume 1 §13.4. */
final class ExtendedState {
    /** x87 SSE AVX AVX-512: what the monitor knows. */
    private static final long KNOWN = 0xe7;

    /** Present in any case, as in the kernel's signal frames: else whoever changes them there is not heard. */
    private static final long X87_AND_SSE = 3;

    private static final int LEGACY_BYTES = 512;
    private static final int HEADER_BYTES = 64;
    /** Larger than any kernel's. */
    private static final int BUFFER_BYTES = 16384;

    private final long features = HostCpu.xcr0() & KNOWN;
    private final int bytes = HostCpu.xsaveBytes(features);

    long features() {
        return features;
    }

    /** Of a thread that never used it. */
    byte[] initial() {
        ByteBuffer area = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        area.putShort(0, (short) 0x37f); // FCW
        area.putInt(24, 0x1f80); // MXCSR
        return area.array();
    }

    /** Of a stopped thread, by its tracer. */
    byte[] read(int tid) {
        long buffer = HostMemory.allocate(BUFFER_BYTES + 16);
        try {
            fetch(tid, buffer);
            byte[] area = HostMemory.read(buffer, bytes);
            ByteBuffer.wrap(area)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(LEGACY_BYTES, HostMemory.getLong(buffer + LEGACY_BYTES) & features | X87_AND_SSE);
            return area;
        } finally {
            HostMemory.free(buffer);
        }
    }

    /** Components that the monitor does not know keep their values. */
    void write(int tid, byte[] area) {
        long buffer = HostMemory.allocate(BUFFER_BYTES + 16);
        try {
            fetch(tid, buffer);
            long unknown = HostMemory.getLong(buffer + LEGACY_BYTES) & ~features;
            // The kernel's own note about the format, behind the legacy registers, is not the payload's to change.
            HostMemory.write(buffer, Arrays.copyOf(area, bytes), 0, 464);
            HostMemory.write(
                    buffer + LEGACY_BYTES, Arrays.copyOfRange(area, LEGACY_BYTES, bytes), 0, bytes - LEGACY_BYTES);
            long present = HostMemory.getLong(buffer + LEGACY_BYTES) & features;
            HostMemory.putLong(buffer + LEGACY_BYTES, present | unknown);
            HostMemory.clear(buffer + LEGACY_BYTES + 8, HEADER_BYTES - 8);
            long result = Ptrace.call(Ptrace.SETREGSET, tid, Ptrace.NT_X86_XSTATE, buffer + BUFFER_BYTES);
            if (result < 0) throw new IllegalStateException("PTRACE_SETREGSET: errno " + -result);
        } finally {
            HostMemory.free(buffer);
        }
    }

    private static void fetch(int tid, long buffer) {
        HostMemory.putLong(buffer + BUFFER_BYTES, buffer);
        HostMemory.putLong(buffer + BUFFER_BYTES + 8, BUFFER_BYTES);
        long result = Ptrace.call(Ptrace.GETREGSET, tid, Ptrace.NT_X86_XSTATE, buffer + BUFFER_BYTES);
        if (result < 0) throw new IllegalStateException("PTRACE_GETREGSET: errno " + -result);
    }
}
