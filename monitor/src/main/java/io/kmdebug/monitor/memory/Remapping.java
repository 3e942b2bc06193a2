package io.kmdebug.monitor.memory;

import static io.kmdebug.monitor.memory.AddressSpace.EAGAIN;
import static io.kmdebug.monitor.memory.AddressSpace.EFAULT;
import static io.kmdebug.monitor.memory.AddressSpace.EINVAL;
import static io.kmdebug.monitor.memory.AddressSpace.ENOMEM;
import static io.kmdebug.monitor.memory.AddressSpace.PAGE;
import static io.kmdebug.monitor.memory.AddressSpace.isPayload;
import static io.kmdebug.monitor.memory.MemoryBudget.exceeds;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** mremap(2), with the kernel's order of checks: {@code mm/mremap.c}. Takes the address space's lock itself. */
public final class Remapping {
    private static final int MAYMOVE = 1;
    private static final int FIXED = 2;
    private static final int DONTUNMAP = 4;

    private final AddressSpace space;
    private final RegionMap regions;
    private final HostWindow window;
    private final MappedFiles files;
    private final Placement placement;
    private final BackedRegions backed;

    public Remapping(AddressSpace space) {
        this.space = space;
        this.regions = space.regionsLocked();
        this.window = space.window();
        this.files = space.filesLocked();
        this.placement = space.placementLocked();
        this.backed = space.backedLocked();
    }

    /** The new address, or minus an errno. */
    public long remap(long start, long oldLength, long newLength, int flags, long target) {
        long oldBytes = AddressSpace.roundUp(oldLength);
        long newBytes = AddressSpace.roundUp(newLength);
        boolean mayMove = (flags & MAYMOVE) != 0;
        if ((flags & ~(MAYMOVE | FIXED | DONTUNMAP)) != 0) return -EINVAL;
        if ((flags & (FIXED | DONTUNMAP)) != 0 && !mayMove) return -EINVAL;
        if ((flags & DONTUNMAP) != 0 && oldBytes != newBytes) return -EINVAL;
        if ((start & PAGE - 1) != 0 || newBytes <= 0 || oldBytes < 0) return -EINVAL;
        if (newBytes > AddressSpace.USER_END) return -EINVAL;
        space.writeLock().lock();
        try {
            if (regions.at(start) == null) return -EFAULT;
            if ((flags & (FIXED | DONTUNMAP)) != 0) return to(start, oldBytes, newBytes, flags, target);
            if (oldBytes >= newBytes) {
                if (oldBytes > newBytes) backed.dropLocked(start + newBytes, start + oldBytes);
                return start;
            }
            return grow(start, oldBytes, newBytes, mayMove);
        } finally {
            files.sweep();
            space.writeLock().unlock();
        }
    }

    /** remap_file_pages(2): other pages of the file behind a shared mapping. */
    public long remapFilePages(long address, long size, int protection, long page, int flags) {
        long start = address & -PAGE;
        long bytes = size & -PAGE;
        long end = start + bytes;
        if (protection != 0 || end <= start || page + bytes / PAGE < page || page < 0) return -EINVAL;
        space.writeLock().lock();
        try {
            List<Region> parts = regions.parts(start, end);
            if (parts.isEmpty() || !RegionMap.cover(parts, start, end)) return -EINVAL;
            Region first = parts.get(0);
            for (Region part : parts) if (!part.shared() || part.backing() != first.backing()) return -EINVAL;
            space.platform().unmap(start, bytes);
            long result = window.remapFilePages(start, bytes, page);
            if (result < 0) return result;
            regions.remove(start, end);
            backed.addLocked(new Region(
                    start, end, first.protection(), true, first.backing(), page * PAGE, first.name(), first.flags()));
            return 0;
        } finally {
            files.sweep();
            space.writeLock().unlock();
        }
    }

