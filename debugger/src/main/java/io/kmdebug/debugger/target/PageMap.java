package io.kmdebug.debugger.target;

import java.util.Optional;

/**
 * Which pages of a process are there, by {@code /proc/PID/pagemap}. Linux {@code
 * Documentation/admin-guide/mm/pagemap.rst}.
 */
final class PageMap {
    private static final int ENTRY_BYTES = 8;
    private static final int ENTRIES = 1 << 17;
    /** Present, or swapped out. */
    private static final int THERE = 0xc0;

    private final ProcFolder process;
    private byte[] entries = new byte[0];
    private long from;

    PageMap(ProcFolder process) {
        this.process = process;
    }

    /** Whether a page, by its number, is there; true where that is not known. */
    boolean isThere(long page, long pagesLeft) {
        if (page < from || page >= from + entries.length / ENTRY_BYTES) {
            int bytes = (int) Math.min(ENTRIES, pagesLeft) * ENTRY_BYTES;
            Optional<byte[]> read = process.read("pagemap", page * ENTRY_BYTES, bytes);
            if (read.isEmpty() || read.get().length < ENTRY_BYTES) return true;
            entries = read.get();
            from = page;
        }
        return (entries[(int) (page - from) * ENTRY_BYTES + ENTRY_BYTES - 1] & THERE) != 0;
    }
}
