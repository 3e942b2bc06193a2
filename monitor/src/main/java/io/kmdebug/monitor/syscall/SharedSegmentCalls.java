package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EEXIST;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;

import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.MappedFile;
import io.kmdebug.monitor.memory.Region;
import java.util.HashMap;
import java.util.Map;

/**
 * System V shared memory: shmget(2), shmat(2), shmdt(2), shmctl(2). A segment is attached to the monitor itself, which
 * keeps its count of attachments right; the payload's memory maps the file that the kernel has behind it.
 */
final class SharedSegmentCalls implements SyscallGroup {
    private static final int SHM_RDONLY = 010000;
    private static final int SHM_RND = 020000;
    private static final int SHM_REMAP = 040000;
    private static final int SHM_EXEC = 0100000;
    private static final int MAP_FIXED = 0x10;
    private static final int MAP_FIXED_NOREPLACE = 0x100000;
    private static final int IPC_STAT = 2;
    private static final int SEGMENT_SIZE = 48;
    private static final int SHMID_BYTES = 112;
    private static final int O_RDWR_CLOEXEC = 02000002;
    private static final long PAGE = 4096;
    private static final String NAME = "/SYSV";

    private final World world;
    private final AddressSpace space;
    /** Address in the monitor by address in the payload. */
    private final Map<Long, Long> attached = new HashMap<>();
    /** Memory files in the place of segments whose own files cannot be opened. */
    private final Map<Integer, Integer> copies = new HashMap<>();

    SharedSegmentCalls(World world, AddressSpace space) {
        this.world = world;
        this.space = space;
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        return switch (number) {
            case Sys.SHMGET -> world.call(number, (int) a[0], a[1], (int) a[2]);
            case Sys.SHMAT -> attach(t, (int) a[0], a[1], (int) a[2]);
            case Sys.SHMDT -> detach(a[0]);
            default -> control(t.memory(), a);
        };
    }

    /** Reads go to struct shmid_ds or, for IPC_INFO and SHM_INFO, to smaller ones. */
    private long control(GuestMemory memory, long[] a) {
        long buffer = switch ((int) a[1]) {
            case 1 -> memory.host(a[2], SHMID_BYTES, Access.READ);
            case IPC_STAT, 13, 15 -> memory.host(a[2], SHMID_BYTES, Access.WRITE);
            case 3 -> memory.host(a[2], 72, Access.WRITE);
            case 14 -> memory.host(a[2], 48, Access.WRITE);
            default -> 0;
        };
        return world.call(Sys.SHMCTL, (int) a[0], (int) a[1], buffer);
    }

    private synchronized long attach(SyscallThread t, int id, long wanted, int flags) {
        long at = wanted;
        if (at != 0 && (at & PAGE - 1) != 0) {
            if ((flags & SHM_RND) == 0) return -EINVAL;
            at &= -PAGE;
        }
        if (at == 0 && (flags & SHM_REMAP) != 0) return -EINVAL;
        long host = world.call(Sys.SHMAT, id, 0, flags & (SHM_RDONLY | SHM_EXEC));
        if (host < 0 && host > -PAGE) return host;
        long result = map(t, id, host, at, flags);
        Long replaced = result < 0 ? Long.valueOf(host) : attached.put(result, host);
        if (replaced != null) world.own(Sys.SHMDT, replaced);
        return result;
    }

    private long map(SyscallThread t, int id, long host, long at, int flags) {
        Scratch scratch = world.scratch();
        long state = scratch.allocate(SHMID_BYTES);
        long result = world.own(Sys.SHMCTL, id, IPC_STAT, state);
        if (result < 0) return result;
        long bytes = scratch.getLong(state + SEGMENT_SIZE) + PAGE - 1 & -PAGE;
        boolean readOnly = (flags & SHM_RDONLY) != 0;
        int descriptor = segmentFile(t, id, host, bytes, readOnly);
        if (descriptor < 0) return descriptor;
        int protection = (readOnly ? 1 : 3) | ((flags & SHM_EXEC) != 0 ? 4 : 0);
        int placed = at == 0 ? 0 : (flags & SHM_REMAP) != 0 ? MAP_FIXED : MAP_FIXED_NOREPLACE;
        String name = NAME + String.format("%08x (deleted)", scratch.getInt(state));
        MappedFile file = MappedFile.of(descriptor, name, readOnly ? 0 : 2);
        long mapped = space.map(at, bytes, protection, AddressSpace.MAP_SHARED | placed, file, 0, "");
        if (!copies.containsValue(descriptor)) world.own(Sys.CLOSE, descriptor);
        return mapped == -EEXIST ? -EINVAL : mapped;
    }

    /** A descriptor of the file behind an attached segment; without the right to open it, one of a copy. */
    private int segmentFile(SyscallThread t, int id, long host, long bytes, boolean readOnly) {
        Scratch scratch = world.innerScratch();
        String range = Long.toHexString(host) + "-" + Long.toHexString(host + bytes);
        long path = scratch.string("/proc/self/map_files/" + range);
        int flags = readOnly ? OpenCalls.O_CLOEXEC : O_RDWR_CLOEXEC;
        long opened = world.own(Sys.OPEN, path, flags, 0);
        if (opened >= 0) return (int) opened;
        Integer known = copies.get(id);
        if (known != null) return known;
        t.process()
                .log("shared memory segment " + id + " is shared with the payload's children only: its file cannot"
                        + " be opened without CAP_CHECKPOINT_RESTORE");
        long copy = world.own(Sys.MEMFD_CREATE, scratch.string("SYSV"), 1);
        if (copy < 0) return (int) copy;
        world.own(Sys.FTRUNCATE, copy, bytes);
        for (long done = 0; done < bytes; ) {
            long n = world.own(Sys.PWRITE64, copy, host + done, bytes - done, done);
            if (n <= 0) break;
            done += n;
        }
        copies.put(id, (int) copy);
        return (int) copy;
    }

    /** An attachment that was inherited is known by its region alone. */
    private synchronized long detach(long at) {
        Long host = attached.remove(at);
        Region region = space.region(at);
        boolean segment =
                region != null && region.start() == at && region.name().startsWith(NAME);
        if (host == null && !segment) return -EINVAL;
        if (region != null && segment) space.unmap(at, region.length());
        if (host != null) world.own(Sys.SHMDT, host);
        return 0;
    }
}
