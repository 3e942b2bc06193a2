package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What location descriptions may ask of the unit that they stand in. DWARF 5 §2.5, §3.1, §7.5. */
interface UnitContext {
    /** The image's DWARF sections. */
    DwarfSections sections();

    /** Offset of the unit's header from the start of .debug_info. */
    long offset();

    /** DWARF version, 2 to 5: decides the section and the format of location lists. */
    int version();

    /** Bytes of a target address: 8 (4 is possible in units of 32-bit origin). */
    int addressSize();

    /** Bytes of a section offset: 4 in 32-bit DWARF, 8 in 64-bit DWARF. */
    int offsetSize();

    /** DW_AT_low_pc of the unit: the base address its location and range lists start with; 0 when it has none. */
    long lowPc();

    /**
     * Entry {@code index} of the unit's part of .debug_addr: a link-time address. DW_OP_addrx, DW_LLE_startx_length, ….
     *
     * @throws CorruptFileException when there is no such entry
     */
    long address(long index);

    /** Offset of location list {@code index} from the start of .debug_loclists. DW_FORM_loclistx. */
    long locationListOffset(long index);

    /**
     * Whether the unit's location lists name a register that functions may overwrite only as long as no function that
     * was called did. gcc's do (it knows what its own callees write, -fipa-ra); clang's lists go on through the call.
     */
    default boolean tracksCallees() {
        return false;
    }

    /** The base type at {@code unitOffset} (from the unit's header). DW_OP_regval_type, DW_OP_convert, …. */
    Optional<BaseType> baseType(long unitOffset);

    /** The location of the DIE at {@code infoOffset} in .debug_info. DW_OP_call_ref, DW_OP_implicit_pointer. */
    Optional<DieLocation> dieLocation(long infoOffset);

    /** Bytes of the number that the variable at {@code infoOffset} is; 0 when it is none of up to 8 bytes. */
    int scalarSize(long infoOffset);

    /**
     * What the call that returns to {@code linkReturnPc} passed, as its entry says it. DWARF 5 §3.4, for
     * DW_OP_entry_value.
     *
     * @param linkReturnPc link-time, in this image
     */
    Optional<DieLocation> callSiteValue(long linkReturnPc, Passed what);

    /** The link-time address at which the function around {@code linkPc} begins; 0 when none is known. */
    long functionEntry(long linkPc);

    /** As {@link Symbols#tailCalls} gives them. */
    long[] tailCalls(long linkEntry);

    /** What one may ask of a call site. */
    sealed interface Passed {
        /** DW_AT_call_value: what the register held. */
        record InRegister(int dwarfRegister) implements Passed {}

        /** DW_AT_call_data_value: what was in memory where the register pointed to. */
        record BehindRegister(int dwarfRegister) implements Passed {}

        /** DW_AT_call_parameter: of the parameter whose entry stands at an offset of .debug_info. */
        record Parameter(long infoOffset) implements Passed {}

        /** DW_AT_call_target: the address that was called. */
        record Target() implements Passed {}
    }

    /**
     * A location (or value) description together with what it needs to be evaluated.
     *
     * @param source the expression or list
     * @param constant for a DIE with DW_AT_const_value instead: then {@code source} is null
     * @param frameBase that of the enclosing function; null when there is none
     */
    record DieLocation(
            UnitContext unit,
            @Nullable LocationSource source,
            @Nullable Location constant,
            @Nullable LocationSource frameBase) {}

    /** An attribute of class exprloc or loclist. DWARF 5 §2.6. */
    sealed interface LocationSource {
        /** A single expression. */
        record Expression(Bytes bytes) implements LocationSource {}

        /** A list at {@code sectionOffset} of .debug_loclists (DWARF 5) or .debug_loc (2 to 4). */
        record ListAt(long sectionOffset) implements LocationSource {}
    }
}
