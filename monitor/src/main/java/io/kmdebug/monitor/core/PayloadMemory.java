package io.kmdebug.monitor.core;

import io.kmdebug.coredump.CoreMemorySource;
import io.kmdebug.coredump.CoreRegion;
import io.kmdebug.coredump.MemoryCopier;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.DebugMemory;
import io.kmdebug.monitor.memory.PopulatedPages;
import io.kmdebug.monitor.memory.Region;
import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.platform.VdsoPages;
import io.kmdebug.monitor.syscall.CoreFilter;
import io.kmdebug.monitor.thread.DebugHook;
import io.kmdebug.monitor.thread.Payload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * The payload's memory as its core has it: what it mapped, as far as {@link CoreFilter} wants it, and the vDSO.
 * Reservations have an extent only, and so has what was never touched in anonymous memory of 16 GiB and more: with it
 * the file would be longer than files can be.
 */
final class PayloadMemory implements CoreMemorySource {
    /** Untouched memory of that size is left out of the file rather than made a hole in it. */
    private static final long LEFT_OUT = 16L << 30;
    /** Of private file mappings from here on only what differs from the file is stored. */
    private static final long LARGE_FILE = 1L << 30;

    private static final int PAGE = 4096;
    private static final byte[] ELF_MAGIC = {0x7f, 'E', 'L', 'F'};

    private final DebugMemory memory;
    private final AddressSpace space;
    private final DebugHook debugger;
    private final PopulatedPages populated;
    private final int filter;

    private final List<CoreRegion> regions = new ArrayList<>();
    /** Anonymous regions by start: only their untouched pages are certain to be zeros. */
    private final TreeMap<Long, Region> anonymous = new TreeMap<>();

    /**
     * @param vdso guest address of the vDSO, or 0
     */
    PayloadMemory(Payload payload, long vdso) {
        AddressSpace space = payload.space();
        this.space = space;
        this.debugger = payload.debugHook();
        this.filter = payload.services().limits().coreFilter();
        this.memory = new DebugMemory(space);
        this.populated = new PopulatedPages(space);
        for (Region region : space.regions()) add(region);
        if (vdso != 0) {
            long end = VdsoPages.start() + VdsoPages.bytes();
            regions.add(new CoreRegion(vdso, end, ElfSegment.PF_R | ElfSegment.PF_X, true));
        }
    }

    private void add(Region region) {
        boolean kept = region.protection() != 0 && !region.pristine() && !region.has(Region.NO_DUMP);
        boolean stored = kept && isWanted(region);
        if (kept && !stored && isHeader(region)) {
            add(region, region.start(), region.start() + PAGE, true);
            if (region.length() > PAGE) {
                add(region, region.start() + PAGE, region.end(), false);
            }
            return;
        }
        if (region.file() == null) anonymous.put(region.start(), region);
        if (stored && region.length() >= (region.file() == null ? LEFT_OUT : LARGE_FILE)) {
            addTouched(region);
        } else {
            add(region, region.start(), region.end(), stored);
        }
    }

    /** Linux {@code fs/coredump.c}, vma_dump_size. */
    private boolean isWanted(Region region) {
        boolean file = region.file() != null;
        if (region.shared()) return has(file ? CoreFilter.FILE_SHARED : CoreFilter.ANONYMOUS_SHARED);
        if (!file) return has(CoreFilter.ANONYMOUS_PRIVATE);
        if (has(CoreFilter.FILE_PRIVATE)) return true;
        return has(CoreFilter.ANONYMOUS_PRIVATE) && populated.next(region, region.start()) < region.end();
    }

    private boolean has(int bit) {
        return (filter & bit) != 0;
    }

    private boolean isHeader(Region region) {
        if (!has(CoreFilter.ELF_HEADERS) || region.file() == null || region.offset() != 0) return false;
        byte[] magic = new byte[ELF_MAGIC.length];
        return memory.read(region.start(), magic, 0, magic.length) == magic.length && Arrays.equals(magic, ELF_MAGIC);
    }

    /** Pieces with what was touched, and between them the extents of what was not. */
    private void addTouched(Region region) {
        long at = region.start();
        while (at < region.end()) {
            long from = populated.next(region, at);
            if (from > at) add(region, at, from, false);
            if (from == region.end()) return;
            long to = populated.end(region, from);
            for (long next = populated.next(region, to);
                    next < region.end() && next - to < LEFT_OUT;
                    next = populated.next(region, to)) {
                to = populated.end(region, next);
            }
            add(region, from, to, true);
            at = to;
        }
    }

    private void add(Region region, long start, long end, boolean stored) {
        regions.add(new CoreRegion(start, end, flags(region.protection()), stored));
    }

    private static int flags(int protection) {
        return ((protection & Platform.READ) != 0 ? ElfSegment.PF_R : 0)
                | ((protection & Platform.WRITE) != 0 ? ElfSegment.PF_W : 0)
                | ((protection & Platform.EXECUTE) != 0 ? ElfSegment.PF_X : 0);
    }

    @Override
    public List<CoreRegion> regions() {
        return List.copyOf(regions);
    }

    @Override
    public long nextTouched(long address, long end) {
        var entry = anonymous.floorEntry(address);
        if (entry == null || entry.getValue().end() < end) return address;
        return Math.min(end, populated.next(entry.getValue(), address));
    }

    @Override
    public int read(long address, byte[] target, int offset, int length) {
        int got = memory.read(address, target, offset, length);
        debugger.hide(address, target, offset, got);
        return got;
    }

    @Override
    public MemoryCopier copier(Path file) throws IOException {
        return new DirectCopy(space, new TreeMap<>(debugger.hiddenBytes()), file);
    }
}
