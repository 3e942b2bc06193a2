package io.kmdebug.debugger;

/**
 * What was read from the payload's memory.
 *
 * @param address of the first byte
 * @param unreadableBytes how many bytes behind {@code data} could not be read
 */
@SuppressWarnings("ArrayRecordComponent") // handed to one caller and never compared
public record MemoryBlock(long address, byte[] data, int unreadableBytes) {}
