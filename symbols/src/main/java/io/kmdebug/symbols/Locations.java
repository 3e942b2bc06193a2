package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.symbols.UnitContext.DieLocation;
import io.kmdebug.symbols.UnitContext.LocationSource;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Finds what an entry says about its location or value: DW_AT_location, DW_AT_const_value, DW_AT_frame_base. */
final class Locations {
    private static final int DW_OP_ADDR = 0x03;
    private static final int DW_OP_ADDRX = 0xa1;
    private static final int DW_OP_GNU_ADDR_INDEX = 0xfb;
    private static final int DW_OP_FORM_TLS_ADDRESS = 0x9b;
    private static final int DW_OP_GNU_PUSH_TLS_ADDRESS = 0xe0;

    private Locations() {}

    /** Neither source nor constant is set when the entry does not say where the object is. */
    static DieLocation of(Die die, @Nullable LocationSource frameBase) {
        Die holder = die.holder(Attribute.LOCATION);
        if (holder != null) {
            return new DieLocation(holder.unit(), source(holder, Attribute.LOCATION), null, frameBase);
        }
        holder = die.holder(Attribute.CONST_VALUE);
        Location constant = holder == null ? null : constant(holder);
        return new DieLocation(die.unit(), null, constant, frameBase);
    }

    /** An attribute of class exprloc or loclist; null when the entry lacks it. */
    static @Nullable LocationSource source(Die die, int attribute) {
        int index = die.indexOf(attribute);
        if (index < 0) return null;
        if (die.isBlock(index)) return new LocationSource.Expression(die.block(index));
        if (die.isSectionOffset(index)) return new LocationSource.ListAt(die.sectionOffset(index));
        return new LocationSource.ListAt(die.unit().locationListOffset(die.tableIndex(index)));
    }

    /** DW_AT_frame_base of the function around {@code die}; null for none. */
    static @Nullable LocationSource frameBaseAround(Die die) {
        for (Die ancestor : Ancestors.of(die)) {
            if (ancestor.tag() == Tag.SUBPROGRAM) return source(ancestor, Attribute.FRAME_BASE);
        }
        return null;
    }

    /** Whether the place does not depend on a frame: a static, or thread-local, object. */
    static boolean isStatic(DieLocation location) {
        if (!(location.source() instanceof LocationSource.Expression expression)) return false;
        Bytes code = expression.bytes();
        if (code.length() == 0) return false;
        int first = code.u1(0);
        if (first == DW_OP_ADDR || first == DW_OP_ADDRX || first == DW_OP_GNU_ADDR_INDEX) return true;
        int last = code.u1(code.length() - 1);
        return last == DW_OP_FORM_TLS_ADDRESS || last == DW_OP_GNU_PUSH_TLS_ADDRESS;
    }

    /** Whether it is the address of nothing, which linkers put where they left a section out. */
    static boolean isRemoved(Bytes code) {
        if (code.length() != 9 || code.u1(0) != DW_OP_ADDR) return false;
        long address = code.u8(1);
        return address == 0 || address == -1;
    }

    private static Location constant(Die die) {
        int index = die.indexOf(Attribute.CONST_VALUE);
        if (die.isBlock(index)) {
            Bytes block = die.block(index);
            return new Location.Implicit(block.copy(0, (int) block.length()));
        }
        if (die.isConstant(index)) return new Location.Computed(die.constant(Attribute.CONST_VALUE, 0));
        if (die.isAddress(index)) return new Location.Computed(die.address(index));
        String text = die.string(Attribute.CONST_VALUE);
        byte[] bytes = (text == null ? "" : text).getBytes(StandardCharsets.UTF_8);
        return new Location.Implicit(Arrays.copyOf(bytes, bytes.length + 1));
    }
}
