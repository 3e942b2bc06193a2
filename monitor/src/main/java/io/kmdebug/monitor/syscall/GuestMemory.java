package io.kmdebug.monitor.syscall;

/**
 * The payload's memory as handlers see it: every access is checked against the address space (range, protection,
 * overflow); a bad one is {@link GuestFault}. No handler does address arithmetic beyond field offsets.
 */
public interface GuestMemory {
    /**
     * Host address of a guest range, for a host call that is handed the pointer. The range stays mapped for the call.
     *
     * @param length bytes; 0 is allowed and checks nothing
     */
    long host(long guest, long length, Access access);

    /**
     * How many bytes from {@code guest} on can be accessed, at most {@code length}: what the kernel would copy before
     * its first fault. 0 when not even the first byte can be.
     */
    default long accessible(long guest, long length, Access access) {
        try {
            host(guest, length, access);
            return length;
        } catch (GuestFault bad) {
            return 0;
        }
    }

    /**
     * Host address of a guest range for a host call that moves bytes and itself meets the protection of every page, as
     * the kernel does for a native program: partial results and EFAULT come out the same. Checked is only that the
     * range lies within the payload's address space.
     *
     * @param length bytes, negative counts as too long
     */
    default long range(long guest, long length, Access access) {
        return host(guest, length, access);
    }

    byte[] read(long guest, int length);

    void write(long guest, byte[] data);

    int readInt(long guest);

    long readLong(long guest);

    void writeInt(long guest, int value);

    void writeLong(long guest, long value);

    /** Atomically replaces the int at {@code guest} when it is {@code expected}; returns whether it did. */
    boolean compareAndSetInt(long guest, int expected, int value);

    /** A NUL-terminated string without its NUL, as bytes of ISO-8859-1 so that any path survives; at most {@code max}. */
    String readString(long guest, int max);
}
