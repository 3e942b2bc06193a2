package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.value.Recipe;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.Type;
import org.jspecify.annotations.Nullable;

/** The recipes for what {@code std} holds. */
public final class CppLibrary implements Recipe.Book {
    @Override
    public @Nullable Recipe recipe(Type type) {
        if (!(type instanceof CompositeType composite)) return null;
        LibraryName name = LibraryName.of(composite);
        // of a class that is declared only nothing can be shown, whoever asks
        if (name == null || composite.isDeclaration()) return null;
        return name.llvm() ? LlvmRecipes.of(name.name(), composite) : GnuRecipes.of(name.name(), composite);
    }
}
