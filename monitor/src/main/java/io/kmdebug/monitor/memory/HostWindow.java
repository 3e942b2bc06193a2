package io.kmdebug.monitor.memory;

import static io.kmdebug.monitor.host.HostCall.MAP_ANONYMOUS;
import static io.kmdebug.monitor.host.HostCall.MAP_FIXED;
import static io.kmdebug.monitor.host.HostCall.MAP_NORESERVE;
import static io.kmdebug.monitor.host.HostCall.MAP_PRIVATE;
import static io.kmdebug.monitor.host.HostCall.MAP_SHARED;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import org.jspecify.annotations.Nullable;

/**
 * The host addresses that stand for the payload's: host = base + guest. Reserved in one piece without access, which
 * costs nothing; whatever is not the payload's at the moment is that reservation again, so nothing of the monitor's
 * own can ever come to lie inside.
 */
public class HostWindow {
    private static final long ALIGNMENT = 1L << 30;
    /** Without access behind the window: a call that was given too long a buffer near its end stops there. */
    private static final long GUARD = 1L << 31;
    /** TASK_SIZE_MAX: the end of what a native program may name. */
    private static final long USER_END = 0x7ffffffff000L;

    private static final int NR_PROCESS_VM_READV = 310;
    private static final int NR_MREMAP = 25;
    private static final int MREMAP_MAYMOVE = 1;
    private static final int MREMAP_FIXED = 2;
    private static final int MREMAP_DONTUNMAP = 4;

    private static final int MADV_DONTNEED = 4;
    private static final int MADV_FREE = 8;
    private static final int NR_PREAD64 = 17;
    private static final int COPY_BYTES = 1 << 20;
    private static final int MADV_POPULATE_READ = 22;
    private static final int EINVAL = 22;
    private static final int NR_MEMFD_CREATE = 319;
    private static final int NR_FTRUNCATE = 77;
    private static final int NR_REMAP_FILE_PAGES = 216;
    private static final int MFD_CLOEXEC = 1;
    private static final int O_CLOEXEC = 0x80000;

    private final long base;
    private final long bytes;
    private @Nullable PageScan scan;
    private final SavedRanges saved = new SavedRanges();

