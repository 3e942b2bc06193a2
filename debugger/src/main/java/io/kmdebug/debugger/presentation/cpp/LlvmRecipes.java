package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.value.Recipe;
import io.kmdebug.symbols.CompositeType;
import org.jspecify.annotations.Nullable;

/** libc++'s classes. */
final class LlvmRecipes {
    private LlvmRecipes() {}

    static @Nullable Recipe of(String name, CompositeType type) {
        Recipe recipe = Strings.llvm(name);
        if (recipe == null) recipe = Sequences.llvm(name, type);
        if (recipe == null) recipe = Nodes.llvm(name, type);
        if (recipe == null) recipe = Pointers.llvm(name, type);
        if (recipe == null) recipe = Wrappers.of(name, true, type);
        if (recipe == null) recipe = Numbers.of(name, type);
        if (recipe == null) recipe = Functions.of(name, true);
        return recipe == null && name.equals("filesystem::path") ? GnuRecipes.path("__pn_") : recipe;
    }
}
