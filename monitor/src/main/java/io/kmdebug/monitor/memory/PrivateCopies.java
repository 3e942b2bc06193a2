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

/**
 * Copies pages of private file mappings into the memory file that both processes can map, at the latest when they are
 * written: a page that is private to both cannot be shared.
 */
final class PrivateCopies {
    /** How much of a large mapping is copied at once. */
    static final int CHUNK = 1 << 16;

    private static final int NR_FCNTL = 72;
    private static final int F_GETFL = 3;
    private static final int O_ACCMODE = 3;
    private static final int ENOMEM = 12;
    private static final int EFAULT = 14;
    private static final int PAGE = AddressSpace.PAGE;

    private final PtracePlatform platform;
    private final PageOrigins origins;
    private final SparseMemory memory;
    private final long base;

    /** @param base host address of guest address 0 */
    PrivateCopies(PtracePlatform platform, PageOrigins origins, SparseMemory memory, long base) {
        this.platform = platform;
        this.origins = origins;
        this.memory = memory;
        this.base = base;
    }

    /** Whether nobody can write the file by this opening. */
    static boolean isReadOnly(int descriptor) {
        return (Native.syscall(NR_FCNTL, descriptor, F_GETFL) & O_ACCMODE) == 0;
    }

    /** Copies what the window has of a file, in the other process, too. */
    long copyHere(long start, long end, int hostProtection) {
        long copied = copy(start, end, hostProtection);
        Extent extent = origins.at(start);
        if (copied <= 0 || extent == null) return copied;
        platform.permitWrites(start, copied);
        return platform.replace(start, copied, MAP_SHARED | MAP_NORESERVE, memory.descriptor(), start + extent.shift());
    }

    /** Copies the chunks around bytes that are going to be written. The window calls one at a time. */
    void prepareWrite(long guest, long length) {
        for (RangeMap.Range<Integer> part : platform.refused(guest, guest + length)) {
            long mask = -part.value();
            // The run around the written bytes that is still the file's.
            for (long at = part.start() & mask; at < part.end(); at += part.value()) {
                for (RangeMap.Range<Integer> chunk : platform.refused(at, at + part.value())) {
                    copyHere(chunk.start(), chunk.end(), HostCall.PROT_READ | HostCall.PROT_WRITE);
                }
            }
        }
    }

    /**
     * Makes memory of what the window has of a file. Returns how many bytes; what is behind the file's end stays the
     * file's. The other process is the caller's business.
     */
    private long copy(long start, long end, int hostProtection) {
        long shift = origins.freeShift(start, end);
        if (origins.protection(start) == null) HostCall.mprotect(base + start, end - start, HostCall.PROT_READ);
        long at = start;
        while (at < end) {
            long written = memory.write(base + at, end - at, at + shift);
            if (written == -EFAULT || written == 0) break;
            if (written < 0) return -ENOMEM;
            at += written;
        }
        at &= -PAGE;
        if (at == start) return 0;
        long result = memory.map(start, at, hostProtection, shift);
        if (result < 0) return result;
        origins.remember(start, at, new Extent(Kind.COPY, shift), hostProtection);
        return at - start;
    }

    /** Copies a whole mapping that the other process does not have yet; what is behind the file's end is mapped there. */
    long copyAll(long guest, long length, int access, int descriptor, long offset) {
        long done = copy(guest, guest + length, HostWindow.hostProtection(access));
        if (done < 0) return done;
        Extent extent = origins.at(guest);
        long result = 0;
        if (done > 0 && extent != null) {
            int flags = MAP_SHARED | MAP_NORESERVE;
            result = platform.place(guest, done, access, flags, memory.descriptor(), guest + extent.shift());
        }
        if (result < 0 || done == length) return result;
        int flags = MAP_PRIVATE | MAP_NORESERVE;
        return platform.place(guest + done, length - done, access, flags, descriptor, offset + done);
    }
}
