package io.kmdebug.monitor.memory;

import io.kmdebug.monitor.platform.Platform;
import java.util.List;

/**
 * Makes an address space that of another one, for a fork or from a snapshot: its regions are entered so that their
 * contents can be filled in, then all are settled. No payload thread runs meanwhile. Takes the address space's lock
 * itself.
 */
final class Restoration {
    private static final int READ_WRITE = Platform.READ | Platform.WRITE;

    private final AddressSpace space;
    private final RegionMap regions;
    private final HostWindow window;
    private final MappedFiles files;
    private final PageEntries entries;

    Restoration(AddressSpace space) {
        this.space = space;
        this.regions = space.regionsLocked();
        this.window = space.window();
        this.files = space.filesLocked();
        this.entries = space.entriesLocked();
    }

    /** As {@link AddressSpace#restore}. */
    long restore(Region region) {
        space.writeLock().lock();
        try {
            return restoreLocked(region);
        } finally {
            files.sweep();
            space.writeLock().unlock();
        }
    }

    private long restoreLocked(Region region) {
        long result = 0;
        MappedFile backing = region.backing();
        if (backing != null) {
            boolean fresh = backing.uses == 0 && !backing.isAnonymous();
            MappedFile known = fresh ? files.known(backing) : backing;
            long descriptor = known.reopen();
            if (descriptor < 0) return descriptor;
            int access = region.shared() ? region.protection() : READ_WRITE;
            result = region.shared()
                    ? window.mapFile(region.start(), region.length(), access, true, (int) descriptor, region.offset())
                    : window.mapUnsettled(region.start(), region.length(), access, (int) descriptor, region.offset());
            known.reopened((int) descriptor);
            region = region.withBacking(known);
        } else if (!region.pristine()) {
            result = window.protect(region.start(), region.length(), READ_WRITE);
        }
        if (result < 0) return result;
        regions.add(region);
        if (region.has(Region.HUGE)) entries.adviseLarge(region);
        return 0;
    }

    /** As {@link AddressSpace#restoreSaved}. */
    long restoreSaved(Region region, List<SavedPages> content) {
        space.writeLock().lock();
        try {
            MappedFile backing = region.backing();
            Region entered = backing == null ? region : region.withBacking(files.known(backing));
            if (!region.pristine()) {
                long result = window.protect(region.start(), region.length(), READ_WRITE);
                for (SavedPages pages : content) {
                    if (result < 0) return result;
                    long bytes = pages.end() - pages.start();
                    boolean zeros = backing == null;
                    result = window.mapSaved(
                            pages.start(), bytes, READ_WRITE, pages.descriptor(), pages.offset(), zeros);
                }
                if (result < 0) return result;
            }
            regions.add(entered);
            return 0;
        } finally {
            space.writeLock().unlock();
        }
    }

    /** As {@link AddressSpace#settle}. */
    void settle() {
        space.writeLock().lock();
        try {
            int readWrite = HostWindow.hostProtection(READ_WRITE);
            window.settle();
            for (Region region : regions.all()) {
                boolean open = !region.shared() && !region.pristine();
                if (open && HostWindow.hostProtection(region.protection()) != readWrite) {
                    window.protect(region.start(), region.length(), region.protection());
                }
                entries.fill(region);
            }
        } finally {
            space.writeLock().unlock();
        }
    }
}
