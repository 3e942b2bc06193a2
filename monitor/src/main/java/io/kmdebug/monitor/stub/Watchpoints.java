package io.kmdebug.monitor.stub;

import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.DebugMemory;
import io.kmdebug.monitor.memory.WatchedPages;
import io.kmdebug.rsp.StubTarget.StopReason;
import io.kmdebug.rsp.StubTarget.WatchKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Watchpoints of any length, as many as one likes, by the protection of the pages they are in. A thread that meets such
 * a page does the one instruction alone, with the page open, and then it is known what that did. A write is one when the
 * value is another afterwards. What the monitor writes for a system call or a signal is seen before the thread that it
 * is for runs on. Guarded by the lock of {@link RunControl}.
 */
final class Watchpoints {
    private static final int PAGE = 4096;
    /** Bytes that are watched altogether: each stop of a thread compares them. */
    private static final long MOST_BYTES = 1L << 20;

    private record Place(WatchKind kind, long address, int length) {
        boolean meets(long page) {
            return address < page + PAGE && page < address + length;
        }
    }

    /** A watched place and what it was when last looked at. */
    private static final class Watched {
        private int owners = 1;
        private byte[] known;

        Watched(byte[] known) {
            this.known = known;
        }
    }

    private final DebugMemory memory;
    private final WatchedPages pages;
    private final Map<Place, Watched> watched = new LinkedHashMap<>();
    private final TreeSet<Long> open = new TreeSet<>();
    /** By the instruction under way. */
    private final List<MemoryAccess> accesses = new ArrayList<>();

    private long bytes;
    private volatile boolean any;

    Watchpoints(AddressSpace space) {
        memory = new DebugMemory(space);
        pages = new WatchedPages(space);
    }

    /** Whether there are any; may be asked without the lock. */
    boolean any() {
        return any;
    }

    /** Returns why not, or null. */
    @Nullable
    String insert(WatchKind kind, long address, long length) {
        if (length <= 0 || length > MOST_BYTES - bytes) return "no more than " + MOST_BYTES + " bytes can be watched";
        if (!pages.isMapped(address, length)) return "not all of it is mapped";
        Place place = new Place(kind, address, (int) length);
        Watched there = watched.get(place);
        if (there != null) {
            there.owners++;
            return null;
        }
        watched.put(place, new Watched(read(place)));
        bytes += length;
        any = true;
        for (long page : pagesOf(place)) {
            if (protect(page)) continue;
            remove(kind, address, length);
            return "no memory is left for page tables";
        }
        return null;
    }

    boolean remove(WatchKind kind, long address, long length) {
        Place place = new Place(kind, address, (int) length);
        Watched there = watched.get(place);
        if (there == null || length != place.length()) return false;
        if (--there.owners > 0) return true;
        watched.remove(place);
        bytes -= length;
        any = !watched.isEmpty();
        for (long page : pagesOf(place)) protect(page);
        return true;
    }

    void removeAll() {
        for (Place place : List.copyOf(watched.keySet())) {
            watched.remove(place);
            for (long page : pagesOf(place)) protect(page);
        }
        forget();
    }

    private void forget() {
        open.clear();
        accesses.clear();
        bytes = 0;
        any = false;
    }

    private static List<Long> pagesOf(Place place) {
        List<Long> pages = new ArrayList<>();
        long end = place.address() + place.length();
        for (long page = place.address() & -PAGE; page < end; page += PAGE) pages.add(page);
        return pages;
    }

    /** The page has the protection that the watchpoints in it want. */
    private boolean protect(long page) {
        boolean any = false;
        boolean reads = false;
        for (Place place : watched.keySet()) {
            if (!place.meets(page)) continue;
            any = true;
            reads |= place.kind() != WatchKind.WRITE;
        }
        if (any) return pages.close(page, reads);
        pages.open(page);
        return true;
    }

    private boolean isWatched(long page) {
        for (Place place : watched.keySet()) if (place.meets(page)) return true;
        return false;
    }

    /** Opens the page for one instruction; false when nobody watches it. */
    boolean open(MemoryAccess access) {
        long page = access.address() & -PAGE;
        if (!isWatched(page)) return false;
        accesses.add(access);
        if (open.add(page)) pages.open(page);
        return true;
    }

    /** Whether the page of the address has a watchpoint. */
    boolean covers(long address) {
        return isWatched(address & -PAGE);
    }

    /** Ends all {@link #open}. */
    void closeAll() {
        accesses.clear();
        for (long page : open) protect(page);
        open.clear();
    }

    /** After an instruction for which pages are open: what it did to a watched place, or null. */
    @Nullable
    StopReason instructionDone() {
        StopReason met = null;
        for (Map.Entry<Place, Watched> one : watched.entrySet()) {
            Place place = one.getKey();
            boolean changed = look(place, one.getValue());
            boolean read = false;
            boolean touched = false;
            for (MemoryAccess access : accesses) {
                if (!access.overlaps(place.address(), place.length())) continue;
                read |= access.reads();
                touched = true;
            }
            boolean hit = switch (place.kind()) {
                case WRITE -> changed;
                case READ -> read;
                case ACCESS -> changed || touched;
            };
            if (hit && met == null) met = new StopReason.Watchpoint(place.kind(), place.address());
        }
        return met;
    }

    /** Outside the guest: a watched place that was written by the monitor or the host, or null. */
    @Nullable
    StopReason changed() {
        StopReason met = null;
        for (Map.Entry<Place, Watched> one : watched.entrySet()) {
            Place place = one.getKey();
            boolean hit = look(place, one.getValue()) && place.kind() != WatchKind.READ;
            if (hit && met == null) met = new StopReason.Watchpoint(place.kind(), place.address());
        }
        return met;
    }

    /** The debugger itself has written there. */
    void written(long address, int length) {
        for (Map.Entry<Place, Watched> one : watched.entrySet()) {
            Place place = one.getKey();
            boolean meets = address < place.address() + place.length() && place.address() < address + length;
            if (meets) look(place, one.getValue());
        }
    }

    private boolean look(Place place, Watched there) {
        byte[] now = read(place);
        if (now.length < place.length() || Arrays.equals(now, there.known)) return false;
        there.known = now;
        return true;
    }

    /** What is not mapped any more is left out. */
    private byte[] read(Place place) {
        byte[] now = new byte[place.length()];
        int got = memory.read(place.address(), now, 0, now.length);
        return got == now.length ? now : Arrays.copyOf(now, got);
    }
}
