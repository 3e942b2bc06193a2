package io.kmdebug.symbols;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function's code, out of line or inlined at one place. DWARF 5 §3.3. All addresses are link-time. Nothing of its
 * children is read before it is asked for.
 */
public interface FunctionScope {
    /** The source name, with its namespaces or classes where the language has them. */
    String name();

    /** The linker's (mangled) name, or null. */
    @Nullable
    String linkageName();

    /** Code ranges; the first one holds the entry point. */
    List<AddressRange> ranges();

    /** Address of the first instruction. */
    long entryPc();

    /** Whether this is an inlined instance (DW_TAG_inlined_subroutine). */
    boolean inlined();

    /** Where the function is declared, or null. */
    @Nullable
    SourceFile declarationFile();

    /** From 1; 0 when not known. */
    int declarationLine();

    /** For an inlined instance: the file of the call; else null. */
    @Nullable
    SourceFile callFile();

    /** For an inlined instance: the line of the call, from 1; else 0. */
    int callLine();

    /** For an inlined instance: the column of the call, from 1; else 0. */
    int callColumn();

    /** In declaration order. */
    List<VariableSymbol> parameters();

    /**
     * Local variables that are in scope at {@code pc}: those of the lexical blocks around it, innermost block first,
     * in declaration order within a block; static locals too. A shadowed variable comes after the one that hides it.
     */
    List<VariableSymbol> localsAt(long pc);

    /** The return type; void for none. */
    Type returnType();

    /** Whether the unit was compiled with optimisation, as far as DW_AT_producer tells. */
    boolean optimized();

    /**
     * Every variable of the function and its blocks, wherever the pc is, in declaration order; those of inner blocks
     * come after those around them.
     */
    default List<VariableSymbol> allLocals() {
        return List.of();
    }

    /** What the function is written in. */
    default Language language() {
        return Language.OTHER;
    }
}
