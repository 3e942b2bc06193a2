package io.kmdebug.symbols;

import io.kmdebug.machine.Cursor;

/** How an attribute's value is written: DWARF 5 §7.5.6, table 7.6, with GNU's forms for split and shared units. */
final class Form {
    static final int ADDR = 0x01;
    static final int BLOCK2 = 0x03;
    static final int BLOCK4 = 0x04;
    static final int DATA2 = 0x05;
    static final int DATA4 = 0x06;
    static final int DATA8 = 0x07;
    static final int STRING = 0x08;
    static final int BLOCK = 0x09;
    static final int BLOCK1 = 0x0a;
    static final int DATA1 = 0x0b;
    static final int FLAG = 0x0c;
    static final int SDATA = 0x0d;
    static final int STRP = 0x0e;
    static final int UDATA = 0x0f;
    static final int REF_ADDR = 0x10;
    static final int REF1 = 0x11;
    static final int REF2 = 0x12;
    static final int REF4 = 0x13;
    static final int REF8 = 0x14;
    static final int REF_UDATA = 0x15;
    static final int INDIRECT = 0x16;
    static final int SEC_OFFSET = 0x17;
    static final int EXPRLOC = 0x18;
    static final int FLAG_PRESENT = 0x19;
    static final int STRX = 0x1a;
    static final int ADDRX = 0x1b;
    static final int REF_SUP4 = 0x1c;
    static final int STRP_SUP = 0x1d;
    static final int DATA16 = 0x1e;
    static final int LINE_STRP = 0x1f;
    static final int REF_SIG8 = 0x20;
    static final int IMPLICIT_CONST = 0x21;
    static final int LOCLISTX = 0x22;
    static final int RNGLISTX = 0x23;
    static final int REF_SUP8 = 0x24;
    static final int STRX1 = 0x25;
    static final int STRX2 = 0x26;
    static final int STRX3 = 0x27;
    static final int STRX4 = 0x28;
    static final int ADDRX1 = 0x29;
    static final int ADDRX2 = 0x2a;
    static final int ADDRX3 = 0x2b;
    static final int ADDRX4 = 0x2c;
    static final int GNU_ADDR_INDEX = 0x1f01;
    static final int GNU_STR_INDEX = 0x1f02;
    static final int GNU_REF_ALT = 0x1f20;
    static final int GNU_STRP_ALT = 0x1f21;

    /** Of {@link #size}: the width depends on the value. */
    static final int VARIABLE = -1;

    private Form() {}

    /** Moves {@code in} past a value. */
    static void skip(Cursor in, int form, Unit unit) {
        int size = size(form, unit);
        if (size >= 0) {
            in.skip(size);
            return;
        }
        switch (form) {
            case BLOCK1 -> in.skip(in.u1("block length"));
            case BLOCK2 -> in.skip(in.u2("block length"));
            case BLOCK4 -> in.skip(in.u4("block length"));
            case BLOCK, EXPRLOC -> in.skip(checked(in, in.uleb("block length")));
            case STRING -> in.skipString("string");
            case SDATA, UDATA, REF_UDATA, STRX, ADDRX, LOCLISTX, RNGLISTX, GNU_ADDR_INDEX, GNU_STR_INDEX ->
                in.uleb("value");
            case INDIRECT -> skip(in, indirect(in), unit);
            default -> throw unknown(in, form);
        }
    }

    /** The form that DW_FORM_indirect announces; it must not be indirect again. */
    static int indirect(Cursor in) {
        int form = (int) in.uleb("indirect form");
        if (form == INDIRECT || form == IMPLICIT_CONST) throw unknown(in, form);
        return form;
    }

    /** Bytes of a value whose width does not depend on the value; -1 otherwise. */
    static int size(int form, Unit unit) {
        return switch (form) {
            case FLAG_PRESENT, IMPLICIT_CONST -> 0;
            case DATA1, REF1, FLAG, STRX1, ADDRX1 -> 1;
            case DATA2, REF2, STRX2, ADDRX2 -> 2;
            case STRX3, ADDRX3 -> 3;
            case DATA4, REF4, STRX4, ADDRX4, REF_SUP4 -> 4;
            case DATA8, REF8, REF_SIG8, REF_SUP8 -> 8;
            case DATA16 -> 16;
            case ADDR -> unit.addressSize();
            case STRP, LINE_STRP, SEC_OFFSET, STRP_SUP, GNU_STRP_ALT, GNU_REF_ALT -> unit.offsetSize();
            case REF_ADDR -> unit.version() == 2 ? unit.addressSize() : unit.offsetSize();
            default -> VARIABLE;
        };
    }

    /** Whether a value is a single LEB128 number. */
    static boolean isLeb(int form) {
        return switch (form) {
            case SDATA, UDATA, REF_UDATA, STRX, ADDRX, LOCLISTX, RNGLISTX, GNU_ADDR_INDEX, GNU_STR_INDEX -> true;
            default -> false;
        };
    }

    private static long checked(Cursor in, long length) {
        if (length < 0 || length > in.remaining()) {
            throw in.corrupt("block length", Long.toUnsignedString(length), "at most " + in.remaining());
        }
        return length;
    }

    static RuntimeException unknown(Cursor in, int form) {
        return in.corrupt("form", "0x" + Integer.toHexString(form), "a form of DWARF 2 to 5");
    }
}
