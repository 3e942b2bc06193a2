package io.kmdebug.monitor.memory;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;

/**
 * Which pages of the monitor's own host memory are populated, from {@code /proc/self/pagemap}: by the PAGEMAP_SCAN
 * request (Linux 6.7), whose cost is that of what is there, else by reading an entry a page. proc_pid_pagemap(5),
 * ioctl PAGEMAP_SCAN(2const).
 */
final class PageScan {
    private static final int PAGE = AddressSpace.PAGE;
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int NR_PREAD64 = 17;
    private static final int ENOTTY = 25;
    private static final int EINVAL = 22;
    /** _IOWR('f', 16, struct pm_scan_arg). */
    private static final long PAGEMAP_SCAN = 0xc060_6610L;

    private static final int ARGUMENT_BYTES = 96;
    private static final int REGION_BYTES = 24;
    private static final int IS_FILE = 1 << 2;
    private static final int IS_PRESENT = 1 << 3;
    private static final int IS_SWAPPED = 1 << 4;
    private static final int IS_ZERO_PAGE = 1 << 5;

    private static final int ENTRIES = 1 << 12;
    private static final long ENTRY_POPULATED = 3L << 62;
    /** Page is file-mapped or shared anonymous. */
    private static final long ENTRY_FILE = 1L << 61;

    private final int pagemap;
    private final long buffer = HostMemory.allocate(8L * ENTRIES);
    private boolean scans = true;

    PageScan() {
        pagemap = HostCall.open("/proc/self/pagemap", O_RDONLY_CLOEXEC);
        if (pagemap < 0) throw new HostFailure("cannot open /proc/self/pagemap", -pagemap);
    }

    /**
     * The first page between two host addresses, page aligned, that is populated with content of its own, or, inverted,
     * the first that is not; {@code end} when there is none. Pages of files and untouched ones have no such content.
     */
    synchronized long next(long host, long end, boolean populated) {
        if (host >= end) return end;
        if (scans) {
            if (populated) return scan(host, end, true);
            // What is not populated is not reported: the end of the run that begins here.
            long from = scan(host, end, true);
            if (from > host || !scans) return scans ? host : read(host, end, false);
            return HostMemory.getLong(buffer + ARGUMENT_BYTES + 8);
        }
        return read(host, end, populated);
    }

    /** Bytes of the range that are populated with content of its own; or with any, files included. */
    synchronized long bytes(long host, long end, boolean files) {
        long sum = 0;
        for (long at = host; at < end; ) {
            long from = scans ? scan(at, end, !files) : end;
            if (!scans) return readBytes(host, end, files);
            if (from >= end) break;
            long to = HostMemory.getLong(buffer + ARGUMENT_BYTES + 8);
            sum += to - from;
            at = to;
        }
        return sum;
    }

    private long scan(long host, long end, boolean own) {
        long vector = buffer + ARGUMENT_BYTES;
        HostMemory.clear(buffer, ARGUMENT_BYTES + REGION_BYTES);
        HostMemory.putLong(buffer, ARGUMENT_BYTES);
        HostMemory.putLong(buffer + 16, host);
        HostMemory.putLong(buffer + 24, end);
        HostMemory.putLong(buffer + 40, vector);
        HostMemory.putLong(buffer + 48, 1); // vec_len
        // category_inverted, category_mask: none of these; category_anyof_mask: one of those
        long none = own ? IS_FILE | IS_ZERO_PAGE : 0;
        HostMemory.putLong(buffer + 64, none);
        HostMemory.putLong(buffer + 72, none);
        HostMemory.putLong(buffer + 80, IS_PRESENT | IS_SWAPPED);
        long found = HostCall.ioctl(pagemap, PAGEMAP_SCAN, buffer);
        if (found == -ENOTTY || found == -EINVAL) {
            scans = false;
            return read(host, end, own);
        }
        if (found < 0) throw new HostFailure("cannot scan /proc/self/pagemap", -found);
        return found == 0 ? end : HostMemory.getLong(vector);
    }

    private long read(long host, long end, boolean populated) {
        for (long at = host; at < end; ) {
            int got = entries(at, end);
            for (int i = 0; i < got; i++) {
                if (isOwn(HostMemory.getLong(buffer + 8L * i)) == populated) return at + (long) i * PAGE;
            }
            at += (long) got * PAGE;
        }
        return end;
    }

    private long readBytes(long host, long end, boolean files) {
        long sum = 0;
        for (long at = host; at < end; ) {
            int got = entries(at, end);
            for (int i = 0; i < got; i++) {
                long entry = HostMemory.getLong(buffer + 8L * i);
                if (files ? (entry & ENTRY_POPULATED) != 0 : isOwn(entry)) sum += PAGE;
            }
            at += (long) got * PAGE;
        }
        return sum;
    }

    private int entries(long host, long end) {
        long wanted = Math.min(ENTRIES, (end - host) / PAGE);
        long got = Native.syscall(NR_PREAD64, pagemap, buffer, 8 * wanted, host / PAGE * 8) / 8;
        if (got <= 0) throw new HostFailure("cannot read /proc/self/pagemap");
        return (int) got;
    }

    private static boolean isOwn(long entry) {
        return (entry & ENTRY_POPULATED) != 0 && ((entry & ENTRY_FILE) == 0 || (entry & ENTRY_POPULATED) == 1L << 62);
    }
}
