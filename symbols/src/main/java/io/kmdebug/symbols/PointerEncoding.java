package io.kmdebug.symbols;

import io.kmdebug.machine.Cursor;

/**
 * Pointers as .eh_frame and .eh_frame_hdr encode them. LSB 5 §10.5: the low four bits give the format, the next three
 * what the value is relative to, the highest says that it is the address of the pointer.
 */
final class PointerEncoding {
    static final int ABSOLUTE = 0;
    static final int OMITTED = 0xff;

    private static final int FORMAT = 0x0f;
    private static final int RELATIVE_TO = 0x70;
    private static final int PC_RELATIVE = 0x10;
    private static final int DATA_RELATIVE = 0x30;
    private static final int FUNCTION_RELATIVE = 0x40;
    private static final int ALIGNED = 0x50;

    private PointerEncoding() {}

    /**
     * Reads one pointer. An indirect one (only personality routines are) is returned as the address that holds it.
     *
     * @param sectionAddress link-time address of the section's first byte
     * @param data what DW_EH_PE_datarel refers to
     * @param function what DW_EH_PE_funcrel refers to
     */
    static long read(Cursor in, int encoding, long sectionAddress, long data, long function, String field) {
        if (encoding == OMITTED) return 0;
        long field0 = sectionAddress + in.position();
        if ((encoding & RELATIVE_TO) == ALIGNED) {
            in.skip(-field0 & 7);
            return in.u8(field);
        }
        long raw = value(in, encoding, field);
        return switch (encoding & RELATIVE_TO) {
            case PC_RELATIVE -> raw + field0;
            case DATA_RELATIVE -> raw + data;
            case FUNCTION_RELATIVE -> raw + function;
            default -> raw;
        };
    }

    /** The value alone: an FDE's length is encoded so. */
    static long value(Cursor in, int encoding, String field) {
        return switch (encoding & FORMAT) {
            case 0x00, 0x04, 0x0c -> in.u8(field);
            case 0x01 -> in.uleb(field);
            case 0x02 -> in.u2(field);
            case 0x03 -> in.u4(field);
            case 0x09 -> in.sleb(field);
            case 0x0a -> (short) in.u2(field);
            case 0x0b -> (int) in.u4(field);
            default -> throw in.corrupt(field + " encoding", "0x" + Integer.toHexString(encoding), "a DW_EH_PE format");
        };
    }
}
