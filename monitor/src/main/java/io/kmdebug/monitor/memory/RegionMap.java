package io.kmdebug.monitor.memory;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Regions in order of address; none overlap. Guarded by the lock of {@link AddressSpace}. Kept in blocks that know the
 * largest gap between their regions, so that tens of thousands of regions cost no more than a few.
 */
final class RegionMap {
    private static final int BLOCK = 256;
    /** A position's block is in its upper half, the index there in its lower one. */
    private static final int BLOCK_SHIFT = 32;

    /** A run of regions in order. */
    private static final class Block {
        private Region[] regions = new Region[16];
        private int count;
        /** Largest free range between two of them; -1: not known. */
        private long gap = -1;

        long gap() {
            if (gap < 0) {
                gap = 0;
                for (int i = 1; i < count; i++) {
                    gap = Math.max(gap, regions[i].floor() - regions[i - 1].end());
                }
            }
            return gap;
        }

        void insert(int index, Region region) {
            if (count == regions.length) regions = java.util.Arrays.copyOf(regions, 2 * count);
            System.arraycopy(regions, index, regions, index + 1, count - index);
            regions[index] = region;
            count++;
            gap = -1;
        }

        @SuppressWarnings("NullAway") // slots from count on are nobody's
        void remove(int index) {
            System.arraycopy(regions, index + 1, regions, index, --count - index);
            regions[count] = null;
            gap = -1;
        }

        Block split() {
            Block upper = new Block();
            int kept = count / 2;
            for (int i = kept; i < count; i++) upper.insert(i - kept, regions[i]);
            while (count > kept) remove(count - 1);
            return upper;
        }
    }

    private final ArrayList<Block> blocks = new ArrayList<>();
    private final ArrayList<MappedFile> unused = new ArrayList<>(0);
    private int count;
    private long bytes;
    private long dataBytes;
    private long lockedBytes;
    private long peakBytes;

    int count() {
        return count;
    }

    /** Bytes of all regions. */
    long bytes() {
        return bytes;
    }

    /** Bytes that count for RLIMIT_DATA. */
    long dataBytes() {
        return dataBytes;
    }

    /** The most that {@link #bytes} ever was. */
    long peakBytes() {
        return peakBytes;
    }

    long lockedBytes() {
        return lockedBytes;
    }

    List<Region> all() {
        ArrayList<Region> all = new ArrayList<>(count);
        for (Block block : blocks) for (int i = 0; i < block.count; i++) all.add(block.regions[i]);
        return all;
    }

    @Nullable
    Region at(long address) {
        Region region = get(seek(address));
        return region != null && region.contains(address) ? region : null;
    }

    /** The first region that ends after an address. */
    @Nullable
    Region endingAfter(long address) {
        return get(seek(address));
    }

    /** The last region that ends at or before an address. */
    @Nullable
    Region endingBefore(long address) {
        return get(previous(seek(address)));
    }

    boolean isFree(long start, long end) {
        Region region = get(seek(start));
        return region == null || region.start() >= end;
    }

    /** Like {@link #isFree}, with the space counted as taken that is kept free below memory that grows down. */
    boolean isRoom(long start, long end) {
        Region region = get(seek(start));
        return region == null || region.floor() >= end;
    }

    /** The parts of regions between two addresses, in order. */
    List<Region> parts(long start, long end) {
        ArrayList<Region> parts = new ArrayList<>(2);
        long position = seek(start);
        for (Region region = get(position); region != null; region = get(position)) {
            if (region.start() >= end) break;
            parts.add(region.part(Math.max(start, region.start()), Math.min(end, region.end())));
            position = next(position);
        }
        return parts;
    }

    /** Bytes of regions between two addresses. */
    long bytes(long start, long end) {
        long sum = 0;
        long position = seek(start);
        for (Region region = get(position); region != null; region = get(position)) {
            if (region.start() >= end) break;
            sum += Math.min(end, region.end()) - Math.max(start, region.start());
            position = next(position);
        }
        return sum;
    }

    /** Whether parts cover every address from {@code start} to {@code end}. */
    static boolean cover(List<Region> parts, long start, long end) {
        long at = start;
        for (Region part : parts) {
            if (part.start() != at) return false;
            at = part.end();
        }
        return at == end;
    }

    /** The range must be free. Joins the neighbours when they are alike. */
    void add(Region region) {
        long position = seek(region.start());
        Region next = get(position);
        if (next != null && region.joins(next)) {
            delete(position);
            region = join(region, next);
            position = seek(region.start());
        }
        long before = previous(position);
        Region previous = get(before);
        if (previous != null && previous.joins(region)) {
            delete(before);
            region = join(previous, region);
            position = seek(region.start());
        }
        insert(position, region);
    }

