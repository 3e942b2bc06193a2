package io.kmdebug.monitor.memory;

import static io.kmdebug.monitor.memory.AddressSpace.EINVAL;
import static io.kmdebug.monitor.memory.AddressSpace.ENOMEM;
import static io.kmdebug.monitor.memory.AddressSpace.PAGE;
import static io.kmdebug.monitor.memory.AddressSpace.PROTECTION_BITS;
import static io.kmdebug.monitor.memory.AddressSpace.PROT_GROWSDOWN;
import static io.kmdebug.monitor.memory.AddressSpace.PROT_GROWSUP;
import static io.kmdebug.monitor.memory.AddressSpace.isPayload;
import static io.kmdebug.monitor.memory.AddressSpace.roundUp;
import static io.kmdebug.monitor.memory.PageEntries.entryProtection;

import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.platform.OutOfTables;
import io.kmdebug.monitor.platform.Platform;

/**
 * mprotect(2): rights are taken from the page table entries first and given to them last. Takes the address space's
 * lock itself.
 */
final class Protecting {
    private final AddressSpace space;
    private final RegionMap regions;
    private final HostWindow window;
    private final Platform platform;
    private final MemoryBudget budget;
    private final PageEntries entries;

    Protecting(AddressSpace space) {
        this.space = space;
        this.regions = space.regionsLocked();
        this.window = space.window();
        this.platform = space.platform();
        this.budget = space.budgetLocked();
        this.entries = space.entriesLocked();
    }

    /** 0, or minus an errno. */
    long protect(long start, long length, int protection) {
        long bytes = roundUp(length);
        int grows = protection & (PROT_GROWSDOWN | PROT_GROWSUP);
        if (grows == (PROT_GROWSDOWN | PROT_GROWSUP) || (start & PAGE - 1) != 0) return -EINVAL;
        if (length == 0) return 0;
        if (start + bytes <= start) return -ENOMEM;
        if ((protection & ~(PROTECTION_BITS | 8 | PROT_GROWSDOWN | PROT_GROWSUP)) != 0) return -EINVAL;
        if (!isPayload(start, bytes)) return -ENOMEM;
        space.writeLock().lock();
        try {
            long at = start;
            long end = start + bytes;
            if (grows != 0) {
                Region first = regions.at(start);
                if (first == null) return -ENOMEM;
                if (grows == PROT_GROWSUP || !first.has(Region.GROWS_DOWN)) return -EINVAL;
                at = first.start();
            }
            if (budget.splitsTooMany(at, end, 2)) return -ENOMEM;
            for (Region part : regions.parts(at, end)) {
                if (part.start() != at) return -ENOMEM;
                long result = protectLocked(part, protection & PROTECTION_BITS);
                if (result < 0) return result;
                at = part.end();
            }
            return at == end ? 0 : -ENOMEM;
        } finally {
            space.writeLock().unlock();
        }
    }

    private long protectLocked(Region part, int protection) {
        int old = part.protection();
        if (old == protection) return 0;
        Region changed = part.withProtection(protection);
        if (!part.isData() && changed.isData() && budget.refusesAsData(changed)) return -ENOMEM;
        int kept = entryProtection(old) & entryProtection(protection);
        boolean loses = kept != entryProtection(old);
        try {
            if (loses) platform.protect(part.start(), part.length(), kept);
        } catch (OutOfTables full) {
            return -ENOMEM;
        }
        boolean sameForHost = HostWindow.hostProtection(old) == HostWindow.hostProtection(protection);
        if (!sameForHost) {
            long result = window.protect(part.start(), part.length(), protection);
            if (result < 0) {
                if (loses) platform.protect(part.start(), part.length(), entryProtection(old));
                return result;
            }
        }
        // The host never had the right to execute, so it has no change to tell the CPUs of.
        boolean executeLost = (old & Platform.EXECUTE) != 0 && (protection & Platform.EXECUTE) == 0;
        if (executeLost && sameForHost) window.shootDown(part.start(), part.length(), protection);
        regions.remove(part.start(), part.end());
        regions.add(changed);
        if (Trace.on(Trace.MMAP)) Trace.line(Trace.MMAP, "protect " + changed.describe());
        if (old == 0 && part.has(Region.HUGE)) entries.adviseLarge(changed);
        if (protection == 0 || kept == entryProtection(protection) && kept != 0) return 0;
        if (part.length() <= PageEntries.EAGER_BYTES) entries.fill(changed);
        else entries.raise(part, entryProtection(protection));
        return 0;
    }
}
