package io.kmdebug.monitor.memory;

import org.jspecify.annotations.Nullable;

/**
 * A piece of the payload's address space with one protection and one backing.
 *
 * @param start page aligned
 * @param end exclusive, page aligned
 * @param protection PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4 as the payload asked
 * @param shared MAP_SHARED
 * @param backing the mapped file, or the memory file behind shared anonymous memory; null for private anonymous memory
 * @param offset bytes into the backing at {@code start}
 * @param name for people: a path, "[heap]", "[stack]", or empty
 * @param flags the constants of this class, or-ed
 */
public record Region(
        long start,
        long end,
        int protection,
        boolean shared,
        @Nullable MappedFile backing,
        long offset,
        String name,
        int flags) {

    /** An inaccessible reservation that the host has never been told of. */
    public static final int PRISTINE = 1;
    /** MAP_GROWSDOWN: grows towards lower addresses when it is touched there. */
    public static final int GROWS_DOWN = 1 << 1;
    /** MADV_DONTFORK. */
    public static final int NO_FORK = 1 << 2;
    /** MADV_WIPEONFORK. */
    public static final int WIPE_ON_FORK = 1 << 3;
    /** MADV_DONTDUMP. */
    public static final int NO_DUMP = 1 << 4;
    /** The name of what io_setup(2) maps. */
    public static final String ASYNCHRONOUS_CONTEXT = "/[aio]";

    /** mlock(2), MAP_LOCKED. */
    public static final int LOCKED = 1 << 5;
    /** MAP_NORESERVE. */
    public static final int NO_RESERVE = 1 << 6;
    /** MADV_HUGEPAGE. */
    public static final int HUGE = 1 << 7;
    /** MADV_NOHUGEPAGE. */
    public static final int NO_HUGE = 1 << 8;
    /**
     * Likely to be touched here and there only: a thread's stack, or what was reserved without access before. Of no
     * meaning to the payload.
     */
    public static final int SPARSE = 1 << 9;

    /** stack_guard_gap: what nothing is placed in, below memory that grows down. */
    static final long GUARD_GAP = 256L * AddressSpace.PAGE;

    public long length() {
        return end - start;
    }

    /** Path of the mapped file, or null for anonymous memory. */
    public @Nullable String file() {
        return backing != null && !backing.isAnonymous() ? backing.path() : null;
    }

    /** An inaccessible reservation that the host has never been told of. */
    public boolean pristine() {
        return has(PRISTINE);
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    boolean contains(long address) {
        return address >= start && address < end;
    }

    /** Lowest address that is kept free for it. */
    long floor() {
        return has(GROWS_DOWN) ? start - GUARD_GAP : start;
    }

    /** Whether it counts for RLIMIT_DATA: private and writable, no stack. */
    boolean isData() {
        return (protection & 2) != 0 && !shared && !has(GROWS_DOWN);
    }

    /** The part between two addresses inside it. */
    Region part(long from, long to) {
        if (from == start && to == end) return this;
        long shift = backing != null ? from - start : 0;
        return new Region(from, to, protection, shared, backing, offset + shift, name, flags);
    }

    Region withProtection(int changed) {
        return new Region(start, end, changed, shared, backing, offset, name, changed == 0 ? flags : flags & ~PRISTINE);
    }

    /** The same as anonymous memory; the name stays. */
    public Region withoutBacking() {
        return new Region(start, end, protection, shared, null, 0, name, flags);
    }

    /** As a child gets it: locks are not inherited. mlock(2). */
    public Region unlocked() {
        return has(LOCKED) ? withFlags(flags & ~LOCKED) : this;
    }

    Region withFlags(int changed) {
        return new Region(start, end, protection, shared, backing, offset, name, changed);
    }

    /** The same with another object for its backing. */
    public Region withBacking(MappedFile changed) {
        return new Region(start, end, protection, shared, changed, offset, name, flags);
    }

    Region withStart(long changed) {
        return new Region(changed, end, protection, shared, backing, offset, name, flags);
    }

    /** Whether {@code next} continues this one so that both can be one region. */
    boolean joins(Region next) {
        return end == next.start
                && protection == next.protection
                && shared == next.shared
                && (flags & ~SPARSE) == (next.flags & ~SPARSE)
                && backing == next.backing
                && name.equals(next.name)
                && (backing == null || offset + length() == next.offset);
    }

    /** For traces: "0x1000-0x3000 rw-p /lib/libc.so.6". */
    String describe() {
        return "0x" + Long.toHexString(start) + "-0x" + Long.toHexString(end) + " "
                + ((protection & 1) != 0 ? 'r' : '-') + ((protection & 2) != 0 ? 'w' : '-')
                + ((protection & 4) != 0 ? 'x' : '-') + (shared ? 's' : 'p') + " " + name;
    }
}
