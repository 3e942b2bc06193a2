package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.FloatFormat;
import io.kmdebug.debugger.value.NamedRegister;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Real;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.GoType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Walks the tree of an expression of Go. Nothing is changed, and no function of the payload is called. */
final class GoEvaluation {
    static final BaseType BOOL = new BaseType("bool", 1, BaseType.Encoding.BOOLEAN);
    static final BaseType INT = new BaseType("int", 8, BaseType.Encoding.SIGNED);
    private static final BaseType BYTE = new BaseType("uint8", 1, BaseType.Encoding.UNSIGNED);
    private static final BaseType FLOAT64 = new BaseType("float64", 8, BaseType.Encoding.FLOAT);
    private static final int EMBEDDING_DEPTH = 16;

    private final EvaluationScope scope;
    private final GoNames names;
    private final MemoryReader memory;
    private final GoOperators operators;
    private final GoElements elements;

    GoEvaluation(EvaluationScope scope, GoNames names) {
        this.scope = scope;
        this.names = names;
        this.memory = scope.memory();
        this.operators = new GoOperators(this);
        this.elements = new GoElements(this);
    }

    MemoryReader memory() {
        return memory;
    }

    GoNames names() {
        return names;
    }

    GoOperators operators() {
        return operators;
    }

    Value value(GoNode node) {
        return valueOf(operand(node), node.column());
    }

    /** A constant gets the type that Go gives it where nothing else does. */
    Value valueOf(GoOperand operand, int column) {
        if (operand instanceof GoOperand.Typed t) return t.value();
        if (operand instanceof GoOperand.Integer i) return Value.computed(INT, Scalars.bytes(i.value(), 8));
        if (operand instanceof GoOperand.Floating f) return floating(FLOAT64, f.value());
        if (operand instanceof GoOperand.Text t) {
            return Value.computed(new ArrayType(() -> CTypes.CHAR, t.bytes().length), t.bytes());
        }
        if (operand instanceof GoOperand.Nil) throw Token.error(column, "nil alone has no type");
        if (operand instanceof GoOperand.Builtin b) throw Token.error(column, b.name() + " wants an argument");
        throw Token.error(column, "\"" + ((GoOperand.TypeName) operand).type().name() + "\" is a type, not a value");
    }

    static Value floating(Type type, double value) {
        byte[] raw = type.byteSize() == 4
                ? Scalars.bytes(BigInteger.valueOf(Float.floatToIntBits((float) value)), 4)
                : Scalars.bytes(BigInteger.valueOf(Double.doubleToLongBits(value)), 8);
        return Value.computed(type, raw);
    }

    GoOperand operand(GoNode node) {
        if (node instanceof GoNode.Literal l) return literal(l);
        if (node instanceof GoNode.Name n) {
            return names.named(n.path())
                    .orElseThrow(() -> Token.error(n.column(), "no symbol \"" + n.path() + "\" here"));
        }
        if (node instanceof GoNode.Register r) return new GoOperand.Typed(register(r));
        if (node instanceof GoNode.Selector s) return selector(s);
        if (node instanceof GoNode.Assertion a) return new GoOperand.Typed(assertion(a));
        if (node instanceof GoNode.Index i) return elements.index(operand(i.operand()), operand(i.index()), i.column());
        if (node instanceof GoNode.Slice s) return elements.slice(s);
        if (node instanceof GoNode.Call c) return call(c);
        if (node instanceof GoNode.Unary u) return unary(u);
        if (node instanceof GoNode.Binary b) return operators.binary(b);
        if (node instanceof GoNode.TypeText t) {
            return new GoOperand.TypeName(type(t.name(), t.column()));
        }
        throw Token.error(node.column(), "an assignment has no value here");
    }

    private static GoOperand literal(GoNode.Literal literal) {
        if (literal.value() instanceof BigInteger number) return new GoOperand.Integer(number);
        if (literal.value() instanceof Double number) return new GoOperand.Floating(number);
        return new GoOperand.Text((byte[]) literal.value());
    }

    private Value register(GoNode.Register node) {
        Registers registers = scope.registers()
                .orElseThrow(() ->
                        Token.error(node.column(), "there is no frame, so \"$" + node.name() + "\" has no value"));
        return NamedRegister.find(node.name(), registers)
                .orElseThrow(() -> Token.error(node.column(), "no register \"$" + node.name() + "\""));
    }

