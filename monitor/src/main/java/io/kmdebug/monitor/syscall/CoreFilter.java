package io.kmdebug.monitor.syscall;

import io.kmdebug.monitor.state.ControlState;

/** Which mappings a core has the content of: the bits of {@code /proc/PID/coredump_filter}. core(5). */
public final class CoreFilter {
    /** Anonymous private memory, and private file mappings that were written to. */
    public static final int ANONYMOUS_PRIVATE = 1;

    public static final int ANONYMOUS_SHARED = 1 << 1;
    public static final int FILE_PRIVATE = 1 << 2;
    public static final int FILE_SHARED = 1 << 3;
    /** The first page of a mapped file that is an ELF one. */
    public static final int ELF_HEADERS = 1 << 4;

    private static final int MOST = (1 << 9) - 1;

    /** Linux's own, and the files' private pages, so that a core can be read where the files are not. */
    public static final int DEFAULT = ControlState.USUAL_CORE_FILTER;

    private CoreFilter() {}

    /**
     * Decimal, 0x or 0, as the kernel reads it; bits that mean nothing are dropped.
     *
     * @throws NumberFormatException when it is no number
     */
    public static int parse(String text) {
        long number = Long.decode(text.strip());
        if (number < 0 || number >= 1L << 32) throw new NumberFormatException("not 32 bits: " + text);
        return (int) number & MOST;
    }

    /** As the file has it. */
    static String text(int filter) {
        return String.format("%08x\n", filter);
    }
}
