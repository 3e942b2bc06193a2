package io.kmdebug.monitor.memory;

import static io.kmdebug.monitor.host.HostCall.MAP_NORESERVE;
import static io.kmdebug.monitor.host.HostCall.MAP_PRIVATE;
import static io.kmdebug.monitor.host.HostCall.MAP_SHARED;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.memory.PageOrigins.Extent;
import io.kmdebug.monitor.memory.PageOrigins.Kind;
import io.kmdebug.monitor.platform.ptrace.PtracePlatform;
import io.kmdebug.monitor.platform.ptrace.RangeMap;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A window on memory that another process has mapped, too: the traced one. Private memory is one sparse memory file, of
 * which a page is used at the offset that is its guest address, or elsewhere once it was moved. Of private file mappings
 * only those that cannot be written are the file's own pages; a writable one is copied, since two processes cannot
 * share a page that is private to both. Each change is made in the window first, then there.
 */
public final class SharedWindow extends HostWindow {
    private static final int NR_MUNMAP = 11;
    /** Larger private mappings of files are copied when they are written. */
    private static final long EAGER_BYTES = 1L << 20;

    private static final int ENOMEM = 12;
    private static final int PAGE = AddressSpace.PAGE;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_FREE = 8;
    private static final int MADV_REMOVE = 9;
    /** DONTFORK, DOFORK, MERGEABLE, UNMERGEABLE, DONTDUMP, DODUMP, WIPEONFORK, KEEPONFORK: not about contents now. */
    private static final int ABOUT_LATER = 0xf_3c00;

    private final PtracePlatform platform;
    private final PageOrigins origins = new PageOrigins();
    private final SparseMemory memory;
    private final PrivateCopies copies;
    private final List<long[]> unsettled = new ArrayList<>();

    private @Nullable RegionMap regions;

    /** Takes over the reservation of {@code reserved}, in which nothing is mapped. */
    public SharedWindow(HostWindow reserved, PtracePlatform platform) {
        super(reserved);
        this.platform = platform;
        this.memory = new SparseMemory(platform.memory(), base());
        this.copies = new PrivateCopies(platform, origins, memory, base());
    }

    @Override
    void release(long guest, long length) {
        platform.remove(guest, length);
        reserve(guest, length);
        forget(guest, guest + length, true);
    }

    @Override
    long protect(long guest, long length, int protection) {
        long end = guest + length;
        long at = guest;
        for (RangeMap.Range<Extent> part : origins.parts(guest, end)) {
            long result = at < part.start() ? mapNew(at, part.start(), protection) : 0;
            if (result >= 0) result = change(part, protection);
            if (result < 0) return result;
            at = part.end();
        }
        return at < end ? mapNew(at, end, protection) : 0;
    }

    /** The traced process has its own translations, which change with its own protections. */
    @Override
    void shootDown(long guest, long length, int protection) {}

    /** Memory that was not there before. */
    private long mapNew(long start, long end, int protection) {
        // mprotect(2) alone keeps exactly to the host's number of areas; beyond it nothing could be unmapped any more
        long result = HostCall.mprotect(base() + start, end - start, HostCall.PROT_READ);
        if (result < 0) return result;
        long shift = origins.freeShift(start, end);
        result = memory.map(start, end, hostProtection(protection), shift);
        if (result < 0) return result;
        int access = PageEntries.entryProtection(protection);
        result = platform.place(
                start, end - start, access, MAP_SHARED | MAP_NORESERVE, memory.descriptor(), start + shift);
        if (result < 0) {
            reserve(start, end - start);
            return result;
        }
        origins.remember(start, end, new Extent(Kind.MEMORY, shift), hostProtection(protection));
        return 0;
    }

    /** @param contents whether these are to go, too */
    private void forget(long start, long end, boolean contents) {
        if (contents) {
            for (RangeMap.Range<Extent> part : origins.parts(start, end)) {
                if (part.value().kind().inMemory()) punch(part);
            }
        }
        origins.forget(start, end);
        platform.permitWrites(start, end - start);
    }

