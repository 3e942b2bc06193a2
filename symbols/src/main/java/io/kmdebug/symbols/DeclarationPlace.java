package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import org.jspecify.annotations.Nullable;

/**
 * Where something is declared or called: DW_AT_decl_file and DW_AT_decl_line, or those of a call. DWARF 5 §2.14,
 * §3.3.8.2.
 *
 * @param line from 1; 0 when not known
 * @param column from 1; 0 when not known
 */
record DeclarationPlace(@Nullable SourceFile file, int line, int column) {
    private static final DeclarationPlace UNKNOWN = new DeclarationPlace(null, 0, 0);

    /** Of the entry or, where it does not say, of what it completes. */
    static DeclarationPlace of(DieRef ref) {
        try {
            Die lineHolder = ref.die().holder(Attribute.DECL_LINE);
            if (lineHolder == null) return UNKNOWN;
            int line = (int) lineHolder.constant(Attribute.DECL_LINE, 0);
            // a file number counts in the unit whose entry states it; a concrete entry may state the line alone
            Die fileHolder = lineHolder.holder(Attribute.DECL_FILE);
            long number = fileHolder == null ? -1 : fileHolder.constant(Attribute.DECL_FILE, -1);
            SourceFile file =
                    fileHolder == null || number < 0 ? null : fileHolder.unit().file(number);
            return new DeclarationPlace(file, line, 0);
        } catch (CorruptFileException e) {
            ref.unit().image().note(ref.unit().describe(), e);
            return UNKNOWN;
        }
    }

    /** The call that an inlined instance stands for. */
    static DeclarationPlace ofCall(DieRef ref) {
        try {
            Die die = ref.die();
            long number = die.constant(Attribute.CALL_FILE, -1);
            return new DeclarationPlace(
                    number < 0 ? null : ref.unit().file(number), (int) die.constant(Attribute.CALL_LINE, 0), (int)
                            die.constant(Attribute.CALL_COLUMN, 0));
        } catch (CorruptFileException e) {
            ref.unit().image().note(ref.unit().describe(), e);
            return UNKNOWN;
        }
    }
}
