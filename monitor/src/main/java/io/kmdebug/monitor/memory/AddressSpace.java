package io.kmdebug.monitor.memory;

import io.kmdebug.monitor.platform.GuestLayout;
import io.kmdebug.monitor.platform.Platform;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * The payload's address space, and the only one who edits page tables and host mappings. A page table entry never
 * permits more than the host mapping behind it: rights are taken from the entry first and given to it last, and the
 * host's own change is what every running CPU notices. Results are mmap(2)'s: an address or 0, or minus an errno.
 *
 * <p>The work is done by one class for each matter, which all share this one's lock: {@link Mapping}, {@link Remapping},
 * {@link Protecting}, {@link Heap}, {@link Advice}, {@link PageFaults} and {@link Restoration} take it themselves, as the
 * methods here do; {@link RegionMap}, {@link MappedFiles}, {@link MemoryBudget}, {@link Placement}, {@link PageEntries},
 * {@link BackedRegions} and {@link GrowingDown} are for who holds it, and so are methods with "Locked" in their names.
 */
public final class AddressSpace {
    public static final int MAP_SHARED = 1;
    public static final int MAP_SHARED_VALIDATE = 3;
    public static final int MAP_TYPE = 15;
    public static final int MAP_FIXED = 0x10;
    public static final int MAP_ANONYMOUS = 0x20;
    public static final int MAP_32BIT = 0x40;
    public static final int MAP_GROWSDOWN = 0x100;
    public static final int MAP_LOCKED = 0x2000;
    public static final int MAP_NORESERVE = 0x4000;
    public static final int MAP_POPULATE = 0x8000;
    public static final int MAP_STACK = 0x2_0000;
    public static final int MAP_HUGETLB = 0x40000;
    public static final int MAP_FIXED_NOREPLACE = 0x10_0000;
    public static final int PROT_GROWSDOWN = 0x0100_0000;
    public static final int PROT_GROWSUP = 0x0200_0000;

    static final int PAGE = Platform.PAGE;
    static final long LARGE_PAGE = Platform.LARGE_PAGE;
    static final int EPERM = 1;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EFAULT = 14;
    static final int EEXIST = 17;
    static final int EINVAL = 22;
    static final int EOVERFLOW = 75;
    static final int PROTECTION_BITS = 7;
    /** TASK_SIZE_MAX: the end of what a native program may name. */
    static final long USER_END = 0x7fff_ffff_f000L;

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final RegionMap regions = new RegionMap();
    private final HostWindow window;
    private final GuardedPlatform platform;
    private final MappedFiles files = new MappedFiles(regions);
    private final MemoryBudget budget = new MemoryBudget(regions);
    private final Placement placement = new Placement(regions);
    private final PageEntries entries;
    private final BackedRegions backed;
    private final GrowingDown growingDown;
    private final Mapping mapping;
    private final Protecting protecting;
    private final Heap heap;
    private final PageFaults faults;
    private int futureFlags;

    public AddressSpace(HostWindow window, Platform platform) {
        this.window = window;
        this.platform = new GuardedPlatform(platform);
        window.describedBy(regions);
        entries = new PageEntries(window, this.platform);
        backed = new BackedRegions(regions, window, this.platform, entries);
        growingDown = new GrowingDown(regions, window, budget);
        // these take what they need from here
        mapping = new Mapping(this);
        protecting = new Protecting(this);
        heap = new Heap(this);
        faults = new PageFaults(this, growingDown);
    }

    ReentrantReadWriteLock.ReadLock readLock() {
        return lock.readLock();
    }

    ReentrantReadWriteLock.WriteLock writeLock() {
        return lock.writeLock();
    }

    /** The regions, for callers that hold the lock. */
    RegionMap regionsLocked() {
        return regions;
    }

    /** Parts of regions between two page-aligned addresses, for callers that hold the lock. */
    List<Region> partsLocked(long start, long end) {
        return regions.parts(start, end);
    }

    public HostWindow window() {
        return window;
    }

    Platform platform() {
        return platform;
    }

    GuardedPlatform guardedLocked() {
        return platform;
    }

    /** The files behind the regions, for callers that hold the lock; and so on. */
    MappedFiles filesLocked() {
        return files;
    }

    MemoryBudget budgetLocked() {
        return budget;
    }

    Placement placementLocked() {
        return placement;
    }

    PageEntries entriesLocked() {
        return entries;
    }

    BackedRegions backedLocked() {
        return backed;
    }

    /** From now on these count. */
    public void limits(MemoryLimits payloads) {
        budget.limits(payloads);
    }

    MemoryLimits limits() {
        return budget.limits();
    }

    /** Where mmap starts looking, downwards. */
    public void mappingTop(long address) {
        placement.top(address);
    }

    public long mappingTop() {
        return placement.top();
    }

    /** Where the heap starts, page aligned; it is empty at first. */
    public void heapStart(long address) {
        heap.place(address, address);
    }

    /** The heap of a payload that is restored; its region comes with the others. */
    public void heap(long start, long end) {
        heap.place(start, end);
    }

    public long heapStart() {
        return heap.start();
    }

    public List<Region> regions() {
        lock.readLock().lock();
        try {
            return regions.all();
        } finally {
            lock.readLock().unlock();
        }
    }

