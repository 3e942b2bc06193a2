package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.Cursor;
import java.util.Optional;

/** Location lists: which expression holds at which address. DWARF 5 §2.6.2, §7.7.3; DWARF 4 §2.6.2. */
final class LocationLists {
    private LocationLists() {}

    /** The expression for {@code pc} (link-time); empty when the list has none, so that the object is nowhere. */
    static Optional<Bytes> find(UnitContext unit, long sectionOffset, long pc) {
        if (unit.version() >= 5) return findInLoclists(unit, sectionOffset, pc);
        return unit.sections().isSplit() ? findInSplitLoc(unit, sectionOffset, pc) : findInLoc(unit, sectionOffset, pc);
    }

    /** GNU's lists of split units before DWARF 5, which became the lists of DWARF 5 with other widths. */
    private static Optional<Bytes> findInSplitLoc(UnitContext unit, long sectionOffset, long pc) {
        Cursor in = new Cursor(unit.sections().loc(), sectionOffset);
        long base = unit.lowPc();
        while (true) {
            int kind = in.u1("location list entry");
            long low;
            long high;
            switch (kind) {
                case 0x00 -> {
                    return Optional.empty();
                }
                case 0x01 -> {
                    base = unit.address(in.uleb("base address"));
                    continue;
                }
                case 0x02 -> {
                    low = unit.address(in.uleb("start"));
                    high = unit.address(in.uleb("end"));
                }
                case 0x03 -> {
                    low = unit.address(in.uleb("start"));
                    high = low + in.u4("length");
                }
                case 0x04 -> {
                    low = base + in.u4("start");
                    high = base + in.u4("end");
                }
                default -> throw in.corrupt("location list entry", kind, "0 to 4");
            }
            Bytes expression = in.block(in.u2("expression length"), "expression");
            if (within(pc, low, high)) return Optional.of(expression);
        }
    }

    private static Optional<Bytes> findInLoc(UnitContext unit, long sectionOffset, long pc) {
        Cursor in = new Cursor(unit.sections().loc(), sectionOffset);
        int size = unit.addressSize();
        long highest = size == 8 ? -1 : 0xffff_ffffL;
        long base = unit.lowPc();
        while (true) {
            long begin = in.unsigned(size, "beginning address");
            long end = in.unsigned(size, "ending address");
            if (begin == 0 && end == 0) return Optional.empty();
            if (begin == highest) {
                base = end;
                continue;
            }
            Bytes expression = in.block(in.u2("expression length"), "expression");
            if (within(pc, base + begin, base + end)) return Optional.of(expression);
        }
    }

    private static Optional<Bytes> findInLoclists(UnitContext unit, long sectionOffset, long pc) {
        Cursor in = new Cursor(unit.sections().loclists(), sectionOffset);
        int size = unit.addressSize();
        long base = unit.lowPc();
        Optional<Bytes> otherwise = Optional.empty();
        while (true) {
            int kind = in.u1("location list entry");
            long low = 0;
            long high = 0;
            switch (kind) {
                case 0x00 -> { // DW_LLE_end_of_list
                    return otherwise;
                }
                case 0x01 -> { // DW_LLE_base_addressx
                    base = unit.address(in.uleb("base address"));
                    continue;
                }
                case 0x02 -> { // DW_LLE_startx_endx
                    low = unit.address(in.uleb("start"));
                    high = unit.address(in.uleb("end"));
                }
                case 0x03 -> { // DW_LLE_startx_length
                    low = unit.address(in.uleb("start"));
                    high = low + in.uleb("length");
                }
                case 0x04 -> { // DW_LLE_offset_pair
                    low = base + in.uleb("start");
                    high = base + in.uleb("end");
                }
                case 0x05 -> {} // DW_LLE_default_location
                case 0x06 -> { // DW_LLE_base_address
                    base = in.unsigned(size, "base address");
                    continue;
                }
                case 0x07 -> { // DW_LLE_start_end
                    low = in.unsigned(size, "start");
                    high = in.unsigned(size, "end");
                }
                case 0x08 -> { // DW_LLE_start_length
                    low = in.unsigned(size, "start");
                    high = low + in.uleb("length");
                }
                case 0x09 -> { // DW_LLE_GNU_view_pair: orders entries at one address, which lookups cannot tell apart
                    in.uleb("begin view");
                    in.uleb("end view");
                    continue;
                }
                default -> throw in.corrupt("location list entry", kind, "one of DWARF 5 table 7.10");
            }
            Bytes expression = in.block(in.uleb("expression length"), "expression");
            if (kind == 0x05) otherwise = Optional.of(expression);
            else if (within(pc, low, high)) return Optional.of(expression);
        }
    }

    private static boolean within(long pc, long low, long high) {
        return Long.compareUnsigned(pc - low, high - low) < 0 && Long.compareUnsigned(low, high) < 0;
    }
}