    private static Region join(Region first, Region next) {
        return new Region(
                first.start(),
                next.end(),
                first.protection(),
                first.shared(),
                first.backing(),
                first.offset(),
                first.name(),
                first.flags());
    }

    /** Takes a range out, cutting the regions at its ends. */
    void remove(long start, long end) {
        long position = seek(start);
        for (Region region = get(position); region != null && region.start() < end; region = get(position)) {
            delete(position);
            if (region.start() < start) insert(seek(region.start()), region.part(region.start(), start));
            if (region.end() > end) insert(seek(end), region.part(end, region.end()));
            position = seek(start);
        }
    }

    /** The highest free range of {@code length} bytes between two addresses; -1 when there is none. */
    long highestFree(long length, long lowest, long highest) {
        long ceiling = highest;
        for (int b = blocks.size() - 1; b >= 0; b--) {
            Block block = blocks.get(b);
            Region last = block.regions[block.count - 1];
            Region first = block.regions[0];
            if (first.start() >= ceiling) continue;
            if (last.start() < ceiling) {
                if (ceiling - length >= Math.max(lowest, last.end())) return ceiling - length;
                ceiling = last.floor();
            }
            if (block.gap() < length && last.start() <= ceiling) {
                ceiling = Math.min(ceiling, first.floor());
            } else {
                for (int i = block.count - 1; i >= 0; i--) {
                    Region region = block.regions[i];
                    if (region.start() >= ceiling) continue;
                    if (ceiling - length >= Math.max(lowest, region.end())) return ceiling - length;
                    ceiling = region.floor();
                }
            }
            if (ceiling <= lowest) return -1;
        }
        return ceiling - length >= lowest ? ceiling - length : -1;
    }

    /** Backings that no region uses any more, to be closed; the list is the caller's to clear. */
    List<MappedFile> unused() {
        return unused;
    }

    private long seek(long address) {
        int low = 0;
        int high = blocks.size();
        while (low < high) {
            int middle = low + high >>> 1;
            Block block = blocks.get(middle);
            if (block.regions[block.count - 1].end() <= address) low = middle + 1;
            else high = middle;
        }
        if (low == blocks.size()) return (long) low << BLOCK_SHIFT;
        Block block = blocks.get(low);
        int first = 0;
        int last = block.count;
        while (first < last) {
            int middle = first + last >>> 1;
            if (block.regions[middle].end() <= address) first = middle + 1;
            else last = middle;
        }
        return (long) low << BLOCK_SHIFT | first;
    }

    private @Nullable Region get(long position) {
        int block = (int) (position >> BLOCK_SHIFT);
        return block >= 0 && block < blocks.size() ? blocks.get(block).regions[(int) position] : null;
    }

    private long next(long position) {
        int block = (int) (position >> BLOCK_SHIFT);
        boolean more = (int) position + 1 < blocks.get(block).count;
        return more ? position + 1 : (long) (block + 1) << BLOCK_SHIFT;
    }

    /** -1 in the upper half when there is none. */
    private long previous(long position) {
        if ((int) position > 0) return position - 1;
        int block = (int) (position >> BLOCK_SHIFT) - 1;
        return block < 0 ? -1L << BLOCK_SHIFT : (long) block << BLOCK_SHIFT | blocks.get(block).count - 1;
    }

    private void insert(long position, Region region) {
        int at = (int) (position >> BLOCK_SHIFT);
        int index = (int) position;
        if (at == blocks.size()) {
            if (at == 0) blocks.add(new Block());
            else index = blocks.get(--at).count;
            if (blocks.get(at).count == 0) index = 0;
        }
        Block block = blocks.get(at);
        if (block.count == BLOCK) {
            Block upper = block.split();
            blocks.add(at + 1, upper);
            if (index > block.count) {
                index -= block.count;
                block = upper;
            }
        }
        block.insert(index, region);
        count(region, 1);
        MappedFile backing = region.backing();
        if (backing != null) backing.uses++;
    }

    private void delete(long position) {
        int at = (int) (position >> BLOCK_SHIFT);
        Block block = blocks.get(at);
        Region region = block.regions[(int) position];
        block.remove((int) position);
        if (block.count == 0) blocks.remove(at);
        count(region, -1);
        MappedFile backing = region.backing();
        if (backing != null && --backing.uses == 0) unused.add(backing);
    }

    private void count(Region region, int sign) {
        long length = sign * region.length();
        count += sign;
        bytes += length;
        if (bytes > peakBytes) peakBytes = bytes;
        if (region.isData()) dataBytes += length;
        if (region.has(Region.LOCKED)) lockedBytes += length;
    }
}
