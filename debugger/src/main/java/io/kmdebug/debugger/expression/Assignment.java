package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.TargetWriter;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.debugger.value.ValueWriter;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.FunctionType;
import io.kmdebug.symbols.Type;
import java.util.Arrays;
import java.util.Objects;

/** Simple assignment. C17 §6.5.16.1; lenient between pointers and integers. */
final class Assignment {
    static final String NOT_ALLOWED = "this would change the payload; only the debug console may do that";

    private final MemoryReader memory;
    private final TargetWriter writer;

    Assignment(MemoryReader memory, TargetWriter writer) {
        this.memory = memory;
        this.writer = writer;
    }

    /** Writes {@code source} to {@code target}, and returns the latter, which now reads as the new value. */
    Value assign(Value target, Value source, int column) {
        if (!target.isPlace()) throw Token.error(column, "what is left of \"=\" is not a place that can be changed");
        ValueWriter.write(target, contents(target.type(), source, column), memory, writer);
        return target;
    }

    private byte[] contents(Type type, Value source, int column) {
        Type bare = type.stripped();
        if (bare instanceof CompositeType) return structure(type, source, column);
        if (bare instanceof ArrayType a) return array(a, source, column);
        if (bare instanceof FunctionType || !Scalars.isScalar(bare)) {
            throw Token.error(column, "a value of type \"" + type.name() + "\" cannot be assigned to");
        }
        return Conversions.to(type, source, memory, column).bytes(memory);
    }

    private byte[] structure(Type type, Value source, int column) {
        boolean same = source.type().stripped() instanceof CompositeType
                && source.type().stripped().name().equals(type.stripped().name())
                && source.type().byteSize() == type.byteSize();
        if (!same) throw mismatch(type, source, column);
        return source.bytes(memory);
    }

    /** Arrays of the same shape are copied; a string goes into characters, with zeros behind it. */
    private byte[] array(ArrayType type, Value source, int column) {
        if (!(source.type().stripped() instanceof ArrayType from)) throw mismatch(type, source, column);
        boolean text = Scalars.isCharacter(type.element()) && Scalars.isCharacter(from.element());
        boolean sameElement = type.element()
                .stripped()
                .name()
                .equals(from.element().stripped().name());
        if (!sameElement
                && !(text && from.element().byteSize() == type.element().byteSize())) {
            throw mismatch(type, source, column);
        }
        if (from.byteSize() != type.byteSize() && !(text && from.byteSize() < type.byteSize())) {
            throw new DebuggerException(
                    "\"" + type.name() + "\" has no room for \"" + from.name() + "\" (column " + column + ")");
        }
        return Arrays.copyOf(Objects.requireNonNull(source.bytes(memory)), (int) type.byteSize());
    }

    private static DebuggerException mismatch(Type type, Value source, int column) {
        return Token.error(
                column,
                "a value of type \"" + source.type().name() + "\" cannot be assigned to \"" + type.name() + "\"");
    }
}
