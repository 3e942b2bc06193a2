package io.kmdebug.coredump;

/**
 * A part of the address space: a PT_LOAD of the core.
 *
 * @param start first address, on a page boundary
 * @param end address behind the last byte, on a page boundary
 * @param flags PF_X 1, PF_W 2, PF_R 4
 * @param stored whether its bytes go into the file; without, only its extent is said (p_filesz 0)
 */
public record CoreRegion(long start, long end, int flags, boolean stored) {
    public CoreRegion {
        if (((start | end) & (CoreWriter.PAGE_BYTES - 1)) != 0 || Long.compareUnsigned(start, end) >= 0) {
            throw new IllegalArgumentException(String.format("region 0x%x to 0x%x is not made of pages", start, end));
        }
    }

    long bytes() {
        return end - start;
    }
}
