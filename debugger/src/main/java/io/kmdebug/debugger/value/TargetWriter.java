package io.kmdebug.debugger.value;

import io.kmdebug.machine.AmdRegister;

/** Changes the payload. It exists only where a change is allowed, so that looking at something cannot change it. */
public interface TargetWriter {
    /**
     * Writes all of {@code data}; memory readers of the session see it afterwards.
     *
     * @throws io.kmdebug.debugger.DebuggerException when not all of it can be written; the message says why
     */
    void writeMemory(long address, byte[] data);

    /**
     * Writes a register of the frame that the value came from.
     *
     * @param value exactly {@link AmdRegister#bytes()} bytes, little-endian
     * @throws io.kmdebug.debugger.DebuggerException when it cannot be written
     */
    void writeRegister(AmdRegister register, byte[] value);
}
