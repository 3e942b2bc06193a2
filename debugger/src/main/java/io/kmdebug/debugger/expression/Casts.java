package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Storage;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.UnspecifiedType;

/**
 * The casts of C and C++. A pointer or reference to a class becomes one to its base, or to a class it is the base of, by
 * the distance that the debug information gives. C17 §6.5.4, C++17 §8.2.9 to §8.2.11, §8.4.
 */
final class Casts {
    private static final String VIRTUAL_TABLE = "vtable for ";

    private final Evaluation evaluation;
    private final EvaluationScope scope;
    private final MemoryReader memory;

    Casts(Evaluation evaluation, EvaluationScope scope) {
        this.evaluation = evaluation;
        this.scope = scope;
        this.memory = scope.memory();
    }

    Value cast(Node.Cast node, Value operand) {
        Type type = node.type();
        Type target = type.stripped();
        int column = node.column();
        if (target instanceof PointerType p && p.kind() != PointerType.Kind.POINTER) {
            return reference(node, operand, p.target());
        }
        boolean untyped =
                operand.type() instanceof UnspecifiedType && operand.type().byteSize() == 0;
        if (untyped && operand.address().isPresent()) return operand.as(type);
        if (Scalars.isAggregate(target)) return aggregate(type, operand, column);
        Value source = evaluation.readable(evaluation.scalar(operand, column));
        check(node, source.type());
        if (node.rules() == Node.Cast.Rules.DYNAMIC && target instanceof PointerType to) {
            return dynamic(type, to, source, column);
        }
        if (changesClass(node)
                && target instanceof PointerType to
                && source.type().stripped() instanceof PointerType from) {
            long address = Conversions.integer(source, memory).longValue();
            if (address != 0) {
                Value object = related(Value.inMemory(from.target(), address), to.target(), column);
                return Conversions.pointer(type, object.address().orElse(address));
            }
        }
        return Conversions.to(type, source, memory, column);
    }

    private static boolean changesClass(Node.Cast node) {
        return switch (node.rules()) {
            case ANY, STATIC, DYNAMIC -> true;
            case REINTERPRET, CONST -> false;
        };
    }

    /** What the four casts of C++ refuse, where it would mislead: C's own cast refuses none of these. */
    private static void check(Node.Cast node, Type from) {
        boolean toPointer = Scalars.isPointer(node.type());
        boolean fromPointer = Scalars.isPointer(from);
        boolean allowed = switch (node.rules()) {
            case ANY -> true;
            case STATIC -> toPointer == fromPointer || (toPointer && Scalars.isInteger(from));
            case REINTERPRET -> toPointer || fromPointer;
            case CONST, DYNAMIC -> toPointer && fromPointer;
        };
        if (!allowed) {
            throw Token.error(
                    node.column(),
                    "\"" + from.name() + "\" cannot be converted to \""
                            + node.type().name() + "\" by this cast");
        }
    }

    private Value aggregate(Type type, Value operand, int column) {
        boolean fits = operand.type().byteSize() == type.stripped().byteSize() && operand.bitSize() == 0;
        if (fits && Scalars.isAggregate(operand.type())) return operand.as(type);
        if (type.stripped() instanceof CompositeType to && operand.type().stripped() instanceof CompositeType from) {
            Value base = to.tag() == null ? null : Places.base(operand, from, to.tag(), memory);
            if (base != null) return base;
        }
        throw cannot(operand.type(), type, column);
    }

    private static DebuggerException cannot(Type from, Type to, int column) {
        return Token.error(column, "\"" + from.name() + "\" cannot be converted to \"" + to.name() + "\"");
    }

    /** To whatever the object really is, if that is or has the class; else a null pointer. C++17 §8.2.7. */
    private Value dynamic(Type type, PointerType to, Value source, int column) {
        long address = Conversions.integer(source, memory).longValue();
        if (address == 0) return Conversions.pointer(type, 0);
        Value table = Value.inMemory(CTypes.UNSIGNED_LONG, address);
        long virtual = Conversions.integer(table, memory).longValue();
        String symbol = scope.symbol(virtual).orElse("");
        if (!symbol.startsWith(VIRTUAL_TABLE)) {
            throw Token.error(
                    column, String.format("there is no virtual table at 0x%x, so its class is not known", virtual));
        }
        String name = symbol.substring(VIRTUAL_TABLE.length());
        Type whole = scope.type("::" + name).orElseThrow(() -> Token.error(column, "no type \"" + name + "\""));
        // Itanium C++ ABI §2.5.2: the distance to the whole object lies two words in front
        long top = Conversions.integer(Value.inMemory(CTypes.LONG, virtual - 16), memory)
                .longValue();
        boolean classes =
                whole.stripped() instanceof CompositeType && to.target().stripped() instanceof CompositeType;
        if (!classes) throw cannot(source.type(), type, column);
        CompositeType object = (CompositeType) whole.stripped();
        String wanted = ((CompositeType) to.target().stripped()).tag();
        Value found =
                wanted == null ? null : Places.base(Value.inMemory(object, address + top), object, wanted, memory);
        return Conversions.pointer(type, found == null ? 0 : found.address().orElse(0));
    }

    /** {@code (type &)place}: the same place seen as another type. */
    private Value reference(Node.Cast node, Value operand, Type target) {
        if (operand.bitSize() > 0 || !operand.isPlace()) throw cannot(operand.type(), node.type(), node.column());
        return changesClass(node) ? related(operand, target, node.column()) : operand.as(target);
    }

    /** The object of class {@code to} that {@code object} has as its base or is the base of; itself for strangers. */
    private Value related(Value object, Type to, int column) {
        boolean classes = object.type().stripped() instanceof CompositeType && to.stripped() instanceof CompositeType;
        if (!classes) return object.as(to);
        CompositeType a = (CompositeType) object.type().stripped();
        CompositeType b = (CompositeType) to.stripped();
        if (a.tag() == null || b.tag() == null || a.tag().equals(b.tag())) return object.as(to);
        Value up = Places.base(object, a, b.tag(), memory);
        if (up != null && up.storage() instanceof Storage.Missing missing) throw Token.error(column, missing.reason());
        if (up != null) return up.as(to);
        // nothing is read there: what would have to be read is a virtual base
        Value down = Places.base(Value.inMemory(b, 0), b, a.tag(), (address, into, offset, length) -> 0);
        if (down == null) return object.as(to);
        if (down.address().isEmpty()) {
            throw Token.error(
                    column,
                    "\"" + a.name() + "\" is a virtual base of \"" + b.name()
                            + "\"; only dynamic_cast finds the object that it is in");
        }
        return object.part(to, -down.address().getAsLong() * 8, 0);
    }
}
