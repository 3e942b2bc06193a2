package io.kmdebug.monitor.stub;

import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.DebugMemory;
import io.kmdebug.monitor.memory.Region;
import io.kmdebug.rsp.BreakpointCondition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Software breakpoints: an int3 in the payload's text, with a count of owners for each address. Whoever reads through
 * here never sees one; whoever writes through here does not take one away. Guarded by the lock of {@link RunControl}.
 */
final class Breakpoints {
    private static final byte INT3 = (byte) 0xcc;

    /** An address with a breakpoint. */
    private static final class Planted {
        private byte original;
        private int owners = 1;
        private List<BreakpointCondition> conditions;

        Planted(byte original, List<BreakpointCondition> conditions) {
            this.original = original;
            this.conditions = conditions;
        }
    }

    private final AddressSpace space;
    private final DebugMemory memory;
    private final TreeMap<Long, Planted> planted;
    /** How many owners of this payload's debugging there are at an address. */
    private final Map<Long, Integer> mine = new HashMap<>();

    Breakpoints(AddressSpace space) {
        this.space = space;
        this.memory = new DebugMemory(space);
        planted = new TreeMap<>(Long::compareUnsigned);
    }

    /** Those of a payload that runs on the memory of another one; each takes out only what it planted. */
    Breakpoints(Breakpoints lenders) {
        space = lenders.space;
        memory = lenders.memory;
        planted = lenders.planted;
    }

    /** @param conditions of which one must hold for a stop; they replace those of one that is there */
    boolean insert(long address, List<BreakpointCondition> conditions) {
        Planted there = planted.get(address);
        if (there != null) {
            // gdb changes conditions by another insertion, and takes the breakpoint out once
            boolean another = !mine.containsKey(address) || conditions.isEmpty() && there.conditions.isEmpty();
            if (another) {
                there.owners++;
                mine.merge(address, 1, Integer::sum);
            }
            there.conditions = List.copyOf(conditions);
            return true;
        }
        Region region = space.region(address);
        // a shared mapping's int3 would end in the file, or in other processes
        if (region == null || (region.shared() && region.file() != null)) return false;
        byte[] original = new byte[1];
        if (memory.read(address, original, 0, 1) != 1 || !write(address, INT3)) return false;
        planted.put(address, new Planted(original[0], List.copyOf(conditions)));
        mine.put(address, 1);
        return true;
    }

    boolean remove(long address) {
        Planted there = planted.get(address);
        Integer owners = mine.get(address);
        if (there == null || owners == null) return false;
        if (owners == 1) mine.remove(address);
        else mine.put(address, owners - 1);
        if (--there.owners > 0) return true;
        takeOut(address, there);
        planted.remove(address);
        return true;
    }

    void removeAll() {
        for (long address : owned()) remove(address);
    }

    /** Where this payload's debugging has planted one, once for each owner. */
    List<Long> owned() {
        List<Long> owned = new ArrayList<>();
        mine.forEach((address, owners) -> owned.addAll(Collections.nCopies(owners, address)));
        return owned;
    }

    /** The payload's own bytes where one is, in memory that is not shared with other processes. */
    Map<Long, Byte> originals() {
        Map<Long, Byte> bytes = new TreeMap<>();
        for (Map.Entry<Long, Planted> one : planted.entrySet()) {
            Region region = space.region(one.getKey());
            boolean there = region != null && !region.shared() && isInt3(one.getKey());
            if (there) bytes.put(one.getKey(), one.getValue().original);
        }
        return bytes;
    }

    /** The memory they are in is gone. */
    void forgetAll() {
        planted.clear();
        mine.clear();
    }

    boolean isPlanted(long address) {
        return planted.containsKey(address);
    }

    /** Whether a thread that meets the breakpoint there is to stop. */
    boolean isStop(long address, BreakpointCondition.Circumstances thread) {
        Planted there = planted.get(address);
        if (there == null || there.conditions.isEmpty()) return true;
        for (BreakpointCondition one : there.conditions) if (one.holds(thread)) return true;
        return false;
    }

    /** Shows the instruction itself for one step; false when there is no breakpoint. */
    boolean lift(long address) {
        Planted there = planted.get(address);
        if (there != null) takeOut(address, there);
        return there != null;
    }

    /** Ends {@link #lift}. */
    void restore(long address) {
        if (planted.containsKey(address) && holds(address) != null) write(address, INT3);
    }

    /** The payload may have mapped something else there, or written over it; then there is nothing to take out. */
    private void takeOut(long address, Planted there) {
        Byte now = holds(address);
        if (now != null && now == INT3) write(address, there.original);
    }

    /** Whether an int3, planted or not, is in memory. */
    boolean isInt3(long address) {
        Byte now = holds(address);
        return now != null && now == INT3;
    }

    private @Nullable Byte holds(long address) {
        byte[] now = new byte[1];
        return memory.read(address, now, 0, 1) == 1 ? now[0] : null;
    }

    private boolean write(long address, byte value) {
        return memory.write(address, new byte[] {value});
    }

    int readMemory(long address, byte[] target, int offset, int length) {
        int got = memory.read(address, target, offset, length);
        hide(address, target, offset, got);
        return got;
    }

    /** Puts the payload's own bytes back into a copy of its memory. */
    void hide(long address, byte[] copy, int offset, int length) {
        if (length == 0) return;
        for (Map.Entry<Long, Planted> one : covered(address, length).entrySet()) {
            int at = offset + (int) (one.getKey() - address);
            if (copy[at] == INT3) copy[at] = one.getValue().original;
        }
    }

    boolean writeMemory(long address, byte[] data) {
        if (data.length == 0) return true;
        byte[] kept = data.clone();
        Map<Long, Planted> inside = covered(address, data.length);
        for (long at : inside.keySet()) kept[(int) (at - address)] = INT3;
        if (!memory.write(address, kept)) return false;
        inside.forEach((at, there) -> there.original = data[(int) (at - address)]);
        return true;
    }

    private Map<Long, Planted> covered(long address, int length) {
        return planted.subMap(address, true, address + length - 1, true);
    }
}
