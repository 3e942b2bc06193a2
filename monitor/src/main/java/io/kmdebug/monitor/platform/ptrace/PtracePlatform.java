package io.kmdebug.monitor.platform.ptrace;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.platform.GuestLayout;
import io.kmdebug.monitor.platform.OutOfTables;
import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.platform.VdsoPages;
import io.kmdebug.monitor.platform.VirtualCpu;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The payload in a traced process. Its memory is mapped there at the payload's addresses by {@link #place} and the other
 * calls of the window; the page protections of {@link Platform} are that process's own.
 */
public final class PtracePlatform implements Platform {
    private static final int NR_MMAP = 9;
    private static final int NR_MPROTECT = 10;
    private static final int NR_MUNMAP = 11;
    private static final int NR_MREMAP = 25;
    private static final int NR_CLONE = 56;
    private static final int NR_REMAP_FILE_PAGES = 216;
    private static final int MREMAP_MAYMOVE_FIXED = 3;
    private static final int SIGKILL = 9;
    /** The low byte of a status of wait4 for a thread that is not gone. */
    private static final int STOPPED = 0x7f;

    /** As many as KVM gives; each costs two threads of the host. */
    private static final int MOST_CPUS = 1024;
    /** Where the vDSO waits while its final place may still be taken by itself. */
    private static final long ASIDE = 0x6100_0000_0000L;

    private final Tracee tracee;
    private final RangeMap<Integer> protections = new RangeMap<>();
    /** Where a write must fault although it is allowed: pages that are copied then, so many bytes at once. */
    private final RangeMap<Integer> refused = new RangeMap<>();

    private final ArrayDeque<PtraceVcpu> idle = new ArrayDeque<>();
    private final long vdso;
    private @Nullable ExtendedState extendedState;
    /** Of all threads ever made. */
    private final List<Integer> tids = new ArrayList<>();

    private volatile boolean closed;

    private PtracePlatform(Tracee tracee) {
        this.tracee = tracee;
        this.vdso = arrange();
    }

    @Override
    public boolean tracesProcesses() {
        return true;
    }

    /** @throws HostFailure when this host does not allow it */
    public static PtracePlatform open() {
        return new PtracePlatform(Tracee.start());
    }

    /** Leaves the vDSO and the clerk's pages only, at their places. Returns the address of the vDSO, or 0. */
    private long arrange() {
        HostMemory.putLong(tracee.sharedPage() + (GuestLayout.RESTORER - GuestLayout.STUB), GuestLayout.RESTORER_CODE);
        String maps = "/proc/" + tracee.pid() + "/maps";
        VdsoPages.Place place = VdsoPages.in(maps);
        VdsoPages.Place own = VdsoPages.own();
        List<long[]> moves = new ArrayList<>();
        List<long[]> moves2 = new ArrayList<>();
        List<long[]> others = new ArrayList<>();
        for (long[] area : VdsoPages.areas(maps)) {
            long bytes = area[1] - area[0];
            if (place != null && area[0] >= place.start() && area[0] < place.end()) {
                long offset = area[0] - place.start();
                moves.add(new long[] {NR_MREMAP, area[0], bytes, bytes, MREMAP_MAYMOVE_FIXED, ASIDE + offset, 0});
                moves2.add(new long[] {
                    NR_MREMAP, ASIDE + offset, bytes, bytes, MREMAP_MAYMOVE_FIXED, GuestLayout.VDSO + offset, 0
                });
            } else if (area[0] >= 0 && (area[0] < TraceeImage.BASE || area[0] >= TraceeImage.END)) {
                others.add(new long[] {NR_MUNMAP, area[0], bytes, 0, 0, 0, 0});
            }
        }
        others.add(new long[] {
            NR_MMAP,
            GuestLayout.STUB,
            PAGE,
            READ | EXECUTE,
            HostCall.MAP_SHARED | HostCall.MAP_FIXED,
            TraceeImage.MEMORY,
            TraceeImage.REQUESTS_OFFSET + PAGE
        });
        long moved = tracee.calls(moves.toArray(new long[0][]));
        long result = tracee.calls(others.toArray(new long[0][]));
        if (result < 0) throw new HostFailure("cannot arrange the payload's address space", -result);
        // Kernels may seal these pages; the payload does without then.
        if (moved >= 0) moved = tracee.calls(moves2.toArray(new long[0][]));
        if (place == null || own == null || moved < 0) return 0;
        boolean alike = place.end() - place.start() == own.end() - own.start();
        return alike ? GuestLayout.VDSO + (place.code() - place.start()) : 0;
    }

