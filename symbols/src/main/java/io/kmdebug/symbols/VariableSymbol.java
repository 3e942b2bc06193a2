package io.kmdebug.symbols;

import org.jspecify.annotations.Nullable;

/** A variable, parameter or constant. DWARF 5 §4.1. */
public interface VariableSymbol {
    String name();

    Type type();

    /** The type as it is in {@code frame}: there a variable-length array has its length. */
    default Type type(FrameContext frame) {
        return type();
    }

    @Nullable
    SourceFile declarationFile();

    /** From 1; 0 when not known. */
    int declarationLine();

    /** Whether it is a parameter. */
    boolean parameter();

    /** Whether it lives for the whole run: a global or a static. */
    boolean isStatic();

    /** Where it lives in {@code frame}; {@link Location.Missing} with a reason, never an exception. */
    Location locate(FrameContext frame);
}
