package io.kmdebug.debugger.value;

import io.kmdebug.symbols.GoType;
import io.kmdebug.symbols.Type;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the presentation of a value by its type; what was found for a type is remembered. Not thread-safe. */
public final class Presentations {
    /** Nothing is presented: every value is shown as the language has it. */
    public static Presentations none(ProgramView program) {
        return new Presentations(List.of(), program);
    }

    private final List<Recipe.Book> books;
    private final ProgramView program;
    private final Map<Type, Optional<Recipe>> known = new IdentityHashMap<>();

    public Presentations(List<Recipe.Book> books, ProgramView program) {
        this.books = books;
        this.program = program;
    }

    public ProgramView program() {
        return program;
    }

    /** Empty where the value is best shown as the language has it. Never throws. */
    public Optional<Presentation> of(Value value) {
        if (books.isEmpty() || value.storage() instanceof Storage.Missing) return Optional.empty();
        GoType go = GoType.of(value.type());
        Type type = go == null ? value.type().stripped() : go;
        Optional<Recipe> recipe = known.get(type);
        if (recipe == null) known.put(type, recipe = find(type));
        return recipe.isEmpty() ? Optional.empty() : present(recipe.get(), value.as(type));
    }

    private Optional<Recipe> find(Type type) {
        for (Recipe.Book book : books) {
            try {
                Recipe recipe = book.recipe(type);
                if (recipe != null) return Optional.of(recipe);
            } catch (RuntimeException e) {
                // a type that is not what its name promises is shown as the debug information has it
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private Optional<Presentation> present(Recipe recipe, Value value) {
        try {
            return Optional.ofNullable(recipe.present(value, program));
        } catch (RuntimeException e) {
            return Optional.of(new Failed(e));
        }
    }

    /** A value that a recipe was found for, but that did not fit it. */
    private record Failed(RuntimeException reason) implements Presentation {
        @Override
        public void summarize(Summary out) {
            throw reason;
        }
    }
}
