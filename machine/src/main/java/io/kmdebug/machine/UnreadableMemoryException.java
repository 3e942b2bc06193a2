package io.kmdebug.machine;

import java.io.Serial;

/** Memory that the target does not have, or does not give. */
public final class UnreadableMemoryException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final long address;

    /** @param address the first address that could not be read */
    public UnreadableMemoryException(long address) {
        super(String.format("cannot read memory at 0x%x", address));
        this.address = address;
    }

    public long address() {
        return address;
    }
}
