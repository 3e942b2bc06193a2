package io.kmdebug.debugger.presentation.go;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Recipe;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.GoType;
import io.kmdebug.symbols.Type;
import org.jspecify.annotations.Nullable;

/** Recipes for the types of Go, by the kind that its compiler gives them. */
public final class GoTypesBook implements Recipe.Book {
    @Override
    public @Nullable Recipe recipe(Type type) {
        if (!(type instanceof GoType go)) return null;
        return switch (go.kind()) {
            case STRING -> (value, program) -> GoString.of(part(value, program));
            case SLICE -> (value, program) -> GoSlice.of(go, part(value, program));
            case MAP -> (value, program) -> GoMap.of(go, part(value, program));
            case CHAN -> (value, program) -> GoChannel.of(go, part(value, program), program);
            case INTERFACE -> (value, program) -> GoInterface.of(part(value, program), program);
            case POINTER -> (value, program) -> GoPointer.of(go, part(value, program), program);
            case FUNC -> (value, program) -> new GoFunc(part(value, program), program);
            case COMPLEX64, COMPLEX128 -> (value, program) -> new GoComplex(value.as(go.target()), program.memory());
            case STRUCT -> go.name().equals("time.Time") ? (value, program) -> new GoTime(part(value, program)) : null;
            case INT64 ->
                go.name().equals("time.Duration") ? (value, program) -> new GoDuration(part(value, program)) : null;
            default -> null;
        };
    }

    private static Part part(Value value, ProgramView program) {
        return new Part(value, program.memory());
    }
}
