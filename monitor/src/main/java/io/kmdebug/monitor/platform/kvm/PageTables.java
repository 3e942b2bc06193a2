package io.kmdebug.monitor.platform.kvm;

import io.kmdebug.monitor.platform.GuestLayout;
import io.kmdebug.monitor.platform.Platform;
import java.util.Arrays;

/**
 * The guest's four-level page tables. Intel SDM volume 3 §4.5. Entries carry the accessed and dirty bits from the
 * start, so that neither the processor nor KVM writes to them. Tables are unlinked many at a time
 * only, since KVM does not notice by itself: {@link #reclaim}.
 */
final class PageTables {
    private static final long PRESENT = 1;
    private static final long WRITABLE = 2;
    private static final long USER = 4;
    private static final long ACCESSED_DIRTY = 0x60;
    /** PS: the entry of a directory is a page of 2 MiB. */
    private static final long LARGE = 0x80;

    private static final long NO_EXECUTE = 1L << 63;
    private static final long ADDRESS = 0x000f_ffff_ffff_f000L;
    private static final int PAGE = Platform.PAGE;
    private static final int PAGE_SHIFT = 12;
    private static final int POINTERS_SHIFT = 39;
    private static final int DIRECTORY_SHIFT = 30;
    private static final int TABLE_SHIFT = 21;
    /** Bytes that one table of the lowest level describes. */
    private static final long TABLE_SPAN = 1L << TABLE_SHIFT;

    private static final int ENTRIES = 512;
    private static final int TABLES_OF_CHUNK = (int) (MemorySlots.CHUNK / TABLE_SPAN);
    private static final int ENOUGH_EMPTY = 512;
    private static final int ENOUGH_SLOTS = 1024;

    private final SystemMemory memory;
    private final MemorySlots slots;
    private final long root;
    /** Entries that are present, by number of the table's page. */
    private short[] present = new short[256];
    /** Lowest-level tables of the payload, and those of them without entries. */
    private int tables;

    private int empty;
    private int slotsLimit = ENOUGH_SLOTS;
    private long[] unlinked = new long[64];
    private int unlinkedCount;

    PageTables(SystemMemory memory, MemorySlots slots) {
        this.memory = memory;
        this.slots = slots;
        this.root = memory.allocatePage();
    }

    /** CR3. */
    long root() {
        return root;
    }

    /** Maps one page outside the payload's range. */
    void mapSystem(long guest, long physical, boolean user, boolean writable, boolean executable) {
        long entry = physical | PRESENT | ACCESSED_DIRTY;
        if (user) entry |= USER;
        if (writable) entry |= WRITABLE;
        if (!executable) entry |= NO_EXECUTE;
        memory.putLong(table(guest) + index(guest, PAGE_SHIFT), entry);
    }

    void map(long guest, long length, int protection) {
        long bits = bits(protection);
        long end = guest + length;
        for (long at = guest; at < end; ) {
            long stop = Math.min(end, nextTable(at));
            long directory = directory(at, true);
            long slot = directory + index(at, TABLE_SHIFT);
            long value = memory.getLong(slot);
            if ((value & LARGE) != 0) {
                if (stop - at == TABLE_SPAN) {
                    memory.putLong(slot, bits == 0 ? 0 : value & ADDRESS | bits | LARGE);
                    at = stop;
                    continue;
                }
                if (bits == (value & ~(ADDRESS | LARGE))) {
                    at = stop;
                    continue;
                }
                value = split(slot, value);
            } else if ((value & PRESENT) == 0) {
                value = linkTable(slot);
            }
            long physical = slots.physical(at);
            fill(value & ADDRESS, at, stop, physical, bits);
            at = stop;
        }
    }

    private void fill(long table, long at, long stop, long physical, long bits) {
        int change = 0;
        for (; at < stop; at += PAGE, physical += PAGE) {
            long entry = table + index(at, PAGE_SHIFT);
            if ((memory.getLong(entry) & PRESENT) != 0) change--;
            if (bits != 0) change++;
            memory.putLong(entry, bits == 0 ? 0 : physical | bits);
        }
        count(table, change);
    }

