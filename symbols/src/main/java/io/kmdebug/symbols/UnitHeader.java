package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.Cursor;

/**
 * A unit's header in .debug_info or .debug_types. DWARF 5 §7.5.1, DWARF 4 §7.5.1.
 *
 * @param offset of the header
 * @param end offset behind the unit
 * @param rootOffset of the unit's first entry
 * @param type DW_UT_*; for DWARF 2 to 4 the one of the section
 * @param signature of a type unit; of a split unit its id
 * @param typeOffset of a type unit: where its type stands, from the header on
 */
record UnitHeader(
        long offset,
        long end,
        long rootOffset,
        int version,
        int type,
        int addressSize,
        int offsetSize,
        long abbrevOffset,
        long signature,
        long typeOffset) {
    static final int DW_UT_COMPILE = 1;
    static final int DW_UT_TYPE = 2;
    static final int DW_UT_SKELETON = 4;
    static final int DW_UT_SPLIT_COMPILE = 5;
    static final int DW_UT_SPLIT_TYPE = 6;

    private static final long DWARF64 = 0xffff_ffffL;
    private static final long FIRST_RESERVED_LENGTH = 0xffff_fff0L;

    /** The extent of a unit, known before the rest of its header is looked at. DWARF 5 §7.4. */
    record Extent(long contentOffset, long end, int offsetSize) {
        /** Reads unit_length at the position of {@code in} and leaves {@code in} behind it. */
        static Extent read(Cursor in) {
            long length = in.u4("unit_length");
            int offsetSize = 4;
            if (length == DWARF64) {
                length = in.u8("unit_length");
                offsetSize = 8;
            } else if (length >= FIRST_RESERVED_LENGTH) {
                throw in.corrupt("unit_length", "0x" + Long.toHexString(length), "less than 0xfffffff0");
            }
            if (length < 0 || length > in.remaining()) {
                throw in.corrupt("unit_length", Long.toUnsignedString(length), "at most " + in.remaining());
            }
            return new Extent(in.position(), in.position() + length, offsetSize);
        }
    }

    /** @param typesSection whether {@code section} is .debug_types */
    static UnitHeader read(Bytes section, long offset, Extent extent, boolean typesSection) {
        Cursor in = new Cursor(section, extent.contentOffset()).limit(extent.end());
        int version = in.u2("unit version");
        if (version < 2 || version > 5) throw in.corrupt("unit version", version, "2 to 5");
        int type = typesSection ? DW_UT_TYPE : DW_UT_COMPILE;
        int addressSize;
        long abbrevOffset;
        if (version >= 5) {
            type = in.u1("unit_type");
            addressSize = in.u1("address_size");
            abbrevOffset = in.unsigned(extent.offsetSize(), "debug_abbrev_offset");
        } else {
            abbrevOffset = in.unsigned(extent.offsetSize(), "debug_abbrev_offset");
            addressSize = in.u1("address_size");
        }
        if (addressSize != 4 && addressSize != 8) throw in.corrupt("address_size", addressSize, "4 or 8");
        long signature = 0;
        long typeOffset = 0;
        if (type == DW_UT_TYPE || type == DW_UT_SPLIT_TYPE) {
            signature = in.u8("type_signature");
            typeOffset = in.unsigned(extent.offsetSize(), "type_offset");
        } else if (type == DW_UT_SKELETON || type == DW_UT_SPLIT_COMPILE) {
            signature = in.u8("dwo_id");
        }
        return new UnitHeader(
                offset,
                extent.end(),
                in.position(),
                version,
                type,
                addressSize,
                extent.offsetSize(),
                abbrevOffset,
                signature,
                typeOffset);
    }
}
