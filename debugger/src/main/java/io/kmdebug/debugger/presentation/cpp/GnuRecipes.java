package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.Recipe;
import io.kmdebug.symbols.CompositeType;
import org.jspecify.annotations.Nullable;

/** libstdc++'s classes. */
final class GnuRecipes {
    private GnuRecipes() {}

    static @Nullable Recipe of(String name, CompositeType type) {
        Recipe recipe = Strings.gnu(name);
        if (recipe == null) recipe = Sequences.gnu(name, type);
        if (recipe == null) recipe = Nodes.gnu(name, type);
        if (recipe == null) recipe = Pointers.gnu(name, type);
        if (recipe == null) recipe = Wrappers.of(name, false, type);
        if (recipe == null) recipe = Numbers.of(name, type);
        if (recipe == null) recipe = Functions.of(name, false);
        return recipe == null && name.equals("filesystem::path") ? path("_M_pathname") : recipe;
    }

    static Recipe path(String member) {
        return (value, program) -> Wrappers.presentation(
                new Part(value, program.memory()).at(member).value(), program);
    }
}