    public @Nullable Region region(long address) {
        lock.readLock().lock();
        try {
            return regions.at(address);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Like {@link #region}, for callers that hold the lock. */
    @Nullable
    Region regionLocked(long address) {
        return regions.at(address);
    }

    /** Bytes of the payload's own, files' pages that it has not written left out, that are present or swapped out. */
    public long residentBytes() {
        lock.readLock().lock();
        try {
            long sum = 0;
            for (Region region : regions.all()) {
                if (!region.pristine()) sum += window.populatedBytes(region.start(), region.end(), false);
            }
            return sum;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Bytes mapped, as for RLIMIT_AS; as for RLIMIT_DATA; locked. */
    public long[] sizes() {
        lock.readLock().lock();
        try {
            return new long[] {regions.bytes(), regions.dataBytes(), regions.lockedBytes()};
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The most bytes that were ever mapped: VmPeak. */
    long peakBytes() {
        lock.readLock().lock();
        try {
            return regions.peakBytes();
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * mmap(2).
     *
     * @param file what to map, or null for anonymous memory
     * @param name of anonymous memory, for people; may be empty
     */
    public long map(
            long hint, long length, int protection, int flags, @Nullable MappedFile file, long offset, String name) {
        return mapping.map(hint, length, protection, flags, file, offset, name);
    }

    /** munmap(2). */
    public long unmap(long start, long length) {
        return mapping.unmap(start, length);
    }

    /** mprotect(2). */
    public long protect(long start, long length, int protection) {
        return protecting.protect(start, length, protection);
    }

    /** brk(2): the new end of the heap, or the old one when it cannot be moved there. */
    public long heapEnd(long wanted) {
        return heap.moveEnd(wanted);
    }

    /** What new regions are born with: mlockall(2) with MCL_FUTURE. */
    void futureFlagsLocked(int flags) {
        futureFlags = flags;
    }

    int futureFlagsLocked() {
        return futureFlags;
    }

    /** Whether memory is locked that is yet to be mapped. */
    public boolean locksFuture() {
        return (futureFlags & Region.LOCKED) != 0;
    }

    /** Sets {@link #locksFuture}. */
    public void lockFuture(boolean locked) {
        futureFlags = locked ? Region.LOCKED : 0;
    }

    /**
     * A page fault. Enters the touched page and its neighbours when the region permits the access.
     *
     * @return what came of it
     */
    public Touch touch(long address, boolean write, boolean execute) {
        return faults.touch(address, write, execute);
    }

    /** Lets memory that grows down do so, for an access of the monitor's. */
    void grow(long address) {
        lock.writeLock().lock();
        try {
            if (regions.at(address) == null) growingDown.growLocked(address);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** What {@link #touch} finds. */
    public enum Touch {
        /** The access may be tried again. */
        READY,
        NOT_MAPPED,
        FORBIDDEN,
        /** Behind the end of the mapped file. */
        BEHIND_END,
        /** No memory is left for page tables. */
        NO_MEMORY
    }

    /**
     * Takes the page table entries away that lie behind the end of mapped files. The host only says that some page could
     * not be provided; afterwards an access to such a page is a page fault, which tells the address.
     */
    public void withdrawUnbacked() {
        faults.withdrawUnbacked();
    }

    /** Like {@link #withdrawUnbacked()} for one page. */
    public void withdrawUnbacked(long address) {
        faults.withdrawUnbacked(address);
    }

    /** Unmaps everything, for a new program. */
    public void clear() {
        lock.writeLock().lock();
        try {
            backed.dropLocked(0, GuestLayout.PAYLOAD_END);
            placement.reset();
            heap.place(0, 0);
            futureFlags = 0;
        } finally {
            files.sweep();
            lock.writeLock().unlock();
        }
    }

    /**
     * Enters a region as it was in another address space. Until {@link #settle} private memory is writable for the
     * monitor, whatever the payload may do, so that its pages can be filled in; and no payload thread may run.
     *
     * @return 0, or minus an errno: the backing could not be opened or mapped
     */
    public long restore(Region region) {
        return new Restoration(this).restore(region);
    }

    /** Lets the monitor read what even the payload may not, until {@link #closeAfterReading}; no thread of it may run. */
    public void openForReading(Region region) {
        if (HostWindow.hostProtection(region.protection()) == 0) {
            window.protect(region.start(), region.length(), Platform.READ);
        }
    }

    public void closeAfterReading(Region region) {
        if (HostWindow.hostProtection(region.protection()) == 0) window.protect(region.start(), region.length(), 0);
    }

    /**
     * Enters a private region of a snapshot, writable for the monitor until {@link #settle}.
     *
     * @param content where its pages are; the others are zero
     * @return 0, or minus an errno
     */
    public long restoreSaved(Region region, List<SavedPages> content) {
        return new Restoration(this).restoreSaved(region, content);
    }

    /** Ends what {@link #restore} began: every region has the protection it should have. */
    public void settle() {
        new Restoration(this).settle();
    }

    static boolean isPayload(long start, long bytes) {
        return start >= 0 && bytes > 0 && bytes <= GuestLayout.PAYLOAD_END && start <= GuestLayout.PAYLOAD_END - bytes;
    }

    static long roundUp(long length) {
        return length + PAGE - 1 & -PAGE;
    }
}