    private void punch(RangeMap.Range<Extent> part) {
        memory.punch(part.start() + part.value().shift(), part.end() - part.start());
    }

    private long change(RangeMap.Range<Extent> part, int protection) {
        long bytes = part.end() - part.start();
        int access = hostProtection(protection);
        if (part.value().kind() == Kind.PRIVATE_FILE && (access & HostCall.PROT_WRITE) != 0) {
            if (bytes <= EAGER_BYTES) {
                long copied = copies.copyHere(part.start(), part.end(), access);
                if (copied < 0) return copied;
            } else if (!platform.refusesWrites(part.start(), part.end())) {
                platform.refuseWrites(part.start(), bytes, PrivateCopies.CHUNK);
            }
        }
        // some pages may have been copied before, others are when they are written
        for (RangeMap.Range<Extent> piece : origins.parts(part.start(), part.end())) {
            int allowed = piece.value().kind() == Kind.PRIVATE_FILE ? access & ~HostCall.PROT_WRITE : access;
            long result = HostCall.mprotect(base() + piece.start(), piece.end() - piece.start(), allowed);
            if (result < 0) return result;
            origins.noteProtection(piece.start(), piece.end(), allowed);
        }
        return 0;
    }

    @Override
    boolean mustPrepare(long guest, long length) {
        return platform.refusesWrites(guest, guest + length);
    }

    @Override
    synchronized void prepareWrite(long guest, long length) {
        copies.prepareWrite(guest, length);
    }

    @Override
    long mapFile(long guest, long length, int protection, boolean shared, int descriptor, long offset) {
        int access = PageEntries.entryProtection(protection);
        int flags = shared ? MAP_SHARED : MAP_PRIVATE | MAP_NORESERVE;
        boolean written = !shared && (protection & HostCall.PROT_WRITE) != 0;
        // Nobody is going to notice that a file nobody writes was read a little earlier.
        boolean copied = written && length <= EAGER_BYTES && PrivateCopies.isReadOnly(descriptor);
        if (!copied) {
            int allowed = written ? access & ~HostCall.PROT_WRITE : access;
            long result = platform.place(guest, length, allowed, flags, descriptor, offset);
            if (result < 0) return result;
        }
        int first = written ? HostCall.PROT_READ : protection;
        long result = super.mapFile(guest, length, first, shared, descriptor, offset);
        if (result < 0) {
            if (!copied) release(guest, length);
            return result;
        }
        long end = guest + length;
        forget(guest, end, true);
        origins.put(guest, end, new Extent(shared ? Kind.SHARED_FILE : Kind.PRIVATE_FILE, 0));
        origins.noteProtection(guest, end, hostProtection(first));
        if (copied) return copies.copyAll(guest, length, access, descriptor, offset);
        if (written)
            platform.refuseWrites(guest, length, PrivateCopies.isReadOnly(descriptor) ? PrivateCopies.CHUNK : PAGE);
        return 0;
    }

    /** Written pages are only the window's at first; {@link #settle} finds them. */
    @Override
    long mapUnsettled(long guest, long length, int protection, int descriptor, long offset) {
        int flags = MAP_PRIVATE | MAP_NORESERVE;
        long result = platform.place(guest, length, 0, flags, descriptor, offset);
        if (result >= 0) result = super.mapFile(guest, length, protection, false, descriptor, offset);
        if (result < 0) return result;
        long end = guest + length;
        forget(guest, end, true);
        origins.put(guest, end, new Extent(Kind.PRIVATE_FILE, 0));
        origins.noteProtection(guest, end, hostProtection(protection));
        platform.refuseWrites(guest, length, PrivateCopies.isReadOnly(descriptor) ? PrivateCopies.CHUNK : PAGE);
        unsettled.add(new long[] {guest, end});
        return 0;
    }

