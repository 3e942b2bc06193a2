package io.kmdebug.debugger.presentation.rust;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Recipe;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.Language;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import org.jspecify.annotations.Nullable;

/** The recipes for Rust's types: those of the library by name, all others by their form. */
public final class RustLibrary implements Recipe.Book {
    @Override
    public @Nullable Recipe recipe(Type type) {
        if (type instanceof CompositeType composite && composite.language() == Language.RUST)
            return ofComposite(composite);
        if (type instanceof PointerType pointer && pointer.isNamed()) return ofPointer(pointer);
        if (type instanceof ArrayType array && array.isNamed())
            return (value, program) -> RustScalars.array(value, array);
        return type instanceof BaseType base ? RustScalars.recipe(base) : null;
    }

    private static Recipe ofPointer(PointerType type) {
        String written = RustName.written(type.name());
        boolean same = written.equals(type.name());
        return (value, program) -> {
            Presentation shown = RustPointers.thin(new Part(value, program.memory()));
            return shown == null || same ? shown : new Renamed(shown, written);
        };
    }

    private static Recipe ofComposite(CompositeType type) {
        String name = type.name();
        Recipe library = LibraryTypes.recipe(RustName.path(name), type);
        String written = RustName.written(name);
        return (value, program) -> {
            Part part = new Part(value, program.memory());
            Presentation shown = library == null ? plain(type, name, part, program) : library.present(value, program);
            return shown == null || written.equals(name) ? shown : new Renamed(shown, written);
        };
    }

    private static @Nullable Presentation plain(CompositeType type, String name, Part part, ProgramView program) {
        if (RustParts.isFat(type)) return RustPointers.fat(part, program);
        if (type.variantPart().isPresent()) return RustEnum.of(part);
        if (type.kind() == CompositeType.Kind.UNION) return null;
        return new RustStruct(name.startsWith("(") ? "" : RustName.last(name), part);
    }
}
