package io.kmdebug.monitor.memory;

import static io.kmdebug.monitor.memory.AddressSpace.LARGE_PAGE;

import io.kmdebug.monitor.platform.OutOfTables;
import io.kmdebug.monitor.platform.Platform;

/**
 * Which of a region's pages get their page table entries at once, and of which size: small regions whole, so that they
 * need no page fault; of larger ones only what is touched. For callers that hold the address space's write lock.
 */
final class PageEntries {
    /** Larger mappings get their page table entries when they are touched. */
    static final long EAGER_BYTES = 16L << 20;

    /** Anonymous memory up to this size, mapped at once for use, is taken for a buffer that is going to be filled. */
    private static final long BUFFER_BYTES = 8L << 20;

    private static final int MADV_HUGEPAGE = 14;

    private final HostWindow window;
    private final Platform platform;

    PageEntries(HostWindow window, Platform platform) {
        this.window = window;
        this.platform = platform;
    }

    /** Write implies read and execute implies read, as x86-64 page tables have it. */
    static int entryProtection(int protection) {
        return protection == 0 ? 0 : protection | Platform.READ;
    }

    /** Enters all pages of a region, unless they are too many to do so before they are touched. */
    void fill(Region region) {
        long limit = isPlain(region) ? BUFFER_BYTES : EAGER_BYTES;
        if (region.length() <= limit && !region.pristine()) {
            enter(region, region.start(), region.end(), isDense(region));
        }
    }

    /** Memory that was mapped for use at once, and of which nothing more is known. */
    private static boolean isPlain(Region region) {
        return region.backing() == null && !region.has(Region.SPARSE);
    }

    /**
     * Enters pages of a region with its rights.
     *
     * @param large whether by large pages where they fit
     * @return false without enough memory for tables: the pages are entered when they are touched, and missed then
     */
    boolean enter(Region region, long start, long end, boolean large) {
        int granted = entryProtection(region.protection());
        try {
            if (!large || end - start < LARGE_PAGE) {
                platform.map(start, end - start, granted);
                return true;
            }
            long first = start + LARGE_PAGE - 1 & -LARGE_PAGE;
            long last = end & -LARGE_PAGE;
            if (first >= last) {
                platform.map(start, end - start, granted);
                return true;
            }
            if (first > start) platform.map(start, first - start, granted);
            platform.mapLarge(first, last - first, granted);
            if (end > last) platform.map(last, end - last, granted);
            return true;
        } catch (OutOfTables full) {
            return false;
        }
    }

    /** Pages that are entered get their new rights; those that cannot for lack of tables get them when touched. */
    void raise(Region part, int protection) {
        try {
            platform.protect(part.start(), part.length(), protection);
        } catch (OutOfTables full) {
            platform.unmap(part.start(), part.length());
        }
    }

    /** Whether it is worth large pages throughout: what the payload says is, and what looks like one buffer. */
    static boolean isDense(Region region) {
        boolean possible = region.backing() == null && region.length() >= LARGE_PAGE && (region.protection() & 2) != 0;
        if (!possible || region.has(Region.NO_HUGE)) return false;
        return region.has(Region.HUGE) || region.length() <= BUFFER_BYTES && !region.has(Region.SPARSE);
    }

    /** Tells the host of a region's large pages before the first touch, if it is worth them. */
    void adviseLarge(Region region) {
        if (isDense(region) && (region.start() + LARGE_PAGE - 1 & -LARGE_PAGE) + LARGE_PAGE <= region.end()) {
            adviseLarge(region.start(), region.length());
        }
    }

    /** Asks the host for large pages. One that knows none refuses, and nothing is lost. */
    void adviseLarge(long start, long bytes) {
        window.advise(start, bytes, MADV_HUGEPAGE);
    }
}
