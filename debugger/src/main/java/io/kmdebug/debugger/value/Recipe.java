package io.kmdebug.debugger.value;

import io.kmdebug.symbols.Type;
import org.jspecify.annotations.Nullable;

/** Makes presentations of values of one type. */
@FunctionalInterface
public interface Recipe {
    /**
     * Null where this one value is best shown as the language has it.
     *
     * @param value of the type that the recipe was found for, without typedefs and qualifiers around it; of Go's
     *     types as {@link io.kmdebug.symbols.GoType}
     */
    @Nullable
    Presentation present(Value value, ProgramView program);

    /** A library's or language's recipes. */
    @FunctionalInterface
    interface Book {
        /**
         * The recipe for a type, or null. Asked once for each type; a type that is none of this book's must be told from
         * its name and language alone, with nothing else read.
         *
         * @param type without typedefs and qualifiers around it
         */
        @Nullable
        Recipe recipe(Type type);
    }
}
