package io.kmdebug.machine;

/**
 * A program header. gABI "Program Header".
 *
 * @param flags PF_X 1, PF_W 2, PF_R 4
 * @param offset bytes from the start of the file
 * @param address p_vaddr
 * @param fileSize bytes in the file
 * @param memorySize bytes in memory
 */
public record ElfSegment(
        int type,
        int flags,
        long offset,
        long address,
        long physicalAddress,
        long fileSize,
        long memorySize,
        long align) {
    public static final int PT_LOAD = 1;
    public static final int PT_DYNAMIC = 2;
    public static final int PT_INTERP = 3;
    public static final int PT_NOTE = 4;
    public static final int PT_PHDR = 6;
    public static final int PT_TLS = 7;
    public static final int PT_GNU_EH_FRAME = 0x6474_e550;
    public static final int PT_GNU_STACK = 0x6474_e551;
    public static final int PF_X = 1;
    public static final int PF_W = 2;
    public static final int PF_R = 4;

    /**
     * Of a program's PT_TLS: how far below the thread pointer its block begins, which ends there, as far as alignment
     * lets it. ELF Handling for Thread-Local Storage §3.4.6, variant II.
     */
    public long belowThreadPointer() {
        return memorySize + (-memorySize - address & Math.max(1, align) - 1);
    }

    public boolean contains(long virtualAddress) {
        return Long.compareUnsigned(virtualAddress - address, memorySize) < 0;
    }
}
