package io.kmdebug.debugger.presentation;

import io.kmdebug.debugger.presentation.cpp.CppLibrary;
import io.kmdebug.debugger.presentation.cpp.CppObjects;
import io.kmdebug.debugger.presentation.go.GoTypesBook;
import io.kmdebug.debugger.presentation.rust.RustLibrary;
import io.kmdebug.debugger.value.Presentations;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Recipe;
import java.util.List;

/** All recipes of all languages. */
public final class Languages {
    private static final List<Recipe.Book> BOOKS =
            List.of(new CppLibrary(), new CppObjects(), new RustLibrary(), new GoTypesBook());

    private Languages() {}

    public static Presentations of(ProgramView program) {
        return new Presentations(BOOKS, program);
    }
}