    @Override
    void settle() {
        for (long[] range : unsettled) {
            long end = range[1];
            for (long at = super.nextPopulated(range[0], end); at < end; ) {
                long hole = super.nextHole(at, end);
                copies.copyHere(at, hole, HostCall.PROT_READ | HostCall.PROT_WRITE);
                at = super.nextPopulated(hole, end);
            }
            for (RangeMap.Range<Extent> part : origins.parts(range[0], end)) {
                if (part.value().kind() != Kind.PRIVATE_FILE) continue;
                HostCall.mprotect(base() + part.start(), part.end() - part.start(), HostCall.PROT_READ);
                origins.noteProtection(part.start(), part.end(), HostCall.PROT_READ);
            }
        }
        unsettled.clear();
    }

    @Override
    long advise(long guest, long length, int advice) {
        for (RangeMap.Range<Extent> part : origins.parts(guest, guest + length)) {
            Kind kind = part.value().kind();
            boolean emptied = advice == MADV_DONTNEED || advice == MADV_FREE || advice == MADV_REMOVE;
            if (kind.inMemory() && emptied) {
                if (kind == Kind.MEMORY) punch(part);
                else mapAgain(part.start(), part.end(), part.start(), platform.protection(part.start()));
            } else if (!kind.inMemory() || advice < 0 || advice >= 32 || (ABOUT_LATER & 1 << advice) == 0) {
                long result = super.advise(part.start(), part.end() - part.start(), advice);
                if (result < 0) return result;
            }
        }
        return 0;
    }

    @Override
    long move(long from, long oldLength, long to, long newLength) {
        for (RangeMap.Range<Extent> part : origins.parts(from, from + oldLength)) {
            long target = to + (part.start() - from);
            boolean last = part.end() == from + oldLength;
            long end = last ? to + newLength : target + (part.end() - part.start());
            long result = part.value().kind().inMemory() ? moveMemory(part, target, end) : moveFile(part, target, end);
            if (result < 0) return result;
        }
        return 0;
    }

    private long moveMemory(RangeMap.Range<Extent> part, long target, long end) {
        long bytes = part.end() - part.start();
        Integer known = origins.protection(part.start());
        int hostProtection = known == null ? 0 : known;
        if (target != part.start()) {
            long shift = part.start() + part.value().shift() - target;
            long result = memory.map(target, target + bytes, hostProtection, shift);
            if (result < 0) return result;
            result = platform.place(target, bytes, 0, MAP_SHARED | MAP_NORESERVE, memory.descriptor(), target + shift);
            if (result < 0) return result;
            forget(part.start(), part.end(), false);
            platform.remove(part.start(), bytes);
            reserve(part.start(), bytes);
            origins.remember(target, target + bytes, new Extent(part.value().kind(), shift), hostProtection);
        }
        if (target + bytes == end) return 0;
        return part.value().kind() == Kind.MEMORY
                ? mapNew(target + bytes, end, hostProtection)
                : mapAgain(target + bytes, end, part.start() + bytes, 0);
    }

    /**
     * Maps private pages of a file, uncopied.
     *
     * @param like an address whose region has the file, at or right behind which the wanted offset is
     * @param access for the other process at first; nothing can be written there anyway
     */
    private long mapAgain(long start, long end, long like, int access) {
        RegionMap described = regions;
        Region region = described == null ? null : described.at(like);
        if (region == null && described != null) region = described.endingBefore(like);
        MappedFile file = region == null ? null : region.backing();
        long descriptor = file == null ? -ENOMEM : file.reopen();
        if (file == null || region == null || descriptor < 0) return descriptor;
        long offset = region.offset() + (like - region.start());
        int allowed = access & ~HostCall.PROT_WRITE;
        int flags = MAP_PRIVATE | MAP_NORESERVE;
        long result = platform.place(start, end - start, allowed, flags, (int) descriptor, offset);
        int first = region.protection() == 0 ? 0 : HostCall.PROT_READ;
        if (result >= 0) result = super.mapFile(start, end - start, first, false, (int) descriptor, offset);
        file.reopened((int) descriptor);
        if (result < 0) return result;
        forget(start, end, true);
        origins.remember(start, end, new Extent(Kind.PRIVATE_FILE, 0), first);
        platform.refuseWrites(start, end - start, PAGE);
        return 0;
    }

