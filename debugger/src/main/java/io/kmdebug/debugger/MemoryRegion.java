package io.kmdebug.debugger;

import org.jspecify.annotations.Nullable;

/**
 * A part of a core's address space.
 *
 * @param start address of the first byte
 * @param end address behind the last byte
 * @param access such as {@code rw-}
 * @param savedBytes how many of its bytes are in the core; the others may be in a file
 * @param what path of the file that is mapped there, {@code stack pointer of thread 7}, {@code vdso}; null for anything else
 */
public record MemoryRegion(
        long start,
        long end,
        String access,
        long savedBytes,
        @Nullable String what) {}
