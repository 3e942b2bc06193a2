package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.ENOMEM;
import static io.kmdebug.monitor.syscall.Errno.ENOSPC;
import static io.kmdebug.monitor.syscall.Errno.ENOSYS;
import static io.kmdebug.monitor.syscall.Errno.EOPNOTSUPP;
import static io.kmdebug.monitor.syscall.Errno.EPERM;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.Advice;
import io.kmdebug.monitor.memory.MappedFile;
import io.kmdebug.monitor.memory.Region;
import io.kmdebug.monitor.memory.Remapping;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** System calls about memory: mmap(2), mprotect(2), mremap(2), brk(2), madvise(2) and their family. */
public final class MemoryCalls implements SyscallGroup {
    private static final int MMAP = 9;
    private static final int MPROTECT = 10;
    private static final int MUNMAP = 11;
    private static final int BRK = 12;
    private static final int MREMAP = 25;
    private static final int MSYNC = 26;
    private static final int MINCORE = 27;
    private static final int MADVISE = 28;
    private static final int MLOCK = 149;
    private static final int MUNLOCK = 150;
    private static final int MLOCKALL = 151;
    private static final int MUNLOCKALL = 152;
    private static final int MLOCK2 = 325;
    private static final int PKEY_MPROTECT = 329;
    private static final int PKEY_ALLOC = 330;
    private static final int PKEY_FREE = 331;
    private static final int REMAP_FILE_PAGES = 216;
    private static final int PROCESS_VM_READV = 310;
    private static final int PROCESS_VM_WRITEV = 311;
    private static final int KILL = 62;

    private static final int[] NUMBERS = {
        MMAP,
        MPROTECT,
        MUNMAP,
        BRK,
        MREMAP,
        MSYNC,
        MINCORE,
        MADVISE,
        MLOCK,
        MUNLOCK,
        MLOCKALL,
        MUNLOCKALL,
        MLOCK2,
        PKEY_MPROTECT,
        PKEY_ALLOC,
        PKEY_FREE,
        REMAP_FILE_PAGES,
        PROCESS_VM_READV,
        PROCESS_VM_WRITEV
    };
    private static final int READLINK = 89;
    private static final int FCNTL = 72;
    private static final int F_GETFL = 3;
    private static final int LONGEST_PATH = 4096;
    private static final int NO_KEY = -1;
    /** LEGACY_MAP_MASK and MAP_TYPE: what MAP_SHARED_VALIDATE lets pass. */
    private static final int LEGACY_FLAGS = 0x3f | 0x80 | 0x40 | 0x1900 | 0x7_e000 | 0x400_0000;

    private static final long PAGE_MASK = 4095;
    private final AddressSpace space;
    private final Remapping remapping;
    private final Advice advice;
    private final FdTable files;
    private final World world;

    private MemoryCalls(AddressSpace space, FdTable files, World world) {
        this.space = space;
        this.remapping = new Remapping(space);
        this.advice = new Advice(space);
        this.files = files;
        this.world = world;
    }

    public static void register(SyscallTable table, AddressSpace space, FdTable files, World world) {
        table.register(new MemoryCalls(space, files, world), NUMBERS);
    }

    @Override
    public long call(SyscallThread thread, int number, long[] a) {
        return switch (number) {
            case MMAP -> mmap(a);
            case MPROTECT -> space.protect(a[0], a[1], (int) a[2]);
            case PKEY_MPROTECT -> (int) a[3] == NO_KEY ? space.protect(a[0], a[1], (int) a[2]) : -EINVAL;
            case MUNMAP -> space.unmap(a[0], a[1]);
            case BRK -> space.heapEnd(a[0]);
            case MREMAP -> remapping.remap(a[0], a[1], a[2], (int) a[3], a[4]);
            case MADVISE -> advice.advise(a[0], a[1], (int) a[2]);
            case MSYNC -> sync(thread, a);
            case MLOCK -> advice.lock(a[0], a[1], 0);
            case MLOCK2 -> advice.lock(a[0], a[1], (int) a[2]);
            case MUNLOCK -> advice.unlock(a[0], a[1]);
            case MLOCKALL -> advice.lockAll((int) a[0]);
            case MUNLOCKALL -> advice.unlockAll();
            case MINCORE -> mincore(thread, a);
            case REMAP_FILE_PAGES -> remapping.remapFilePages(a[0], a[1], (int) a[2], a[3], (int) a[4]);
            case PROCESS_VM_READV -> processMemory(thread, number, a, Access.WRITE, Access.READ);
            case PROCESS_VM_WRITEV -> processMemory(thread, number, a, Access.READ, Access.WRITE);
            // no protection keys: what a kernel answers on processors without them
            case PKEY_ALLOC -> (int) a[0] != 0 || (a[1] & ~3) != 0 ? -EINVAL : -ENOSPC;
            case PKEY_FREE -> -EINVAL;
            default -> -ENOSYS;
        };
    }