    private long moveFile(RangeMap.Range<Extent> part, long target, long end) {
        long bytes = part.end() - part.start();
        Integer known = origins.protection(part.start());
        long result = super.move(part.start(), bytes, target, end - target);
        if (result >= 0) result = platform.move(part.start(), bytes, target, end - target);
        if (result < 0) return result;
        List<RangeMap.Range<Integer>> refused = platform.refused(part.start(), part.end());
        forget(part.start(), part.end(), false);
        origins.remember(target, end, part.value(), known == null ? 0 : known);
        // pages of one mapping are refused alike
        if (!refused.isEmpty())
            platform.refuseWrites(target, end - target, refused.get(0).value());
        return 0;
    }

    @Override
    long moveContent(long from, long length, long to) {
        Integer known = origins.protection(from);
        Extent extent = origins.at(from);
        long result = move(from, length, to, length);
        if (result < 0) return result;
        boolean ofFile = extent != null && extent.kind() != Kind.MEMORY;
        return ofFile ? mapAgain(from, from + length, from, 0) : mapNew(from, from + length, known == null ? 0 : known);
    }

    @Override
    void describedBy(RegionMap payloads) {
        regions = payloads;
    }

    /** The bytes are copied at once: no two processes can share a page that is private to both. */
    @Override
    long mapSaved(long guest, long length, int protection, int descriptor, long offset, boolean zeros) {
        long source = HostCall.mmap(0, length, HostCall.PROT_READ, MAP_PRIVATE, descriptor, offset);
        if (result(source) < 0) return source;
        long failure = 0;
        for (RangeMap.Range<Extent> part : origins.parts(guest, guest + length)) {
            long shift = part.value().shift();
            for (long at = part.start(); at < part.end() && failure == 0; ) {
                long from = source + (at - guest);
                long written = memory.write(from, part.end() - at, at + shift);
                if (written <= 0) failure = written == 0 ? -ENOMEM : written;
                at += written;
            }
            if (!zeros) origins.put(part.start(), part.end(), new Extent(Kind.COPY, shift));
        }
        Native.syscall(NR_MUNMAP, source, length);
        return failure;
    }

    @Override
    public long nextPopulated(long guest, long end) {
        for (RangeMap.Range<Extent> part : origins.parts(guest, end)) {
            if (!part.value().kind().inMemory()) continue;
            long shift = part.value().shift();
            long data = memory.nextData(part.start() + shift);
            if (data >= 0 && data < part.end() + shift) return data - shift & -PAGE;
        }
        return end;
    }

    @Override
    public long nextHole(long guest, long end) {
        for (RangeMap.Range<Extent> part : origins.parts(guest, end)) {
            if (part.start() > guest || !part.value().kind().inMemory()) break;
            long shift = part.value().shift();
            long hole = memory.nextHole(guest + shift);
            return hole < 0 ? part.end() : Math.min(part.end(), hole - shift + PAGE - 1 & -PAGE);
        }
        return guest;
    }

    /** Pages of files are the host's to share; only memory is counted. */
    @Override
    public long populatedBytes(long guest, long end, boolean files) {
        long sum = 0;
        for (long at = nextPopulated(guest, end); at < end; at = nextPopulated(at, end)) {
            long stop = nextHole(at, end);
            if (stop == at) break;
            sum += stop - at;
            at = stop;
        }
        return sum;
    }

    @Override
    long remapFilePages(long guest, long length, long page) {
        long result = super.remapFilePages(guest, length, page);
        return result < 0 ? result : platform.remapFilePages(guest, length, page);
    }

    @Override
    long duplicate(long from, long to, long length) {
        Extent extent = origins.at(from);
        Integer known = origins.protection(from);
        long result = super.duplicate(from, to, length);
        if (result >= 0) result = platform.duplicate(from, to, length);
        if (result < 0 || extent == null) return result;
        origins.remember(to, to + length, extent, known == null ? 0 : known);
        return 0;
    }
}
