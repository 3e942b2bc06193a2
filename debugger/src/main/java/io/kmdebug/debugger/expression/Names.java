package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.NamedRegister;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.EnumType;
import io.kmdebug.symbols.Language;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.UnspecifiedType;
import java.math.BigInteger;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the names of an expression mean: variables first, as in C, then functions, enumerators, linker symbols. */
final class Names {
    private static final String UNTYPED = "<data without debug information>";

    private final EvaluationScope scope;

    Names(EvaluationScope scope) {
        this.scope = scope;
    }

    /** @param expected whose enumerators come before functions; null for none */
    Value named(String name, @Nullable EnumType expected, int column) {
        if (name.startsWith("'")) return inFile(name, column);
        Optional<Value> found = Token.at(column, () -> scope.variable(name))
                .or(() -> expected == null ? Optional.empty() : enumerator(expected, name))
                .or(() -> scope.function(name).map(f -> Value.inMemory(f.type(), f.address())))
                .or(() -> scopedEnumerator(name))
                .or(() -> scope.enumeratorsWith(name).flatMap(type -> enumerator(type, name)))
                .or(() -> scope.linkerObject(name).map(o -> Value.inMemory(new UnspecifiedType(UNTYPED), o.address())))
                .or(() -> word(name));
        return found.orElseThrow(() -> Token.error(column, unknown(name)));
    }

    private String unknown(String name) {
        if (scope.type(name).isPresent()) return "\"" + name + "\" is a type, not a value";
        return "no symbol \"" + name + "\" in this frame" + NearNames.hint(name, scope.namesInSight());
    }

    /** {@code 'file.c'::name}. */
    private Value inFile(String quoted, int column) {
        int end = quoted.lastIndexOf('\'');
        String file = quoted.substring(1, end);
        String name = quoted.substring(end + 3);
        return scope.inFile(file, name)
                .orElseThrow(() -> Token.error(column, "no \"" + name + "\" is declared in a file \"" + file + "\""));
    }

    /** {@code color::RED}, also of an enumeration without a scope of its own: {@code shapes::RED}. */
    private Optional<Value> scopedEnumerator(String name) {
        int separator = ScopePath.lastSeparator(name);
        if (separator < 0) return Optional.empty();
        String last = name.substring(separator + 2);
        if (separator > 0) {
            Optional<Type> type = scope.type(name.substring(0, separator));
            if (type.isPresent() && type.get().stripped() instanceof EnumType e) return enumerator(e, last);
        }
        return scope.enumeratorsWith(last).flatMap(type -> enumerator(type, last));
    }

    /** Whether it is a data symbol of which only the address is known: it can be cast, and its address taken. */
    static boolean isUntyped(Type type) {
        return type instanceof UnspecifiedType u && u.name().equals(UNTYPED);
    }

    private static Optional<Value> enumerator(EnumType type, String name) {
        return type.enumerators().stream()
                .filter(e -> e.name().equals(name))
                .findFirst()
                .map(e -> Value.computed(type, Scalars.bytes(BigInteger.valueOf(e.value()), (int) type.byteSize())));
    }

    private static Optional<Value> word(String name) {
        return switch (name) {
            case "NULL", "nullptr" -> Optional.of(Conversions.pointer(PointerType.to(UnspecifiedType.VOID), 0));
            case "true" -> Optional.of(CTypes.truth(true, Language.CPP));
            case "false" -> Optional.of(CTypes.truth(false, Language.CPP));
            default -> Optional.empty();
        };
    }

    /** @param name without the dollar sign */
    Value register(String name, int column) {
        if (name.equals("_siginfo")) {
            return scope.signalInfo()
                    .map(raw -> Value.computed(SignalTypes.SIGINFO, raw))
                    .orElseThrow(() -> Token.error(column, "the thread was stopped by no signal"));
        }
        Registers registers = scope.registers()
                .orElseThrow(() -> Token.error(column, "there is no frame, so \"$" + name + "\" has no value"));
        return NamedRegister.find(name, registers)
                .orElseThrow(() -> Token.error(column, "no register \"$" + name + "\""));
    }
}