    @Override
    public synchronized VirtualCpu acquireCpu() {
        PtraceVcpu cpu = idle.poll();
        if (cpu != null) {
            cpu.clear();
            return cpu;
        }
        if (tids.size() == MOST_CPUS) throw new HostFailure("no more than " + MOST_CPUS + " threads");
        long tid = tracee.call(NR_CLONE, TraceeImage.CLONE_FLAGS, 0, 0, 0, 0, 0);
        if (tid < 0) throw new HostFailure("cannot make a thread in the payload's process", -tid);
        tids.add((int) tid);
        return new PtraceVcpu(this, tracee.pid(), (int) tid);
    }

    @Override
    public void releaseCpu(VirtualCpu cpu) {
        PtraceVcpu mine = (PtraceVcpu) cpu;
        mine.detach();
        synchronized (this) {
            idle.push(mine);
        }
    }

    @Override
    public void map(long guest, long length, int protection) {
        long end = guest + length;
        long at = guest;
        for (RangeMap.Range<Integer> part : refused.parts(guest, end)) {
            if (at < part.start()) mapPart(at, part.start(), protection);
            mapPart(part.start(), part.end(), protection & ~WRITE);
            at = part.end();
        }
        if (at < end) mapPart(at, end, protection);
    }

    private void mapPart(long start, long end, int protection) {
        long at = start;
        for (RangeMap.Range<Integer> part : protections.parts(start, end)) {
            if (at < part.start()) change(at, part.start(), protection);
            if (part.value() != protection) change(part.start(), part.end(), protection);
            at = part.end();
        }
        if (at < end) change(at, end, protection);
    }

    @Override
    public void protect(long guest, long length, int protection) {
        for (RangeMap.Range<Integer> part : protections.parts(guest, guest + length)) {
            if (part.value() != protection) map(part.start(), part.end() - part.start(), protection);
        }
    }

    @Override
    public void unmap(long guest, long length) {
        protect(guest, length, 0);
    }

    private void change(long start, long end, int protection) {
        long result = 0;
        if (protection != 0 || !protections.isFree(start, end)) {
            result = tracee.call(NR_MPROTECT, start, end - start, protection, 0, 0, 0);
        }
        if (result < 0) throw new OutOfTables("the host maps no more areas: errno " + -result);
        note(start, end, protection);
    }

    /** From now on writes fault there; {@code bytes} are copied at once then, a power of 2. */
    public void refuseWrites(long guest, long length, int bytes) {
        refused.put(guest, guest + length, bytes);
    }

    public void permitWrites(long guest, long length) {
        refused.remove(guest, guest + length);
    }

    /** Where writes are refused between two addresses, each with the bytes to copy at once. */
    public List<RangeMap.Range<Integer>> refused(long start, long end) {
        return refused.parts(start, end);
    }

    public boolean refusesWrites(long start, long end) {
        return !refused.isFree(start, end);
    }

    private void note(long start, long end, int protection) {
        if (protection == 0) protections.remove(start, end);
        else protections.put(start, end, protection);
    }

    @Override
    public int protection(long guest) {
        Integer known = protections.at(guest);
        return known == null ? 0 : known;
    }

    /** The file that payload memory is made of. */
    public int memory() {
        return tracee.memory();
    }

