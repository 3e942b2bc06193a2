package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.Cursor;
import java.util.BitSet;
import java.util.List;

/**
 * Which unit has code at an address: from .debug_aranges (DWARF 5 §6.1.2) for the units that have a set there, from
 * their own entries for the others. Thread-safe.
 */
final class UnitAddresses {
    private final DwarfImage image;
    private final AddressSets sets;
    private final RangeMap.Builder ranges = new RangeMap.Builder();
    private final BitSet covered = new BitSet();
    /** Of the units that are in no set; in the end of all. */
    private RangeMap kept;

    private boolean all;

    UnitAddresses(DwarfImage image) {
        this.image = image;
        this.sets = new AddressSets(image, aranges());
        readTable();
        readUnits();
        this.kept = ranges.build();
    }

    private Bytes aranges() {
        try {
            return image.sections().aranges();
        } catch (CorruptFileException e) {
            image.note(".debug_aranges", e);
            return Bytes.of(".debug_aranges", new byte[0]);
        }
    }

    /** Indexes into {@link DwarfImage#units()}: of the units whose range starts closest before {@code pc} first. */
    synchronized List<Long> at(long pc) {
        return overlapping(pc, pc + 1).at(pc);
    }

    /** Indexes into {@link DwarfImage#units()}, in the order of addresses, each once. */
    synchronized List<Long> in(AddressRange range) {
        return overlapping(range.low(), range.high()).in(range);
    }

    private RangeMap overlapping(long low, long high) {
        if (!all && sets.isWornOut()) {
            RangeMap.Builder everything = new RangeMap.Builder();
            kept.collect(0, -1, everything);
            sets.collect(0, -1, everything);
            kept = everything.build();
            all = true;
        }
        if (all) return kept;
        RangeMap.Builder found = new RangeMap.Builder();
        kept.collect(low, high, found);
        sets.collect(low, high, found);
        return found.build();
    }

    private void readTable() {
        try {
            Bytes section = aranges();
            Cursor in = new Cursor(section);
            int unit = 0;
            while (in.remaining() >= 4) {
                UnitHeader.Extent extent = UnitHeader.Extent.read(in);
                unit = readSet(new Cursor(section, in.position()).limit(extent.end()), extent, unit);
                in.seek(extent.end());
            }
        } catch (CorruptFileException e) {
            image.note(".debug_aranges", e);
        }
    }

    /** @return where to start the search for the next set's unit: sets come in the order of units */
    private int readSet(Cursor in, UnitHeader.Extent extent, int hint) {
        int version = in.u2("aranges version");
        long infoOffset = in.unsigned(extent.offsetSize(), "debug_info_offset");
        int addressSize = in.u1("address_size");
        int segmentSize = in.u1("segment_selector_size");
        if (version != 2 || segmentSize != 0 || (addressSize != 8 && addressSize != 4)) return hint;
        int unit = unitIndex(infoOffset, hint);
        if (unit < 0) return hint;
        // tuples are aligned to their size from the start of the set
        long setStart = extent.contentOffset() - (extent.offsetSize() == 8 ? 12 : 4);
        long tuple = 2L * addressSize;
        in.skip((tuple - (in.position() - setStart) % tuple) % tuple);
        // a set without ranges may be one that the producer did not fill
        if (sets.add(unit, addressSize, in.position(), in.end())) covered.set(unit);
        return unit + 1;
    }

    private int unitIndex(long infoOffset, int hint) {
        var units = image.units();
        if (hint < units.size() && units.get(hint).offset() == infoOffset) return hint;
        for (int i = 0; i < units.size(); i++) if (units.get(i).offset() == infoOffset) return i;
        return -1;
    }

    private void readUnits() {
        var units = image.units();
        for (int i = 0; i < units.size(); i++) {
            if (covered.get(i)) continue;
            Unit unit = units.get(i);
            try {
                for (AddressRange range : unit.ranges()) ranges.add(range, i);
            } catch (CorruptFileException e) {
                image.note(unit.describe(), e);
            }
        }
    }
}
