package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.Cursor;
import java.util.ArrayList;
import java.util.List;

/** The code ranges of an entry: DW_AT_low_pc and DW_AT_high_pc or DW_AT_ranges. DWARF 5 §2.17, DWARF 4 §2.17.3. */
final class RangeLists {
    private static final int DW_RLE_END_OF_LIST = 0;
    private static final int DW_RLE_BASE_ADDRESSX = 1;
    private static final int DW_RLE_STARTX_ENDX = 2;
    private static final int DW_RLE_STARTX_LENGTH = 3;
    private static final int DW_RLE_OFFSET_PAIR = 4;
    private static final int DW_RLE_BASE_ADDRESS = 5;
    private static final int DW_RLE_START_END = 6;
    private static final int DW_RLE_START_LENGTH = 7;

    private RangeLists() {}

    /** The ranges with code in the image, in the order of the list; empty when the entry states none. */
    static List<AddressRange> of(Die die) {
        List<AddressRange> out = new ArrayList<>();
        int ranges = die.indexOf(Attribute.RANGES);
        if (ranges >= 0) {
            Unit unit = die.unit();
            if (die.isSectionOffset(ranges)) {
                long at = die.sectionOffset(ranges);
                if (unit.version() >= 5) readList(unit, at, out);
                else readPairs(unit, at + unit.rangesBase(), out);
            } else {
                readList(unit, unit.rangeListOffset(die.tableIndex(ranges)), out);
            }
            return out;
        }
        int low = die.indexOf(Attribute.LOW_PC);
        int high = die.indexOf(Attribute.HIGH_PC);
        if (low < 0 || high < 0) return out;
        long from = die.address(low);
        // DWARF 4 §2.17.2: an address, or the number of bytes
        long to = die.isAddress(high) ? die.address(high) : from + die.constant(Attribute.HIGH_PC, 0);
        add(die.unit(), from, to, out);
        return out;
    }

    static boolean contain(Die die, long pc) {
        for (AddressRange range : of(die)) if (range.contains(pc)) return true;
        return false;
    }

    private static void readList(Unit unit, long offset, List<AddressRange> out) {
        Cursor in = cursor(unit.sections().rnglists(), offset);
        int addressSize = unit.addressSize();
        long base = unit.lowPc();
        while (true) {
            int kind = in.u1("range list entry");
            switch (kind) {
                case DW_RLE_END_OF_LIST -> {
                    return;
                }
                case DW_RLE_BASE_ADDRESSX -> base = unit.address(in.uleb("base address index"));
                case DW_RLE_BASE_ADDRESS -> base = in.unsigned(addressSize, "base address");
                case DW_RLE_STARTX_ENDX -> {
                    long from = unit.address(in.uleb("start index"));
                    add(unit, from, unit.address(in.uleb("end index")), out);
                }
                case DW_RLE_STARTX_LENGTH -> {
                    long from = unit.address(in.uleb("start index"));
                    add(unit, from, from + in.uleb("length"), out);
                }
                case DW_RLE_OFFSET_PAIR -> {
                    long from = base + in.uleb("start offset");
                    long to = base + in.uleb("end offset");
                    if (unit.image().hasCodeAt(base)) add(unit, from, to, out);
                }
                case DW_RLE_START_END -> {
                    long from = in.unsigned(addressSize, "start");
                    add(unit, from, in.unsigned(addressSize, "end"), out);
                }
                case DW_RLE_START_LENGTH -> {
                    long from = in.unsigned(addressSize, "start");
                    add(unit, from, from + in.uleb("length"), out);
                }
                default -> throw in.corrupt("range list entry", kind, "0 to 7");
            }
        }
    }

    private static void readPairs(Unit unit, long offset, List<AddressRange> out) {
        Cursor in = cursor(unit.sections().ranges(), offset);
        int addressSize = unit.addressSize();
        long escape = addressSize == 4 ? 0xffff_ffffL : -1;
        long base = unit.lowPc();
        while (true) {
            long from = in.unsigned(addressSize, "range start");
            long to = in.unsigned(addressSize, "range end");
            if (from == 0 && to == 0) return;
            if (from == escape) base = to;
            else add(unit, base + from, base + to, out);
        }
    }

    private static Cursor cursor(Bytes section, long offset) {
        if (offset < 0 || offset > section.length()) {
            throw new Cursor(section, 0)
                    .corrupt("DW_AT_ranges", "0x" + Long.toHexString(offset), "an offset in the section");
        }
        return new Cursor(section, offset);
    }

    /** Leaves out code that the linker dropped: it points such ranges to an address where no code is. */
    private static void add(Unit unit, long from, long to, List<AddressRange> out) {
        if (Long.compareUnsigned(from, to) < 0 && unit.image().hasCodeAt(from)) out.add(new AddressRange(from, to));
    }
}
