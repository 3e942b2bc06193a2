package io.kmdebug.debugger.presentation.go;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.util.Arrays;

/**
 * The entries of a map of Go up to 1.23: buckets of eight with a chain of overflow buckets each; while the table grows,
 * the old buckets that have not been moved count too. Package runtime, map.go.
 */
final class BucketEntries implements GoMap.MapEntries {
    /** What stands in place of a key's hash: emptyRest, emptyOne, three states of a moved bucket. */
    private static final int EMPTY_ONE = 1;

    private static final int LOWEST_HASH = 5;
    private static final int MAX_BUCKET_BITS = 40;
    private static final int MAX_CHAIN = 1_000_000;
    private static final int SAME_SIZE_GROW = 8;

    private final MemoryReader memory;
    private final CompositeType bucket;
    private final Type key;
    private final Type element;
    private final Slots keys;
    private final Slots elements;
    private final CompositeType.Member hashes;
    private final CompositeType.Member overflow;
    private final int slots;
    private final long buckets;
    private final long bucketCount;
    private final long old;
    private final long oldCount;

    /** Addresses of keys and elements that have been met. */
    private long[] found = new long[32];

    private int foundCount;
    private long nextBucket;
    private long inChain;
    private int chainLength;

    /** Where a bucket has its keys, or its elements; large ones are elsewhere and their addresses are here. */
    private record Slots(long offset, long size, boolean indirect) {}

    BucketEntries(Part table, Type key, Type element) {
        this.memory = table.memory();
        this.key = key;
        this.element = element;
        Part first = table.at("buckets");
        bucket = (CompositeType) ((PointerType) first.type()).target().stripped();
        hashes = member("tophash");
        overflow = member("overflow");
        slots = (int) ((ArrayType) hashes.type().stripped()).count();
        keys = slots(member("keys"), key);
        elements = slots(has("values") ? member("values") : member("elems"), element);
        long bits = table.at("B").number() & 0xff;
        if (bits > MAX_BUCKET_BITS) throw new NotInitialised("it would have 2^" + bits + " buckets");
        buckets = first.address();
        bucketCount = buckets == 0 ? 0 : 1L << bits;
        old = table.at("oldbuckets").address();
        boolean same = (table.at("flags").number() & SAME_SIZE_GROW) != 0;
        oldCount = old == 0 ? 0 : same || bits == 0 ? bucketCount : bucketCount >> 1;
    }

    private boolean has(String name) {
        return bucket.members().stream().anyMatch(m -> name.equals(m.name()));
    }

    private CompositeType.Member member(String name) {
        return bucket.members().stream()
                .filter(m -> name.equals(m.name()))
                .findFirst()
                .orElseThrow(() -> new NotInitialised("its buckets have no " + name));
    }

    private static Slots slots(CompositeType.Member member, Type type) {
        Type slot = ((ArrayType) member.type().stripped()).element();
        boolean indirect = slot.stripped() instanceof PointerType && slot.byteSize() != type.byteSize();
        return new Slots(member.byteOffset(), slot.byteSize(), indirect);
    }

    @Override
    public Summary.Pair at(long index) {
        while (index >= foundCount / 2) {
            if (!next()) throw new NotInitialised("its buckets have no entry number " + index);
        }
        int at = (int) index * 2;
        return new Summary.Pair(Value.inMemory(key, found[at]), Value.inMemory(element, found[at + 1]));
    }

    /** Reads one more bucket. Returns whether there was one. */
    private boolean next() {
        if (inChain == 0) {
            if (nextBucket >= bucketCount + oldCount) return false;
            boolean isOld = nextBucket >= bucketCount;
            inChain = isOld
                    ? old + (nextBucket - bucketCount) * bucket.byteSize()
                    : buckets + nextBucket * bucket.byteSize();
            nextBucket++;
            chainLength = 0;
            if (isOld && isMoved(inChain)) {
                inChain = 0;
                return true;
            }
        }
        byte[] top = read(inChain + hashes.byteOffset(), slots);
        for (int slot = 0; slot < slots; slot++) {
            if ((top[slot] & 0xff) >= LOWEST_HASH) add(inChain, slot);
        }
        inChain = number(inChain + overflow.byteOffset());
        if (++chainLength > MAX_CHAIN) throw new NotInitialised("a chain of its buckets has no end");
        return true;
    }

    private boolean isMoved(long address) {
        int first = read(address + hashes.byteOffset(), 1)[0] & 0xff;
        return first > EMPTY_ONE && first < LOWEST_HASH;
    }

    private void add(long at, int slot) {
        if (foundCount == found.length) found = Arrays.copyOf(found, foundCount * 2);
        found[foundCount++] = place(keys, at, slot);
        found[foundCount++] = place(elements, at, slot);
    }

    private long place(Slots of, long at, int slot) {
        long address = at + of.offset() + slot * of.size();
        return of.indirect() ? number(address) : address;
    }

    private long number(long address) {
        return java.nio.ByteBuffer.wrap(read(address, 8))
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getLong();
    }

    private byte[] read(long address, int size) {
        byte[] raw = new byte[size];
        if (memory.read(address, raw, 0, size) < size) {
            throw new NotInitialised(String.format("cannot read memory at 0x%x", address));
        }
        return raw;
    }
}
