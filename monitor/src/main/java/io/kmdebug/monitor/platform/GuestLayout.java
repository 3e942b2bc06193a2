package io.kmdebug.monitor.platform;

/**
 * What lies where, the same on every platform. The payload has guest addresses below {@link #PAYLOAD_END}; everything
 * of the monitor's own is above.
 */
public final class GuestLayout {
    /** End of the addresses a payload can have, 32 TiB; its memory is one linear window of host addresses. */
    public static final long PAYLOAD_END = 0x2000_0000_0000L;
    /** Lowest address that mmap hands out; as vm.mmap_min_addr. */
    public static final long PAYLOAD_START = 0x10000;
    /** The host's [vvar] and [vdso], user r-x. */
    public static final long VDSO = 0x7ffd_0000_0000L;
    /** The monitor's page that the payload may execute, user r-x. */
    public static final long STUB = 0x7ffe_0000_0000L;
    /** {@code mov $15,%eax; syscall}. */
    public static final long RESTORER = STUB + 64;
    /** The eight bytes at {@link #RESTORER}, and a zero. */
    public static final long RESTORER_CODE = 0x050f_0000_000f_b8L;

    private GuestLayout() {}
}
