package io.kmdebug.monitor.memory;

import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.platform.VirtualCpu;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A platform on which some pages are entered with fewer rights than the payload has there, whoever enters them: the
 * payload's access is a page fault then, and the monitor's own and the host's are not. The page tables' part is guarded
 * by the address space's write lock.
 */
final class GuardedPlatform implements Platform {
    private final Platform platform;
    /** Rights that are withheld, by page. */
    private final NavigableMap<Long, Integer> withheld = new TreeMap<>();

    GuardedPlatform(Platform platform) {
        this.platform = platform;
    }

    /** These rights are withheld from now on, 0 for none. The page's entry is as it was. */
    void withhold(long page, int rights) {
        if (rights == 0) withheld.remove(page);
        else withheld.put(page, rights);
    }

    /** What is withheld of the page. */
    int withheld(long page) {
        return withheld.isEmpty() ? 0 : withheld.getOrDefault(page, 0);
    }

    @Override
    public void map(long guest, long length, int protection) {
        long at = guest;
        for (long page : pages(guest, length)) {
            if (at < page) platform.map(at, page - at, protection);
            platform.map(page, PAGE, granted(page, protection));
            at = page + PAGE;
        }
        if (at < guest + length) platform.map(at, guest + length - at, protection);
    }

    @Override
    public void mapLarge(long guest, long length, int protection) {
        if (withheld.isEmpty()) {
            platform.mapLarge(guest, length, protection);
            return;
        }
        for (long at = guest; at < guest + length; at += LARGE_PAGE) {
            if (pages(at, LARGE_PAGE).length == 0) platform.mapLarge(at, LARGE_PAGE, protection);
            else map(at, LARGE_PAGE, protection);
        }
    }

    @Override
    public void protect(long guest, long length, int protection) {
        long at = guest;
        for (long page : pages(guest, length)) {
            if (at < page) platform.protect(at, page - at, protection);
            platform.protect(page, PAGE, granted(page, protection));
            at = page + PAGE;
        }
        if (at < guest + length) platform.protect(at, guest + length - at, protection);
    }

    private long[] pages(long guest, long length) {
        if (withheld.isEmpty()) return new long[0];
        return withheld.subMap(guest, guest + length).keySet().stream()
                .mapToLong(Long::longValue)
                .toArray();
    }

    private int granted(long page, int protection) {
        return protection & ~withheld(page);
    }

    @Override
    public VirtualCpu acquireCpu() {
        return platform.acquireCpu();
    }

    @Override
    public void releaseCpu(VirtualCpu cpu) {
        platform.releaseCpu(cpu);
    }

    @Override
    public void unmap(long guest, long length) {
        platform.unmap(guest, length);
    }

    @Override
    public int protection(long guest) {
        return platform.protection(guest);
    }

    @Override
    public long tableBytes() {
        return platform.tableBytes();
    }

    @Override
    public boolean tracesProcesses() {
        return platform.tracesProcesses();
    }

    @Override
    public int tracedProcess() {
        return platform.tracedProcess();
    }

    @Override
    public long xfeatures() {
        return platform.xfeatures();
    }

    @Override
    public long vdso() {
        return platform.vdso();
    }

    @Override
    public long restorer() {
        return platform.restorer();
    }
}
