package io.kmdebug.monitor.snapshot;

import io.kmdebug.monitor.Log;
import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.MappedFile;
import io.kmdebug.monitor.memory.Region;
import io.kmdebug.monitor.memory.SavedPages;
import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.state.FileIdentity;
import io.kmdebug.monitor.state.NotKeepable;
import io.kmdebug.monitor.state.ProcessState;
import io.kmdebug.monitor.state.Restore;
import io.kmdebug.monitor.syscall.GuestMemory;
import io.kmdebug.monitor.syscall.ProcessServices;
import io.kmdebug.monitor.syscall.SyscallTable;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.RestoredThreads;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a payload of a snapshot. Its memory comes from the file page by page, as it is touched. */
public final class Resume {
    private static final int O_PATH_CLOEXEC = 012000000;
    private static final int O_CLOEXEC = 02000000;
    private static final int MAP_SHARED_FIXED_ANONYMOUS = 0x31;
    private static final int MAP_SHARED_FIXED = 0x11;
    /** Less than this is copied: every mapping costs the host an area. */
    private static final long SMALL = 256 << 10;

    private final SnapshotFile file;
    private final ProcessState state;

    private Resume(SnapshotFile file, ProcessState state) {
        this.file = file;
        this.state = state;
    }

    /**
     * Reads everything but memory.
     *
     * @throws NotResumable with a sentence for the user
     */
    public static Resume open(String path) throws NotResumable {
        SnapshotFile file = SnapshotFile.open(Path.of(path));
        return new Resume(file, file.state());
    }

    /** A payload without threads and memory. */
    public Payload payload(Platform platform, AddressSpace space, GuestMemory memory, SyscallTable table, Log log)
            throws NotResumable {
        if (platform.vdso() != state.vdso() || !Arrays.equals(VdsoDigest.of(platform.vdso()), state.vdsoDigest())) {
            throw new NotResumable(file.path()
                    + ": it was taken under another kernel: the payload has pointers into that" + " one's vDSO");
        }
        if (platform.restorer() != state.restorer()) {
            throw new NotResumable(file.path() + ": it was taken on a platform whose pages lie elsewhere");
        }
        return Restore.payload(state, platform, space, memory, table, log);
    }

    /**
     * Everything else: memory, process, descriptors, threads and timers. None of the threads runs yet.
     *
     * @param inherited the descriptors from 3 on that this monitor was started with: the host's by number; used up
     */
    public RestoredThreads restore(Payload payload, Map<Integer, Integer> inherited) throws NotResumable {
        try {
            AddressSpace space = payload.space();
            for (Region region : state.memory().regions()) enter(space, region);
            space.settle();
            Restore.process(state, payload);
            ProcessServices services = payload.services();
            DescriptorsAnew.into(
                    services.world(),
                    services.descriptors(),
                    payload.signals(),
                    state.descriptors(),
                    inherited,
                    sentence -> payload.log(file.path() + ": " + sentence));
            String refused = RestoredThreads.refusedRights(state.threads());
            if (refused != null) {
                throw new NotKeepable("this process may not become what it was: " + refused);
            }
            return Restore.threads(state, payload);
        } catch (NotKeepable e) {
            throw new NotResumable(file.path() + ": cannot be resumed: " + e.getMessage());
        }
    }

    private void enter(AddressSpace space, Region region) throws NotKeepable, NotResumable {
        MappedFile backing = region.backing();
        long result;
        if (region.shared() && backing != null && !backing.isAnonymous()) {
            result = shareFile(space, region, backing);
        } else if (region.shared()) {
            result = space.map(
                    region.start(),
                    region.length(),
                    region.protection(),
                    MAP_SHARED_FIXED_ANONYMOUS,
                    null,
                    0,
                    region.name());
            if (result >= 0) fillShared(space, region);
        } else {
            result = enterPrivate(space, region, backing);
        }
        if (result < 0) {
            throw new NotKeepable("memory at 0x" + Long.toHexString(region.start()) + ", " + region.length()
                    + " bytes, cannot be mapped: errno " + -result);
        }
    }

    private static long shareFile(AddressSpace space, Region region, MappedFile backing) {
        int descriptor = HostCall.open(backing.path(), backing.accessMode() | O_CLOEXEC);
        if (descriptor < 0) return descriptor;
        try {
            MappedFile mapped = MappedFile.of(descriptor, backing.path(), backing.accessMode());
            return space.map(
                    region.start(),
                    region.length(),
                    region.protection(),
                    MAP_SHARED_FIXED,
                    mapped,
                    region.offset(),
                    region.name());
        } finally {
            HostCall.close(descriptor);
        }
    }

    /** Shared memory has no pages of a file behind it: they are copied. */
    private void fillShared(AddressSpace space, Region region) throws NotResumable {
        boolean writable = (region.protection() & Platform.WRITE) != 0;
        if (!writable) space.protect(region.start(), region.length(), Platform.READ | Platform.WRITE);
        for (StoredPages pages : file.pages(region.start(), region.end())) copy(space, pages);
        if (!writable) space.protect(region.start(), region.length(), region.protection());
    }

    private long enterPrivate(AddressSpace space, Region region, @Nullable MappedFile backing) throws NotResumable {
        List<SavedPages> large = new ArrayList<>();
        List<StoredPages> others = new ArrayList<>();
        for (StoredPages pages : file.pages(region.start(), region.end())) {
            SavedPages mappable = pages.bytes() < SMALL ? null : pages.mappable();
            if (mappable == null) others.add(pages);
            else large.add(mappable);
        }
        Region entered = backing == null || isThere(backing) ? region : region.withoutBacking();
        long result = space.restoreSaved(entered, large);
        if (result >= 0) for (StoredPages pages : others) copy(space, pages);
        return result;
    }

    /** Whether the file is the one that was mapped, and is taken hold of for forks; else only the name is left of it. */
    private static boolean isThere(MappedFile backing) {
        if (backing.descriptor() >= 0) return true;
        FileIdentity now = HostFile.identity(backing.path());
        if (now == null || now.inode() != backing.inode() || now.device() != backing.device()) return false;
        int held = HostCall.open(backing.path(), O_PATH_CLOEXEC);
        if (held < 0) return false;
        backing.attach(held);
        return true;
    }

    private static void copy(AddressSpace space, StoredPages pages) throws NotResumable {
        pages.copy(space.window().base() + pages.start());
    }
}