    /** Maps large pages where no table is yet; {@code guest} and {@code length} are multiples of theirs. */
    void mapLarge(long guest, long length, int protection) {
        long bits = bits(protection);
        for (long at = guest; at < guest + length; at += TABLE_SPAN) {
            long slot = directory(at, true) + index(at, TABLE_SHIFT);
            long value = memory.getLong(slot);
            if ((value & PRESENT) != 0 && (value & LARGE) == 0) {
                fill(value & ADDRESS, at, at + TABLE_SPAN, slots.physical(at), bits);
            } else {
                memory.putLong(slot, bits == 0 ? 0 : slots.physical(at) | bits | LARGE);
            }
        }
    }

    void protect(long guest, long length, int protection) {
        long bits = bits(protection);
        long end = guest + length;
        for (long at = guest; at < end; ) {
            long stop = Math.min(end, nextTable(at));
            long directory = directory(at, false);
            if (directory < 0) {
                at = skip(at, end);
                continue;
            }
            long slot = directory + index(at, TABLE_SHIFT);
            long value = memory.getLong(slot);
            if ((value & PRESENT) == 0) {
                at = stop;
                continue;
            }
            if ((value & LARGE) != 0) {
                if (stop - at == TABLE_SPAN) {
                    memory.putLong(slot, bits == 0 ? 0 : value & ADDRESS | bits | LARGE);
                    at = stop;
                    continue;
                }
                if (bits == (value & ~(ADDRESS | LARGE))) {
                    at = stop;
                    continue;
                }
                value = split(slot, value);
            }
            long table = value & ADDRESS;
            int gone = 0;
            for (; at < stop; at += PAGE) {
                long entry = table + index(at, PAGE_SHIFT);
                long old = memory.getLong(entry);
                if ((old & PRESENT) == 0) continue;
                memory.putLong(entry, bits == 0 ? 0 : old & ADDRESS | bits);
                if (bits == 0) gone++;
            }
            count(table, -gone);
        }
    }

    /**
     * A table of small pages that says what the large page said. What a CPU still knows of the large page stays right
     * until the host mapping changes, which takes it away.
     */
    private long split(long slot, long large) {
        long table = memory.allocatePage();
        long entry = large & ~LARGE;
        for (long i = 0; i < ENTRIES; i++) memory.putLong(table + 8 * i, entry + i * PAGE);
        long value = table | PRESENT | WRITABLE | USER | ACCESSED_DIRTY;
        memory.putLong(slot, value);
        tables++;
        empty++;
        count(table, ENTRIES);
        return value;
    }

    /** A table of small pages without entries, for the payload's memory. */
    private long linkTable(long slot) {
        tables++;
        empty++;
        return link(slot);
    }

    private long link(long slot) {
        long value = memory.allocatePage() | PRESENT | WRITABLE | USER | ACCESSED_DIRTY;
        memory.putLong(slot, value);
        return value;
    }

    int protection(long guest) {
        long directory = directory(guest, false);
        if (directory < 0) return 0;
        long entry = memory.getLong(directory + index(guest, TABLE_SHIFT));
        if ((entry & PRESENT) == 0) return 0;
        if ((entry & LARGE) == 0) {
            entry = memory.getLong((entry & ADDRESS) + index(guest, PAGE_SHIFT));
            if ((entry & PRESENT) == 0) return 0;
        }
        int protection = Platform.READ;
        if ((entry & WRITABLE) != 0) protection |= Platform.WRITE;
        if ((entry & NO_EXECUTE) == 0) protection |= Platform.EXECUTE;
        return protection;
    }

    private static long bits(int protection) {
        if (protection == 0) return 0;
        long bits = PRESENT | USER | ACCESSED_DIRTY;
        if ((protection & Platform.WRITE) != 0) bits |= WRITABLE;
        if ((protection & Platform.EXECUTE) == 0) bits |= NO_EXECUTE;
        return bits;
    }

    private static long nextTable(long guest) {
        return (guest & -TABLE_SPAN) + TABLE_SPAN;
    }

    /** Guest-physical address of the lowest-level table for {@code guest}, which is made when it is not there. */
    private long table(long guest) {
        long slot = directory(guest, true) + index(guest, TABLE_SHIFT);
        long value = memory.getLong(slot);
        return ((value & PRESENT) != 0 ? value : link(slot)) & ADDRESS;
    }

