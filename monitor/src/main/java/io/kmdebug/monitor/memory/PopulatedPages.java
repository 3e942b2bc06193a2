package io.kmdebug.monitor.memory;

/**
 * Which pages of a region hold something of their own, for whoever hands memory over: forks, snapshots, cores. Of
 * anonymous memory those ever touched; of private file mappings those written to, since the file has the others; of
 * shared anonymous memory those with data; of shared file mappings none. The payload must be stopped, else the answer
 * is old at once.
 */
public final class PopulatedPages {
    private final HostWindow window;

    public PopulatedPages(AddressSpace space) {
        this.window = space.window();
    }

    /** The first such page from {@code from} on, an address in the region; the region's end when there is none. */
    public long next(Region region, long from) {
        MappedFile backing = region.backing();
        if (region.pristine()) return region.end();
        if (!region.shared() || backing == null) return window.nextPopulated(from, region.end());
        if (!backing.isAnonymous()) return region.end();
        long shift = region.start() - region.offset();
        long found = backing.nextData(from - shift);
        return found >= region.end() - shift ? region.end() : Math.max(from, (found & -AddressSpace.PAGE) + shift);
    }

    /** The first page from {@code from} on, which is populated, that is not; at most the region's end. */
    public long end(Region region, long from) {
        MappedFile backing = region.backing();
        if (!region.shared() || backing == null) return window.nextHole(from, region.end());
        long shift = region.start() - region.offset();
        long found = backing.nextHole(from - shift);
        if (found >= region.end() - shift) return region.end();
        return (found + AddressSpace.PAGE - 1 & -AddressSpace.PAGE) + shift;
    }
}
