package io.kmdebug.debugger.presentation.go;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * The entries of a map of Go from 1.24 on: groups of eight slots with a control word each, in one group for a small map
 * or in tables that a directory lists. Package internal/runtime/maps.
 */
final class SwissEntries implements GoMap.MapEntries {
    private static final int SLOTS = 8;
    /** The bit that only free and deleted slots have. */
    private static final int FREE = 0x80;

    private static final long MAX_GROUPS = 1L << 40;
    private static final long MAX_DIRECTORY = 1L << 30;

    private final Part map;
    private final Type key;
    private final Type element;
    private final long directoryLength;
    private final Type directoryTarget;
    private final long directory;
    private final List<Summary.Pair> found = new ArrayList<>();
    private long nextTable;
    private long lastTable;
    private long groups;
    private long groupCount;
    private long nextGroup;
    private Type group;

    SwissEntries(Part map, Type key, Type element) {
        this.map = map;
        this.key = key;
        this.element = element;
        Part pointer = map.at("dirPtr");
        directory = pointer.address();
        directoryLength = map.at("dirLen").number();
        directoryTarget = ((PointerType) pointer.type()).target();
        if (directoryLength < 0 || directoryLength > MAX_DIRECTORY) {
            throw new NotInitialised("its directory would have " + directoryLength + " tables");
        }
        group = groupType();
        if (directoryLength == 0) {
            groups = directory;
            groupCount = directory == 0 ? 0 : 1;
        }
    }

    /** The directory points to tables, and a table's groups point to a group. */
    private Type groupType() {
        Type table = ((PointerType) directoryTarget.stripped()).target();
        Type reference = member(table, "groups").type();
        return ((PointerType) member(reference, "data").type().stripped()).target();
    }

    private static CompositeType.Member member(Type type, String name) {
        return ((CompositeType) type.stripped())
                .members().stream()
                        .filter(m -> name.equals(m.name()))
                        .findFirst()
                        .orElseThrow(() -> new NotInitialised(type.name() + " has no " + name));
    }

    @Override
    public Summary.Pair at(long index) {
        while (index >= found.size()) {
            if (nextGroup < groupCount) readGroup(groups + nextGroup++ * group.byteSize());
            else if (!toNextTable()) throw new NotInitialised("its tables have no entry number " + index);
        }
        return found.get((int) index);
    }

    /** Several places of the directory name one table, side by side. */
    private boolean toNextTable() {
        while (nextTable < directoryLength) {
            Part entry = map.in(directoryTarget, directory + 8 * nextTable++);
            long address = entry.address();
            if (address == lastTable) continue;
            lastTable = address;
            Part reference = entry.pointed().at("groups");
            groups = reference.at("data").address();
            groupCount = reference.at("lengthMask").number() + 1;
            nextGroup = 0;
            if (groupCount < 1 || groupCount > MAX_GROUPS) {
                throw new NotInitialised("a table would have " + groupCount + " groups");
            }
            return true;
        }
        return false;
    }

    private void readGroup(long address) {
        Part at = map.in(group, address);
        byte[] control = at.at("ctrl").bytes();
        Part slots = at.at("slots");
        if (!(slots.type() instanceof ArrayType)) throw new NotInitialised("a group has no slots");
        for (int i = 0; i < SLOTS && i < control.length; i++) {
            if ((control[i] & FREE) != 0) continue;
            Part slot = slots.element(i);
            found.add(new Summary.Pair(direct(slot.at("key"), key), direct(slot.at("elem"), element)));
        }
    }

    /** Large keys and elements are elsewhere, and the slot has their addresses. */
    private static Value direct(Part slot, Type type) {
        boolean indirect = slot.type() instanceof PointerType && slot.type().byteSize() != type.byteSize();
        return indirect ? slot.in(type, slot.address()).value() : slot.value().as(type);
    }
}
