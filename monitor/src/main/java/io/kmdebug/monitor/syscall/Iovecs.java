package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EINVAL;

/** Arrays of {@code struct iovec} (address 8, length 8) with guest addresses, turned into ones with host addresses. */
final class Iovecs {
    /** Most bytes that one call moves: MAX_RW_COUNT. read(2), "NOTES". */
    static final long MAX_TRANSFER = 0x7ffff000L;
    /** IOV_MAX. */
    static final int MAX_COUNT = 1024;

    private static final int BYTES = 16;

    private Iovecs() {}

    /**
     * Address of a host copy in {@code scratch}; together at most {@link #MAX_TRANSFER} bytes.
     *
     * @param count 0 to 1024, else EINVAL
     */
    static long toHost(GuestMemory memory, Scratch scratch, long vector, long count, Access access) {
        if (count < 0 || count > MAX_COUNT) throw new SyscallFailure(EINVAL);
        if (count == 0) return 0;
        byte[] guest = memory.read(vector, (int) count * BYTES);
        long host = scratch.bytes(guest);
        long left = MAX_TRANSFER;
        for (int i = 0; i < count; i++) {
            long entry = host + (long) BYTES * i;
            long length = scratch.getLong(entry + 8);
            if (length < 0) throw new SyscallFailure(EINVAL);
            long address = memory.range(scratch.getLong(entry), length, access);
            long moved = Math.min(length, left);
            scratch.putLong(entry, address);
            scratch.putLong(entry + 8, moved);
            left -= moved;
        }
        return host;
    }
}
