package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What names mean in a frame of Go: variables, then what the package has, then what the language has. */
final class GoNames {
    private final EvaluationScope scope;
    private @Nullable List<String> packages;

    GoNames(EvaluationScope scope) {
        this.scope = scope;
    }

    /** Whether a package has a variable, function or type of this name, with the package's path in front. */
    boolean isKnown(String name) {
        return isInPackage(name) && global(name).isPresent();
    }

    /** A division of many names is full of paths: they are not to be searched for one by one. */
    private boolean isInPackage(String name) {
        int slash = name.lastIndexOf('/');
        for (String path : packages()) {
            boolean before = path.length() > slash && path.length() < name.length();
            if (before && name.charAt(path.length()) == '.' && name.startsWith(path)) return true;
        }
        return packages().isEmpty();
    }

    private List<String> packages() {
        List<String> known = packages;
        if (known == null) packages = known = scope.packages();
        return known;
    }

    /** A name that stands alone. */
    Optional<GoOperand> named(String name) {
        return local(name)
                .or(() -> global(ownPackage() + "." + name))
                .or(() -> builtin(name))
                .or(() -> name.indexOf('.') >= 0 ? global(name) : Optional.empty());
    }

    Optional<GoOperand> local(String name) {
        return scope.variable(name).map(GoOperand.Typed::new);
    }

    /** {@code name} of a package, by the last part of its path or by all of it. */
    Optional<GoOperand> inPackage(String packageName, String name) {
        List<String> paths = new ArrayList<>(List.of(packageName));
        for (String path : packages()) if (path.endsWith("/" + packageName)) paths.add(path);
        for (String path : paths) {
            Optional<GoOperand> found = global(path + "." + name);
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }

    private Optional<GoOperand> global(String name) {
        Optional<GoOperand> variable = scope.variable(name).map(GoOperand.Typed::new);
        return variable.or(() -> scope.type(name).map(GoOperand.TypeName::new)).or(() -> function(name));
    }

    private Optional<GoOperand> function(String name) {
        return scope.function(name).map(f -> new GoOperand.Typed(Value.inMemory(f.type(), f.address())));
    }

    /** The path of the package of the function that is looked from. */
    private String ownPackage() {
        String function = scope.functionName().orElse("main.main");
        int slash = function.lastIndexOf('/');
        int dot = function.indexOf('.', slash + 1);
        return dot < 0 ? function : function.substring(0, dot);
    }

    private Optional<GoOperand> builtin(String name) {
        return switch (name) {
            case "nil" -> Optional.of(new GoOperand.Nil());
            case "true", "false" ->
                Optional.of(new GoOperand.Typed(
                        Value.computed(GoEvaluation.BOOL, new byte[] {(byte) (name.equals("true") ? 1 : 0)})));
            case "len", "cap" -> Optional.of(new GoOperand.Builtin(name));
            default -> type(name).map(GoOperand.TypeName::new);
        };
    }

    /** A type by its name as the compiler spells it. */
    Optional<Type> type(String name) {
        String spelled = switch (name) {
            case "byte" -> "uint8";
            case "rune" -> "int32";
            case "any" -> "interface {}";
            default -> name;
        };
        return scope.type(spelled).filter(t -> !(t instanceof BaseType)).or(() -> predeclared(spelled));
    }

    /** Those that the program may not use. */
    private static Optional<Type> predeclared(String name) {
        return switch (name) {
            case "bool" -> Optional.of(GoEvaluation.BOOL);
            case "int8" -> Optional.of(new BaseType(name, 1, BaseType.Encoding.SIGNED));
            case "int16" -> Optional.of(new BaseType(name, 2, BaseType.Encoding.SIGNED));
            case "int32" -> Optional.of(new BaseType(name, 4, BaseType.Encoding.SIGNED));
            case "int", "int64" -> Optional.of(new BaseType(name, 8, BaseType.Encoding.SIGNED));
            case "uint8" -> Optional.of(new BaseType(name, 1, BaseType.Encoding.UNSIGNED));
            case "uint16" -> Optional.of(new BaseType(name, 2, BaseType.Encoding.UNSIGNED));
            case "uint32" -> Optional.of(new BaseType(name, 4, BaseType.Encoding.UNSIGNED));
            case "uint", "uint64", "uintptr" -> Optional.of(new BaseType(name, 8, BaseType.Encoding.UNSIGNED));
            case "float32" -> Optional.of(new BaseType(name, 4, BaseType.Encoding.FLOAT));
            case "float64" -> Optional.of(new BaseType(name, 8, BaseType.Encoding.FLOAT));
            default -> Optional.empty();
        };
    }
}
