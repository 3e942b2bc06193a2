package io.kmdebug.monitor.syscall;

import java.io.Serial;

/** A guest pointer that does not point at memory of the payload with the needed protection: EFAULT to the payload. */
public final class GuestFault extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public GuestFault(long address) {
        super("guest address 0x" + Long.toHexString(address), null, false, false);
    }
}