    private long mmap(long[] a) {
        int flags = (int) a[3];
        int type = flags & AddressSpace.MAP_TYPE;
        boolean known = type == 1 || type == 2 || type == 3;
        if ((flags & AddressSpace.MAP_ANONYMOUS) != 0) {
            if (!known || type == 3) return -EINVAL;
            return space.map(a[0], a[1], (int) a[2], flags, null, 0, "");
        }
        Descriptor descriptor = files.acquire(a[4]);
        try {
            if (!known) return -EINVAL;
            if (type == 3 && (flags & ~LEGACY_FLAGS) != 0) return -EOPNOTSUPP;
            int hostFd = descriptor.hostFd();
            int accessMode = (int) world.own(FCNTL, hostFd, F_GETFL) & 3;
            MappedFile file = MappedFile.of(hostFd, path(hostFd), accessMode);
            return space.map(a[0], a[1], (int) a[2], flags, file, a[5], "");
        } finally {
            descriptor.release();
        }
    }

    /** As the kernel names the file, for people and cores. */
    private String path(int hostFd) {
        long link = HostCall.cString("/proc/self/fd/" + hostFd);
        long name = HostMemory.allocate(LONGEST_PATH);
        try {
            long length = world.own(READLINK, link, name, LONGEST_PATH);
            if (length < 0) return "";
            return new String(HostMemory.read(name, (int) length), StandardCharsets.ISO_8859_1);
        } finally {
            HostMemory.free(link);
            HostMemory.free(name);
        }
    }

    /** Shared file pages are written back where they are; all other memory has nowhere to go. */
    private long sync(SyscallThread thread, long[] a) {
        List<Region> parts = new ArrayList<>();
        long result = advice.checkSync(a[0], a[1], (int) a[2], parts);
        if (result < 0 && result != -ENOMEM) return result;
        for (Region part : parts) {
            long host = thread.memory().range(part.start(), part.length(), Access.READ);
            long written = thread.blocking(SyscallThread.Restart.ALWAYS, MSYNC, host, part.length(), a[2]);
            if (written < 0) return written;
        }
        return result;
    }

    private long mincore(SyscallThread thread, long[] a) {
        if ((a[0] & PAGE_MASK) != 0) return -EINVAL;
        if (a[1] < 0 || a[0] < 0 || a[0] + a[1] < 0) return -ENOMEM;
        if (a[1] == 0) return 0;
        long pages = (a[1] + PAGE_MASK) / (PAGE_MASK + 1);
        if (!advice.covers(a[0], a[1])) return -ENOMEM;
        long vector = thread.memory().range(a[2], pages, Access.WRITE);
        return world.call(MINCORE, thread.memory().range(a[0], a[1], Access.READ), a[1], vector);
    }

    /** process_vm_readv(2) and its sister, of the payload's own memory. */
    private long processMemory(SyscallThread thread, int number, long[] a, Access local, Access remote) {
        if (a[5] != 0) return -EINVAL;
        Scratch scratch = world.scratch();
        GuestMemory memory = thread.memory();
        long mine = Iovecs.toHost(memory, scratch, a[1], a[2], local);
        if ((int) a[0] != thread.process().pid()) {
            long exists = world.call(KILL, (int) a[0], 0);
            return exists < 0 ? exists : -EPERM;
        }
        long others = Iovecs.toHost(memory, scratch, a[3], a[4], remote);
        return world.call(number, HostCall.getpid(), mine, a[2], others, a[4], 0);
    }
}