    Type type(String name, int column) {
        if (name.startsWith("*")) return GoType.pointerTo(type(name.substring(1), column));
        return names.type(name)
                .orElseThrow(() -> Token.error(column, "the debug information has no type \"" + name + "\""));
    }

    // selectors

    private GoOperand selector(GoNode.Selector node) {
        if (node.operand() instanceof GoNode.Name n && names.local(n.path()).isEmpty()) {
            Optional<GoOperand> global = names.inPackage(n.path(), node.name());
            if (global.isPresent()) return global.get();
        }
        Value value = value(node.operand());
        Value within = value;
        if (isPointer(value.type())) within = pointed(value, node.column());
        Optional<Value> found = field(within, node.name());
        if (found.isEmpty()) found = behindInterface(within).flatMap(v -> field(v, node.name()));
        String type = value.type().name();
        return new GoOperand.Typed(found.orElseThrow(
                () -> Token.error(node.column(), "\"" + type + "\" has no field \"" + node.name() + "\"")));
    }

    private static boolean isPointer(Type type) {
        GoType go = GoType.of(type);
        return go == null ? Scalars.isPointer(type) : go.kind() == GoType.Kind.POINTER;
    }

    /** What an interface holds, and what that points to. */
    private Optional<Value> behindInterface(Value value) {
        GoType go = GoType.of(value.type());
        if (go == null || go.kind() != GoType.Kind.INTERFACE) return Optional.empty();
        return scope.presentation(value)
                .flatMap(Presentation::target)
                .map(v -> isPointer(v.type()) ? pointed(v, 1) : v);
    }

    /** A field, or one of what is embedded: the least deep one. */
    private Optional<Value> field(Value in, String name) {
        List<Value> level = List.of(in);
        for (int depth = 0; depth < EMBEDDING_DEPTH && !level.isEmpty(); depth++) {
            List<Value> next = new ArrayList<>();
            for (Value holder : level) {
                if (!(holder.type().stripped() instanceof CompositeType structure)) continue;
                GoType go = GoType.of(holder.type());
                for (CompositeType.Member member : structure.members()) {
                    Value part = holder.part(member.type(), member.bitOffset(), member.bitSize());
                    if (name.equals(member.name())) return Optional.of(part);
                    if (go != null && go.embedded().contains(String.valueOf(member.name()))) next.add(part);
                }
            }
            level = next.stream()
                    .map(v -> isPointer(v.type()) ? pointed(v, 1) : v)
                    .toList();
        }
        return Optional.empty();
    }

    private Value assertion(GoNode.Assertion node) {
        Value value = value(node.operand());
        Type wanted = typeOf(node.type());
        Value held = scope.presentation(value)
                .flatMap(Presentation::target)
                .orElseThrow(() -> Token.error(node.column(), "it is no interface, or nil"));
        if (held.type().name().equals(wanted.name())) return held;
        throw Token.error(node.column(), "it holds \"" + held.type().name() + "\", not \"" + wanted.name() + "\"");
    }

    private Type typeOf(GoNode node) {
        if (node instanceof GoNode.Unary u && u.operator().equals("*")) return GoType.pointerTo(typeOf(u.operand()));
        if (operand(node) instanceof GoOperand.TypeName t) return t.type();
        throw Token.error(node.column(), "a type is expected here");
    }

    // operators on places

    private GoOperand unary(GoNode.Unary node) {
        int column = node.column();
        GoOperand operand = operand(node.operand());
        boolean dereference = node.operator().equals("*");
        if (dereference && operand instanceof GoOperand.TypeName t) {
            return new GoOperand.TypeName(GoType.pointerTo(t.type()));
        }
        if (!dereference && !node.operator().equals("&")) return operators.unary(node.operator(), operand, column);
        Value value = valueOf(operand, node.operand().column());
        if (dereference) return new GoOperand.Typed(pointed(value, column));
        long address = Conversions.addressOf(value, column);
        byte[] raw = Scalars.bytes(BigInteger.valueOf(address), 8);
        return new GoOperand.Typed(Value.computed(GoType.pointerTo(value.type()), raw));
    }

