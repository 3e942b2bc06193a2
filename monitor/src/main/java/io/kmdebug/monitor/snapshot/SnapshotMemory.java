package io.kmdebug.monitor.snapshot;

import io.kmdebug.coredump.CoreMemorySource;
import io.kmdebug.coredump.CoreRegion;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.HostWindow;
import io.kmdebug.monitor.memory.PopulatedPages;
import io.kmdebug.monitor.memory.Region;
import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.platform.VdsoPages;
import io.kmdebug.monitor.thread.DebugHook;
import io.kmdebug.monitor.thread.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The payload's memory as a snapshot has it: all that is private to it or shared with nobody but itself, files' pages
 * included, so that nothing outside is needed to go on; without a debugger's breakpoints. Files that it shares with
 * others stay where they are. The payload must be stopped.
 */
final class SnapshotMemory implements CoreMemorySource, AutoCloseable {
    private final HostWindow window;
    private final DebugHook debugger;
    private final PopulatedPages populated;
    /** The host's own view of the window: pages that the payload may not read are read too. proc_pid_mem(5). */
    private final FileChannel memory;

    private final List<CoreRegion> regions = new ArrayList<>();
    /** Regions of which only some pages hold anything. */
    private final TreeMap<Long, Region> sparse = new TreeMap<>();

    /** @param base what the file is going to build on, whose pages are left out; or null */
    SnapshotMemory(Payload payload, @Nullable SnapshotFile base) throws IOException {
        AddressSpace space = payload.space();
        this.window = space.window();
        this.debugger = payload.debugHook();
        this.populated = new PopulatedPages(space);
        memory = FileChannel.open(Path.of("/proc/self/mem"), StandardOpenOption.READ);
        ChangedPages changed = base == null ? null : new ChangedPages(base, this, populated);
        for (Region region : space.regions()) {
            if (changed != null) {
                if (isStored(region)) changed.find(region, flags(region.protection()), regions);
                continue;
            }
            regions.add(new CoreRegion(region.start(), region.end(), flags(region.protection()), isStored(region)));
            if (region.file() == null) sparse.put(region.start(), region);
        }
        long vdso = payload.platform().vdso();
        if (vdso != 0 && VdsoPages.host(vdso, 1) != 0) {
            long end = VdsoPages.start() + VdsoPages.bytes();
            regions.add(new CoreRegion(vdso, end, ElfSegment.PF_R | ElfSegment.PF_X, true));
        }
    }

    /** Whether the region's content goes into the file. */
    static boolean isStored(Region region) {
        return !region.pristine() && !(region.shared() && region.file() != null);
    }

    private static int flags(int protection) {
        return ((protection & Platform.READ) != 0 ? ElfSegment.PF_R : 0)
                | ((protection & Platform.WRITE) != 0 ? ElfSegment.PF_W : 0)
                | ((protection & Platform.EXECUTE) != 0 ? ElfSegment.PF_X : 0);
    }

    @Override
    public List<CoreRegion> regions() {
        return List.copyOf(regions);
    }

    @Override
    public long nextTouched(long address, long end) {
        var entry = sparse.floorEntry(address);
        if (entry == null || entry.getValue().end() <= address) return address;
        return Math.min(end, populated.next(entry.getValue(), address));
    }

    @Override
    public int read(long address, byte[] target, int offset, int length) {
        long vdso = VdsoPages.host(address, length);
        long host = vdso != 0 ? vdso : window.base() + address;
        ByteBuffer into = ByteBuffer.wrap(target, offset, length);
        int done = 0;
        try {
            while (into.hasRemaining()) {
                int got = memory.read(into, host + done);
                if (got <= 0) break;
                done += got;
            }
        } catch (IOException behindTheEndOfAFile) {
            // what was read before it counts
            done = into.position() - offset;
        }
        debugger.hide(address, target, offset, done);
        return done;
    }

    @Override
    public void close() throws IOException {
        memory.close();
    }
}