    /**
     * Maps a part of a file at the payload's address, in place of what is there.
     *
     * @param descriptor the monitor's; {@link #memory} included
     * @return minus errno on failure
     */
    public long place(long guest, long length, int protection, int flags, int descriptor, long offset) {
        int fixed = flags | HostCall.MAP_FIXED;
        long result = descriptor == tracee.memory()
                ? tracee.call(NR_MMAP, guest, length, protection, fixed, TraceeImage.MEMORY, offset)
                : tracee.map(NR_MMAP, guest, length, protection, fixed, descriptor, offset);
        if (Tracee.failed(result)) return result;
        note(guest, guest + length, protection);
        return 0;
    }

    /** Like {@link #place}, but each page keeps its present protection. */
    public long replace(long guest, long length, int flags, int descriptor, long offset) {
        long end = guest + length;
        long at = guest;
        while (at < end) {
            List<RangeMap.Range<Integer>> next = protections.parts(at, end);
            boolean none = next.isEmpty() || next.get(0).start() > at;
            long stop = next.isEmpty()
                    ? end
                    : none ? next.get(0).start() : next.get(0).end();
            int protection = none ? 0 : next.get(0).value();
            long result = place(at, stop - at, protection, flags, descriptor, offset + (at - guest));
            if (result < 0) return result;
            at = stop;
        }
        return 0;
    }

    /** The range is nothing any more. */
    public void remove(long guest, long length) {
        long result = tracee.call(NR_MUNMAP, guest, length, 0, 0, 0, 0);
        if (result < 0) throw new HostFailure("cannot unmap payload memory", -result);
        protections.remove(guest, guest + length);
    }

    /** mremap(2) to a fixed place; the pages are inaccessible before. */
    public long move(long from, long oldLength, long to, long newLength) {
        long result = from == to
                ? tracee.call(NR_MREMAP, from, oldLength, newLength, 0, 0, 0)
                : tracee.call(NR_MREMAP, from, oldLength, newLength, MREMAP_MAYMOVE_FIXED, to, 0);
        return Tracee.failed(result) ? result : 0;
    }

    /** Maps the file of a shared mapping a second time, with the same protection: mremap(2) with an old length of 0. */
    public long duplicate(long from, long to, long length) {
        long result = tracee.call(NR_MREMAP, from, 0, length, MREMAP_MAYMOVE_FIXED, to, 0);
        if (Tracee.failed(result)) return result;
        note(to, to + length, protection(from));
        return 0;
    }

    /** remap_file_pages(2) of a shared mapping. */
    public long remapFilePages(long guest, long length, long page) {
        return tracee.call(NR_REMAP_FILE_PAGES, guest, length, 0, page, 0, 0);
    }

    synchronized ExtendedState extendedState() {
        if (extendedState == null) extendedState = new ExtendedState();
        return extendedState;
    }

    /** Nobody else may ever wait for the process, and a zombie would be left. */
    @Override
    public void close() {
        closed = true;
        // a payload that has become another user may not kill it
        if (HostCall.kill(tracee.pid(), SIGKILL) < 0) tracee.hangUp();
        List<Integer> all;
        synchronized (this) {
            all = List.copyOf(tids);
        }
        long status = HostMemory.allocate(8);
        // a traced thread is only gone when its tracer, or any other thread here, was told so
        for (int tid : all) awaitEnd(tid, status);
        awaitEnd(tracee.pid(), status);
    }

    private static void awaitEnd(int tid, long status) {
        do {
            if (Ptrace.await(tid, status) < 0) return;
        } while ((HostMemory.getInt(status) & 0xff) == STOPPED);
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public int tracedProcess() {
        return tracee.pid();
    }

    @Override
    public long xfeatures() {
        return extendedState().features();
    }

    @Override
    public long vdso() {
        return vdso;
    }

    @Override
    public long restorer() {
        return GuestLayout.RESTORER;
    }
}