    Value pointed(Value pointer, int column) {
        if (!isPointer(pointer.type())) {
            throw Token.error(column, "\"" + pointer.type().name() + "\" is no pointer");
        }
        GoType go = GoType.of(pointer.type());
        Type target = go == null ? null : go.element();
        if (target == null) target = ((PointerType) pointer.type().stripped()).target();
        long address = new Part(pointer, memory).address();
        if (address == 0) throw Token.error(column, "the pointer is nil");
        return Value.inMemory(target, address);
    }

    // calls and conversions

    private GoOperand call(GoNode.Call node) {
        GoOperand function = operand(node.function());
        boolean one = node.arguments().size() == 1;
        if (function instanceof GoOperand.Builtin b && one) {
            return elements.measured(b.name(), operand(node.arguments().get(0)), node.column());
        }
        if (function instanceof GoOperand.TypeName t && one) {
            GoOperand source = operand(node.arguments().get(0));
            if (isString(t.type())) return elements.text(source, node.column());
            return new GoOperand.Typed(converted(t.type(), source, node.column()));
        }
        if (!one && !(function instanceof GoOperand.Typed))
            throw Token.error(node.column(), "one argument is expected");
        throw Token.error(node.column(), "functions of the payload cannot be called from an expression");
    }

    static boolean isString(Type type) {
        GoType go = GoType.of(type);
        return go != null && go.kind() == GoType.Kind.STRING;
    }

    /** A value of {@code type}. Go's specification, "Conversions". */
    Value converted(Type type, GoOperand source, int column) {
        Type target = type.stripped();
        if (source instanceof GoOperand.Nil && target instanceof PointerType) return Value.computed(type, new byte[8]);
        if (Scalars.isFloating(target)) return floating(type, real(source, column));
        if (target instanceof PointerType || Scalars.isIntegerBase(target)) {
            return Value.computed(type, Scalars.bytes(integer(source, column), (int) target.byteSize()));
        }
        Value value = valueOf(source, column);
        if (value.type().byteSize() == type.byteSize()
                && value.type().stripped().getClass() == target.getClass()) {
            return value.as(type);
        }
        throw Token.error(column, "\"" + value.type().name() + "\" cannot be converted to \"" + type.name() + "\"");
    }

    /** A whole number; a float is cut as a conversion cuts it. */
    BigInteger integer(GoOperand operand, int column) {
        if (operand instanceof GoOperand.Integer i) return i.value();
        if (operand instanceof GoOperand.Floating f)
            return Real.of(BigInteger.valueOf((long) f.value())).truncated();
        Value value = valueOf(operand, column);
        if (Scalars.isFloating(value.type()))
            return Conversions.real(value, memory).truncated();
        if (!Scalars.isScalar(value.type()) || Scalars.isComplex(value.type())) {
            throw Token.error(
                    column, "an integer is needed, not \"" + value.type().name() + "\"");
        }
        return Scalars.integer(value.bytes(memory), Scalars.isSigned(value.type()));
    }

    double real(GoOperand operand, int column) {
        if (operand instanceof GoOperand.Integer i) return i.value().doubleValue();
        if (operand instanceof GoOperand.Floating f) return f.value();
        Value value = valueOf(operand, column);
        if (!Scalars.isFloating(value.type())) return integer(operand, column).doubleValue();
        byte[] raw = value.bytes(memory);
        if (FloatFormat.of(value.type()).digits() <= FloatFormat.of(FLOAT64).digits() && raw.length == 8) {
            return Double.longBitsToDouble(Scalars.integer(raw, true).longValue());
        }
        return Float.intBitsToFloat(Scalars.integer(raw, true).intValue());
    }

    /** The bytes of a string; null for what is none. */
    byte @Nullable [] bytesOf(GoOperand operand) {
        if (operand instanceof GoOperand.Text t) return t.bytes();
        if (!(operand instanceof GoOperand.Typed t) || !isString(t.value().type())) return null;
        Part string = new Part(t.value(), memory);
        return elements.bytes(string.at("str").address(), string.at("len").number());
    }

    Optional<Value> held(Value value) {
        GoType go = GoType.of(value.type());
        if (go == null || go.kind() != GoType.Kind.INTERFACE) return Optional.of(value);
        return scope.presentation(value).flatMap(Presentation::target);
    }

    static BaseType byteType() {
        return BYTE;
    }
}
