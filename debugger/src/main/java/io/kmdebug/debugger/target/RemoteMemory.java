package io.kmdebug.debugger.target;

import io.kmdebug.coredump.CoreMemorySource;
import io.kmdebug.coredump.CoreRegion;
import io.kmdebug.machine.ElfSegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * The memory of a process behind a stub, as Linux would put it into a core. Linux {@code fs/coredump.c},
 * vma_dump_size, with the usual {@code coredump_filter}. Of large mappings only the pages that the process has touched are
 * asked for.
 */
final class RemoteMemory implements CoreMemorySource {
    private static final int PAGE = 4096;
    /** Untouched memory of that size is left out of the file rather than made a hole in it. */
    private static final long LEFT_OUT = 16L << 30;
    /** Of what is larger it is not asked which pages are there: the answer alone would be gigabytes. */
    private static final long LARGEST = 1L << 40;

    private static final long LARGEST_AFAR = 8L << 30;
    /** Less is read as fast as it is asked for. */
    private static final long SMALL = 4L << 20;

    private static final byte[] ELF_MAGIC = {0x7f, 'E', 'L', 'F'};

    private final LiveTarget target;
    private final PageMap pages;
    private final long largest;
    private final List<CoreRegion> regions = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    /** Those with few pages in much room, by start. */
    private final TreeMap<Long, MappedRegion> thin = new TreeMap<>();

    RemoteMemory(LiveTarget target, List<MappedRegion> mapped, ProcFolder process) {
        this.target = target;
        this.pages = new PageMap(process);
        this.largest = process.isHere() ? LARGEST : LARGEST_AFAR;
        for (MappedRegion region : mapped) add(region);
    }

    /** What is missing, a sentence each. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    private void add(MappedRegion region) {
        if (region.path().equals("[vsyscall]")) return;
        boolean wanted = region.flags() != 0 && !region.excluded() && isWanted(region);
        boolean untouched = region.presentBytes() == 0 && region.isAnonymous();
        if (wanted && untouched && region.bytes() >= LEFT_OUT) wanted = false;
        if (wanted && region.bytes() > largest) {
            notes.add(String.format("the mapping at 0x%x of %d GiB is left out", region.start(), region.bytes() >> 30));
            wanted = false;
        }
        if (!wanted && region.fileOffset() == 0 && region.isFile() && !region.shared() && isElf(region.start())) {
            regions.add(new CoreRegion(region.start(), region.start() + PAGE, region.flags(), true));
            if (region.bytes() > PAGE) add(region, region.start() + PAGE, false);
            return;
        }
        if (wanted && isThin(region)) thin.put(region.start(), region);
        add(region, region.start(), wanted);
    }

    private void add(MappedRegion region, long from, boolean stored) {
        regions.add(new CoreRegion(from, region.end(), region.flags(), stored));
    }

    private static boolean isWanted(MappedRegion region) {
        if (region.isAnonymous()) return true;
        if (region.shared()) return false;
        if (region.anonymousBytes() >= 0) return region.anonymousBytes() > 0;
        // which pages were written to is not known, and relocated ones cannot be any more
        return (region.flags() & ElfSegment.PF_X) == 0;
    }

    private static boolean isThin(MappedRegion region) {
        boolean sparse = region.presentBytes() >= 0 && region.presentBytes() < region.bytes() / 2;
        return sparse && region.isAnonymous() && !region.shared() && region.bytes() >= SMALL;
    }

    private boolean isElf(long address) {
        byte[] magic = new byte[ELF_MAGIC.length];
        return target.readUncached(address, magic, 0, magic.length) == magic.length && Arrays.equals(magic, ELF_MAGIC);
    }

    @Override
    public List<CoreRegion> regions() {
        return List.copyOf(regions);
    }

    @Override
    public int read(long address, byte[] into, int offset, int length) {
        return target.readUncached(address, into, offset, length);
    }

    @Override
    public long nextTouched(long address, long end) {
        var region = thin.floorEntry(address);
        if (region == null || region.getValue().end() < end) return address;
        for (long at = address; at < end; at += PAGE) {
            if (pages.isThere(at / PAGE, (end - at) / PAGE)) return at;
        }
        return end;
    }
}
