package io.kmdebug.debugger.presentation.rust;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.Type;

/**
 * Hash maps and sets: hashbrown's tables. A byte for each bucket says whether it is full (its top bit is clear); the
 * buckets lie in front of these bytes, the first one last.
 */
final class RustTables {
    private static final long MAX_BUCKETS = 1L << 36;
    private static final int CHUNK = 4096;

    private final Part table;
    private final Type entry;
    private final long items;
    private final long buckets;
    private final long control;
    /** Buckets that are full, as far as they were looked for. */
    private long[] full = new long[16];

    private int found;
    private long next;
    private byte[] chunk = new byte[0];
    private long chunkStart;

    /** @param raw hashbrown's {@code RawTable<T>} */
    private RustTables(Part raw) {
        this.table = raw;
        this.entry = RustParts.argument(raw.type(), 0);
        Part inner = raw.find("table").orElse(raw);
        this.items = inner.at("items").number();
        this.buckets = inner.at("bucket_mask").number() + 1;
        this.control = RustParts.pointer(inner.at("ctrl")).address();
        boolean sizes = items >= 0 && buckets > 0 && items <= buckets && buckets <= MAX_BUCKETS;
        if (!sizes || (buckets & (buckets - 1)) != 0) {
            throw new NotInitialised(items + " entries in " + buckets + " buckets");
        }
    }

    static Presentation map(Part map) {
        RustTables table = new RustTables(map.at("base", "table"));
        return new RustMap(table.items, table::pair);
    }

    static Presentation set(Part set) {
        Part base = set.at("base");
        Part map = base.find("map").orElse(base);
        RustTables table = new RustTables(map.at("table"));
        return new RustList(table.items, i -> table.field(i, 0), true, true);
    }

    private Summary.Pair pair(long index) {
        return new Summary.Pair(field(index, 0), field(index, 1));
    }

    private Value field(long index, int field) {
        long bucket = bucket(index);
        Part place = table.in(entry, control - (bucket + 1) * entry.byteSize());
        if (!(place.type() instanceof CompositeType type)) return place.value();
        for (CompositeType.Member member : type.members()) {
            if (("__" + field).equals(member.name()))
                return RustParts.member(place, member).value();
        }
        throw new NotInitialised("its entries are no pairs");
    }

    /** The number of the bucket that is the {@code index}th full one. */
    private long bucket(long index) {
        while (found <= index) {
            if (next >= buckets) throw new NotInitialised("only " + found + " of its buckets are full");
            if (next >= chunkStart + chunk.length) readChunk();
            if (chunk[(int) (next - chunkStart)] >= 0) {
                if (found == full.length) full = java.util.Arrays.copyOf(full, found * 2);
                full[found++] = next;
            }
            next++;
        }
        return full[(int) index];
    }

    private void readChunk() {
        int wanted = (int) Math.min(CHUNK, buckets - next);
        byte[] bytes = new byte[wanted];
        int got = table.memory().read(control + next, bytes, 0, wanted);
        if (got <= 0) throw new NotInitialised(String.format("cannot read memory at 0x%x", control + next));
        chunk = java.util.Arrays.copyOf(bytes, got);
        chunkStart = next;
    }
}