    /** Guest-physical address of the page directory for {@code guest}; -1 when it is not there and not to be made. */
    private long directory(long guest, boolean make) {
        long table = root;
        for (int shift = POINTERS_SHIFT; shift > TABLE_SHIFT; shift -= 9) {
            long entry = table + index(guest, shift);
            long value = memory.getLong(entry);
            if ((value & PRESENT) == 0) {
                if (!make) return -1;
                value = link(entry);
            }
            table = value & ADDRESS;
        }
        return table;
    }

    /** Keeps count of the entries of a lowest-level table that are present. */
    private void count(long table, int change) {
        if (change == 0) return;
        int index = (int) (table / PAGE);
        if (index >= present.length) present = Arrays.copyOf(present, Math.max(2 * present.length, index + 1));
        if (present[index] == 0) empty--;
        present[index] += (short) change;
        if (present[index] == 0) empty++;
    }

    /** Whether tables without entries and chunks without pages have become so many that it is worth to free them. */
    boolean wantsReclaim() {
        return empty > ENOUGH_EMPTY && 2 * empty > tables || slots.count() > slotsLimit;
    }

    /**
     * Frees tables that have no entry and slots that have no page. An entry that was present must not be put to another
     * use while a CPU may remember it, so everything is unlinked first, then KVM is made to forget all it knows, and only
     * then are the pages anyone's again.
     */
    void reclaim() {
        for (long guest = 0; guest < GuestLayout.PAYLOAD_END; guest += 1L << POINTERS_SHIFT) {
            sweepPointers(root + index(guest, POINTERS_SHIFT), guest);
        }
        slots.forgetAll();
        for (int i = 0; i < unlinkedCount; i++) memory.freePage(unlinked[i]);
        unlinkedCount = 0;
        slotsLimit = Math.max(ENOUGH_SLOTS, 2 * slots.count());
    }

    private void sweepPointers(long slot, long guest) {
        long value = memory.getLong(slot);
        if ((value & PRESENT) == 0) return;
        long pointers = value & ADDRESS;
        boolean used = false;
        for (long i = 0; i < ENTRIES; i++) {
            long entry = pointers + 8 * i;
            sweepDirectory(entry, guest + (i << DIRECTORY_SHIFT));
            used |= (memory.getLong(entry) & PRESENT) != 0;
        }
        if (!used) unlink(slot, pointers);
    }

    private void sweepDirectory(long slot, long guest) {
        long value = memory.getLong(slot);
        if ((value & PRESENT) == 0) return;
        long directory = value & ADDRESS;
        boolean used = false;
        for (int first = 0; first < ENTRIES; first += TABLES_OF_CHUNK) {
            boolean chunkUsed = false;
            for (int i = first; i < first + TABLES_OF_CHUNK; i++) {
                long entry = directory + 8L * i;
                sweepTable(entry);
                chunkUsed |= (memory.getLong(entry) & PRESENT) != 0;
            }
            if (!chunkUsed) slots.drop(guest + ((long) first << TABLE_SHIFT));
            used |= chunkUsed;
        }
        if (!used) unlink(slot, directory);
    }

    private void sweepTable(long slot) {
        long value = memory.getLong(slot);
        if ((value & PRESENT) == 0 || (value & LARGE) != 0) return;
        long table = value & ADDRESS;
        if (present[(int) (table / PAGE)] != 0) return;
        unlink(slot, table);
        empty--;
        tables--;
    }

    private void unlink(long slot, long table) {
        memory.putLong(slot, 0);
        if (unlinkedCount == unlinked.length) unlinked = Arrays.copyOf(unlinked, 2 * unlinkedCount);
        unlinked[unlinkedCount++] = table;
    }

    /** The first address from {@code guest} on that a missing table does not cover, whatever the level it misses at. */
    private long skip(long guest, long end) {
        long table = root;
        for (int shift = POINTERS_SHIFT; shift > TABLE_SHIFT; shift -= 9) {
            long value = memory.getLong(table + index(guest, shift));
            if ((value & PRESENT) == 0) return Math.min(end, (guest >>> shift) + 1 << shift);
            table = value & ADDRESS;
        }
        return guest;
    }

    private static long index(long guest, int shift) {
        return (guest >>> shift & 0x1ff) << 3;
    }
}