    private long to(long start, long oldBytes, long newBytes, int flags, long target) {
        boolean fixed = (flags & FIXED) != 0;
        boolean keeps = (flags & DONTUNMAP) != 0;
        if (fixed) {
            if ((target & PAGE - 1) != 0 || !isPayload(target, newBytes)) return -EINVAL;
            if (target < start + oldBytes && start < target + newBytes) return -EINVAL;
            backed.dropLocked(target, target + newBytes);
        }
        if (oldBytes > newBytes) {
            backed.dropLocked(start + newBytes, start + oldBytes);
            oldBytes = newBytes;
        }
        Region region = regions.at(start);
        long refused = refuses(region, start, oldBytes, newBytes);
        if (refused < 0 || region == null) return refused;
        if (keeps && exceeds(regions.bytes() + oldBytes, space.limits().addressSpace())) return -ENOMEM;
        long place = fixed ? target : placement.anywhere(newBytes);
        if (place < 0) return place;
        if (oldBytes == 0) return duplicate(region.part(start, region.end()), place, newBytes);
        Region part = region.part(start, start + oldBytes);
        return keeps ? moveContent(part, place) : move(part, place, newBytes);
    }

    private long grow(long start, long oldBytes, long newBytes, boolean mayMove) {
        Region region = regions.at(start);
        long refused = refuses(region, start, oldBytes, newBytes);
        if (refused < 0 || region == null) return refused;
        if (oldBytes == 0) {
            if (!mayMove) return -ENOMEM;
            long place = placement.anywhere(newBytes);
            return place < 0 ? place : duplicate(region.part(start, region.end()), place, newBytes);
        }
        Region part = region.part(start, start + oldBytes);
        boolean room = region.end() == part.end()
                && isPayload(start, newBytes)
                && regions.isRoom(part.end(), start + newBytes);
        if (room && part.backing() == null) return extend(part, start + newBytes);
        if (room) return move(part, start, newBytes);
        if (!mayMove) return -ENOMEM;
        long place = placement.anywhere(newBytes);
        return place < 0 ? place : move(part, place, newBytes);
    }

    /** Minus an errno, or 0. */
    private long refuses(@Nullable Region region, long start, long oldBytes, long newBytes) {
        if (region == null) return -EFAULT;
        if (oldBytes == 0 && !region.shared()) return -EINVAL;
        if (oldBytes > region.end() - start) return -EFAULT;
        if (newBytes == oldBytes) return 0;
        long more = newBytes - oldBytes;
        if (region.has(Region.LOCKED)
                && exceeds(regions.lockedBytes() + more, space.limits().locked())) return -EAGAIN;
        if (exceeds(regions.bytes() + more, space.limits().addressSpace())) return -ENOMEM;
        if (region.isData()
                && exceeds(regions.dataBytes() + more, space.limits().data())) return -ENOMEM;
        return 0;
    }

    private long extend(Region part, long end) {
        Region tail = new Region(part.end(), end, part.protection(), false, null, 0, part.name(), part.flags());
        long result = backed.enterLocked(tail, null);
        return result < 0 ? result : part.start();
    }

    private long move(Region part, long target, long newBytes) {
        space.platform().unmap(part.start(), part.length());
        if (!part.pristine()) {
            long result = window.move(part.start(), part.length(), target, newBytes);
            if (result < 0) return result;
        }
        regions.remove(part.start(), part.end());
        backed.addLocked(at(part, target, newBytes));
        return target;
    }

    /** Private memory leaves its content and stays; the kernel gives it zeros or the file's pages again. */
    private long moveContent(Region part, long target) {
        if (!part.pristine()) {
            long result = window.moveContent(part.start(), part.length(), target);
            if (result < 0) return result;
        }
        backed.addLocked(at(part, target, part.length()));
        return target;
    }

    private long duplicate(Region part, long target, long bytes) {
        long result = window.duplicate(part.start(), target, bytes);
        if (result < 0) return result;
        backed.addLocked(at(part, target, bytes));
        return target;
    }

    private static Region at(Region part, long target, long bytes) {
        return new Region(
                target,
                target + bytes,
                part.protection(),
                part.shared(),
                part.backing(),
                part.offset(),
                part.name().startsWith("[") ? "" : part.name(),
                part.flags());
    }
}