    /** @param bytes guest addresses from 0 on */
    public HostWindow(long bytes) {
        long address =
                HostCall.mmap(0, bytes + ALIGNMENT + GUARD, 0, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (failed(address)) {
            throw new HostFailure("cannot reserve " + (bytes >> 40) + " TiB of addresses (see ulimit -v)", -address);
        }
        base = address + ALIGNMENT - 1 & -ALIGNMENT;
        this.bytes = bytes;
    }

    /** With the reservation of another, which is not used any more. */
    HostWindow(HostWindow reserved) {
        this.base = reserved.base;
        this.bytes = reserved.bytes;
    }

    /** Whether a range begins in the window and ends where a native program's could; what lies behind faults. */
    boolean admits(long guest, long length) {
        return guest >= 0 && length >= 0 && guest <= bytes && length <= USER_END - guest;
    }

    /** Host address of guest address 0. */
    public final long base() {
        return base;
    }

    /** PROT_EXEC is the page tables' business: the host never executes the payload. */
    static int hostProtection(int protection) {
        if ((protection & HostCall.PROT_WRITE) != 0) return HostCall.PROT_READ | HostCall.PROT_WRITE;
        return protection != 0 ? HostCall.PROT_READ : HostCall.PROT_NONE;
    }

    /** Back to the reservation; contents are gone. */
    void release(long guest, long length) {
        reserve(guest, length);
    }

    final void reserve(long guest, long length) {
        if (!saved.isEmpty()) saved.remove(guest, guest + length);
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
        long result = HostCall.mmap(base + guest, length, 0, flags, -1, 0);
        if (failed(result)) throw new HostFailure("cannot unmap payload memory", -result);
    }

    /** Minus errno on failure. */
    long protect(long guest, long length, int protection) {
        if (!saved.isEmpty()) saved.protect(guest, guest + length, hostProtection(protection));
        return HostCall.mprotect(base + guest, length, hostProtection(protection));
    }

    /** Takes the pages' translations away from all running CPUs; protection and contents stay. */
    void shootDown(long guest, long length, int protection) {
        HostCall.mprotect(base + guest, length, HostCall.PROT_NONE);
        protect(guest, length, protection);
    }

    /**
     * Lets private memory, which is there and writable, have the pages of a file as its content until it writes them.
     *
     * @param zeros whether a page that the payload discards is zero then; else it is the file's again
     * @return minus errno on failure
     */
    long mapSaved(long guest, long length, int protection, int descriptor, long offset, boolean zeros) {
        long result = mapFile(guest, length, protection, false, descriptor, offset);
        if (result < 0) return result;
        saved.add(new SavedRanges.Saved(guest, guest + length, hostProtection(protection), zeros));
        return result;
    }

    private void discardSaved(long guest, long length) {
        for (SavedRanges.Saved part : saved.parts(guest, guest + length)) {
            if (!part.zeros()) continue;
            int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
            long bytes = part.end() - part.start();
            long result = HostCall.mmap(base + part.start(), bytes, part.protection(), flags, -1, 0);
            if (failed(result)) throw new HostFailure("cannot discard payload memory", -result);
            saved.remove(part.start(), part.end());
        }
    }

    /** Replaces what a snapshot's file stands behind by a copy, so that it can be moved like other memory. */
    private void makeOwn(long guest, long length) {
        for (SavedRanges.Saved part : saved.parts(guest, guest + length)) {
            long bytes = part.end() - part.start();
            int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
            long aside = HostCall.mmap(0, bytes, HostCall.PROT_READ | HostCall.PROT_WRITE, flags, -1, 0);
            if (failed(aside)) throw new HostFailure("cannot copy payload memory", -aside);
            // readable whatever its protection is
            int memory = HostCall.open("/proc/self/mem", O_CLOEXEC);
            for (long done = 0; done < bytes; ) {
                long at = base + part.start() + done;
                long wanted = Math.min(COPY_BYTES, bytes - done);
                long got = Native.syscall(NR_PREAD64, memory, aside + done, wanted, at);
                if (got <= 0) throw new HostFailure("cannot copy payload memory", -got);
                done += got;
            }
            HostCall.close(memory);
            HostCall.mprotect(aside, bytes, part.protection());
            long result = HostCall.mremapFixed(aside, bytes, bytes, base + part.start());
            if (failed(result)) throw new HostFailure("cannot copy payload memory", -result);
            saved.remove(part.start(), part.end());
        }
    }

    /** A memory file of {@code length} zeros, for shared anonymous memory; minus errno on failure. */
    static long memoryFile(long length) {
        long name = HostCall.cString("payload");
        try {
            long descriptor = Native.syscall(NR_MEMFD_CREATE, name, MFD_CLOEXEC);
            if (descriptor < 0) return descriptor;
            long result = Native.syscall(NR_FTRUNCATE, descriptor, length);
            if (result == 0) return descriptor;
            HostCall.close((int) descriptor);
            return result;
        } finally {
            HostMemory.free(name);
        }
    }

    /** Minus errno on failure. */
    long mapFile(long guest, long length, int protection, boolean shared, int descriptor, long offset) {
        if (!saved.isEmpty()) saved.remove(guest, guest + length);
        int flags = (shared ? MAP_SHARED : MAP_PRIVATE | MAP_NORESERVE) | MAP_FIXED;
        return result(HostCall.mmap(base + guest, length, hostProtection(protection), flags, descriptor, offset));
    }

    long advise(long guest, long length, int advice) {
        if (!saved.isEmpty() && (advice == MADV_DONTNEED || advice == MADV_FREE)) discardSaved(guest, length);
        return HostCall.madvise(base + guest, length, advice);
    }

    /**
     * Moves pages with their backing, which grows or shrinks at its end; the old place becomes reservation. By way of a
     * third place, so that the window never has a hole that another thread of the monitor could get from the kernel.
     */
    long move(long from, long oldLength, long to, long newLength) {
        if (!saved.isEmpty()) makeOwn(from, oldLength);
        long aside = Native.syscall(NR_MREMAP, base + from, oldLength, oldLength, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0);
        if (failed(aside)) return aside;
        reserve(from, oldLength);
        return result(Native.syscall(NR_MREMAP, aside, oldLength, newLength, MREMAP_MAYMOVE | MREMAP_FIXED, base + to));
    }

    /** Moves pages but leaves their old place mapped, without content: MREMAP_DONTUNMAP. The target is reservation. */
    long moveContent(long from, long length, long to) {
        if (!saved.isEmpty()) makeOwn(from, length);
        int flags = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
        return result(Native.syscall(NR_MREMAP, base + from, length, length, flags, base + to));
    }

    /** Maps the backing of a shared mapping a second time: mremap(2) with an old length of 0. */
    long duplicate(long from, long to, long length) {
        return result(Native.syscall(NR_MREMAP, base + from, 0, length, MREMAP_MAYMOVE | MREMAP_FIXED, base + to));
    }

    /** remap_file_pages(2) of a shared mapping; the protection stays. */
    long remapFilePages(long guest, long length, long page) {
        return Native.syscall(NR_REMAP_FILE_PAGES, base + guest, length, 0, page, 0);
    }

    /**
     * The first page of private memory from {@code guest} on, page aligned, that is populated with content of its own;
     * {@code end} when there is none.
     */
    public long nextPopulated(long guest, long end) {
        long found = pages().next(base + guest, base + end, true) - base;
        return saved.isEmpty() ? found : Math.min(found, saved.next(guest, end));
    }

    /** The first page of private memory from {@code guest} on, page aligned, that is not; at most {@code end}. */
    public long nextHole(long guest, long end) {
        long found = pages().next(base + guest, base + end, false) - base;
        while (!saved.isEmpty() && found < end) {
            long behind = Math.min(end, saved.endAt(found));
            if (behind == found) break;
            found = behind == end ? end : pages().next(base + behind, base + end, false) - base;
        }
        return found;
    }

    /** Bytes that are present or swapped out. @param files whether pages of files count */
    public long populatedBytes(long guest, long end, boolean files) {
        return pages().bytes(base + guest, base + end, files);
    }

    private synchronized PageScan pages() {
        if (scan == null) scan = new PageScan();
        return scan;
    }

    /** A private mapping whose pages other processes may write until {@link #settle}. Minus errno on failure. */
    long mapUnsettled(long guest, long length, int protection, int descriptor, long offset) {
        return mapFile(guest, length, protection, false, descriptor, offset);
    }

    /** The regions that the window is asked for, in case it has to map one's file again. */
    void describedBy(RegionMap regions) {}

    /** What was mapped as unsettled is like any mapping from now on. */
    void settle() {}

    /** Whether {@link #prepareWrite} must be asked before the monitor or the host writes there. */
    boolean mustPrepare(long guest, long length) {
        return false;
    }

    /** Makes pages that the payload may write writable here, too. The address space's lock is held. */
    void prepareWrite(long guest, long length) {}

    /** Whether the host can provide the page: not behind the end of a mapped file. It must permit reading. */
    boolean isBacked(long guest) {
        long result = HostCall.madvise(base + (guest & -AddressSpace.PAGE), AddressSpace.PAGE, MADV_POPULATE_READ);
        // before Linux 5.14 the advice is not known
        return result == -EINVAL ? isReadable(guest) : result == 0;
    }

    private boolean isReadable(long guest) {
        long scratch = HostMemory.allocate(40);
        try {
            HostMemory.putLong(scratch, scratch + 32);
            HostMemory.putLong(scratch + 8, 1);
            HostMemory.putLong(scratch + 16, base + guest);
            HostMemory.putLong(scratch + 24, 1);
            int pid = HostCall.getpid();
            return Native.syscall(NR_PROCESS_VM_READV, pid, scratch, 1, scratch + 16, 1, 0) == 1;
        } finally {
            HostMemory.free(scratch);
        }
    }

    static long result(long address) {
        return failed(address) ? address : 0;
    }

    private static boolean failed(long address) {
        return address < 0 && address > -4096;
    }
}
