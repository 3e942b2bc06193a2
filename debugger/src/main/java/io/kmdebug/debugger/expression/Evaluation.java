package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Storage;
import io.kmdebug.debugger.value.TargetWriter;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.EnumType;
import io.kmdebug.symbols.FunctionType;
import io.kmdebug.symbols.Language;
import io.kmdebug.symbols.MemberPointerType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.UnspecifiedType;
import java.math.BigInteger;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Walks the tree of an expression. Values stay where they are until an operator needs their bytes. */
final class Evaluation {
    private static final String NO_CALLS = "functions of the payload cannot be called from an expression";

    private static final int MAX_REFERENCES = 16;

    private final EvaluationScope scope;
    private final MemoryReader memory;
    private final Arithmetic arithmetic;
    private final Names names;
    private final Elements elements;
    private final Casts casts;
    private final Pointing pointing;
    private final Ranges ranges;
    /** Above 0 while only the type of an operand counts (sizeof, the branch not taken): nothing is read or changed. */
    private int unevaluated;
    /** Whose enumerators come first while the right side of an operator is looked at. */
    private @Nullable EnumType expected;

    Evaluation(EvaluationScope scope) {
        this.scope = scope;
        this.memory = scope.memory();
        this.arithmetic = new Arithmetic(memory, scope.language());
        this.names = new Names(scope);
        this.elements = new Elements(this);
        this.casts = new Casts(this, scope);
        this.pointing = new Pointing(scope);
        this.ranges = new Ranges(this, pointing, scope);
    }

    /** As {@link #value}, where a name may be an enumerator of {@code type}. */
    Value valueFor(Type type, Node node) {
        EnumType before = expected;
        expected = type.stripped() instanceof EnumType e ? e : before;
        Value value = value(node);
        expected = before;
        return value;
    }

    Value value(Node node) {
        if (node instanceof Node.Literal l)
            return Value.computed(l.constant().type(), l.constant().bytes());
        if (node instanceof Node.Name n) return name(n);
        if (node instanceof Node.Register r) return names.register(r.name(), r.column());
        if (node instanceof Node.Unary u) return unary(u);
        if (node instanceof Node.Step s) return step(s);
        if (node instanceof Node.Binary b) return binary(b);
        if (node instanceof Node.Logical l) return logical(l);
        if (node instanceof Node.Assign a) return assign(a);
        if (node instanceof Node.Conditional c) return conditional(c);
        if (node instanceof Node.Comma c) {
            value(c.left());
            return value(c.right());
        }
        if (node instanceof Node.Cast c) return casts.cast(c, value(c.operand()));
        if (node instanceof Node.MemberPointer m) {
            return memberPointed(m);
        }
        if (node instanceof Node.TypedMemory t) {
            return Value.inMemory(
                    t.type(),
                    integer(scalar(value(t.address()), t.column()), t.column()).longValue());
        }
        if (node instanceof Node.SizeOf s) return Sizes.of(typeOnly(s.operand()), s.alignment(), s.column());
        if (node instanceof Node.SizeOfType s) {
            return Sizes.of(Value.unavailable(s.type(), "not evaluated"), s.alignment(), s.column());
        }
        if (node instanceof Node.Member m) return member(m);
        if (node instanceof Node.Range r) return ranges.range(r);
        if (node instanceof Node.Question q) return ranges.answer(q);
        if (node instanceof Node.Index i) {
            Value array = seen(value(i.array()), i.column());
            Value index = value(i.index());
            return pointing.element(array, index, i.column())
                    .map(this::dereferenced)
                    .orElseGet(() -> elements.at(array, index, i.column()));
        }
        if (node instanceof Node.Slice s) return elements.slice(s);
        if (node instanceof Node.Repeat r) return elements.repeat(r);
        return call((Node.Call) node);
    }

    private Value name(Node.Name node) {
        return dereferenced(names.named(node.name(), expected, node.column()));
    }

    /** A C++ reference stands for what it refers to. */
    Value dereferenced(Value value) {
        boolean reference = value.type().stripped() instanceof PointerType p && p.kind() != PointerType.Kind.POINTER;
        return reference ? pointed(value, 1) : value;
    }

    // operators

    private Value unary(Node.Unary node) {
        int column = node.column();
        Value operand = value(node.operand());
        return switch (node.operator()) {
            case "&" -> addressOf(operand, column);
            case "*" -> indirect(operand, column);
            case "!" ->
                isBits(operand)
                        ? arithmetic.unary("~", readable(scalar(operand, column)), column)
                        : truthValue(!truth(operand, column));
            case "__real__", "__imag__" -> {
                Value number = readable(scalar(operand, column));
                if (!Scalars.isComplex(number.type()))
                    throw Token.error(column, node.operator() + " needs a complex number");
                yield Conversions.half(number, node.operator().equals("__imag__"), memory);
            }
            default -> arithmetic.unary(node.operator(), readable(scalar(operand, column)), column);
        };
    }

    /** In Rust {@code !} of an integer is what {@code ~} is in C. */
    private boolean isBits(Value operand) {
        boolean integer = Scalars.isInteger(operand.type()) && !Scalars.isBoolean(operand.type());
        return scope.language() == Language.RUST && integer;
    }

    private Value addressOf(Value operand, int column) {
        Type type = scope.language() == Language.RUST
                ? new PointerType(
                        PointerType.Kind.POINTER,
                        operand::type,
                        "&" + operand.type().name())
                : PointerType.to(operand.type());
        if (unevaluated > 0) return Conversions.pointer(type, 0);
        return Conversions.pointer(type, Conversions.addressOf(operand, column));
    }

    private Value indirect(Value operand, int column) {
        if (operand.type().stripped() instanceof FunctionType) return operand;
        if (operand.type().stripped() instanceof ArrayType a) return operand.part(a.element(), 0, 0);
        Optional<Value> target = pointing.target(operand);
        if (target.isPresent()) return target.get();
        Value pointer = scalar(operand, column);
        if (Scalars.isInteger(pointer.type())) {
            return Value.inMemory(CTypes.LONG, integer(pointer, column).longValue());
        }
        if (!Scalars.isPointer(pointer.type())) {
            throw Token.error(
                    column, "\"*\" needs a pointer, not \"" + pointer.type().name() + "\"");
        }
        return pointed(pointer, column);
    }

    Value pointed(Value pointer, int column) {
        Type target = ((PointerType) pointer.type().stripped()).target();
        if (target.stripped() instanceof UnspecifiedType && target.byteSize() == 0) {
            throw Token.error(column, "\"" + pointer.type().name() + "\" points to no type; cast it first");
        }
        if (pointer.storage() instanceof Storage.PointerTo t) {
            return dereferenced(new Value(target, t.target(), t.byteOffset() * 8, 0));
        }
        return dereferenced(Value.inMemory(target, integer(pointer, column).longValue()));
    }

    private Value binary(Node.Binary node) {
        Value left = value(node.left());
        Value right = valueFor(left.type(), node.right());
        return binary(node.operator(), left, right, node.column());
    }

    private Value binary(String operator, Value left, Value right, int column) {
        Optional<Value> text = TextComparison.of(operator, left, right, scope);
        if (text.isPresent()) return text.get();
        Optional<Value> equality = MemberPointers.equality(operator, readable(left), readable(right), memory, column)
                .map(this::truthValue);
        if (equality.isPresent()) return equality.get();
        return arithmetic.binary(operator, readable(scalar(left, column)), readable(scalar(right, column)), column);
    }

    private Value logical(Node.Logical node) {
        boolean left = truth(value(node.left()), node.column());
        if (left != node.and()) {
            typeOnly(node.right());
            return truthValue(left);
        }
        return truthValue(truth(value(node.right()), node.column()));
    }

    private Value truthValue(boolean truth) {
        return CTypes.truth(truth, scope.language());
    }

    private Value conditional(Node.Conditional node) {
        boolean condition = truth(value(node.condition()), node.column());
        Value yes = condition ? value(node.yes()) : typeOnly(node.yes());
        Value no = condition ? typeOnly(node.no()) : value(node.no());
        Value taken = condition ? yes : no;
        boolean numbers = isArithmetic(yes.type()) && isArithmetic(no.type());
        if (!numbers || Scalars.isComplex(yes.type()) || Scalars.isComplex(no.type())) return taken;
        return Conversions.to(Conversions.common(yes, no), readable(taken), memory, node.column());
    }

    private static boolean isArithmetic(Type type) {
        return Scalars.isInteger(type) || Scalars.isFloating(type);
    }

    // members and calls

    private Value member(Node.Member node) {
        Value operand = value(node.operand());
        boolean pointer = Scalars.isPointer(operand.type());
        if (pointer && scope.language() == Language.RUST) operand = seen(operand, node.column());
        else if (pointer) operand = pointed(operand, node.column());
        else if (node.arrow()) operand = pointing.target(operand).orElse(operand);
        if (!(operand.type().stripped() instanceof CompositeType type)) {
            throw Token.error(
                    node.column(), "\"" + operand.type().name() + "\" has no members, so no \"" + node.name() + "\"");
        }
        if (type.isDeclaration()) {
            throw Token.error(
                    node.column(), "\"" + type.name() + "\" is incomplete: the program does not say what is in it");
        }
        return memberOf(operand, type, node);
    }

    /** C++17 §8.5. */
    private Value memberPointed(Node.MemberPointer node) {
        Value pointer = value(node.pointer());
        if (!(pointer.type().stripped() instanceof MemberPointerType type)) {
            throw Token.error(node.column(), "\"" + pointer.type().name() + "\" is not a pointer to a member");
        }
        if (type.isFunction()) throw Token.error(node.column(), "it points to a function; " + NO_CALLS);
        Value whole = value(node.object());
        String owner = type.owner().stripped() instanceof CompositeType c ? c.tag() : null;
        Value object = owner != null && whole.type().stripped() instanceof CompositeType c
                ? Places.base(whole, c, owner, memory)
                : null;
        if (object == null) {
            throw Token.error(
                    node.column(),
                    "\"" + whole.type().name() + "\" is not a \"" + type.owner().name() + "\"");
        }
        if (unevaluated > 0) return object.part(type.target(), 0, 0);
        long offset = Scalars.integer(pointer.bytes(memory), true).longValue();
        if (offset == -1) throw Token.error(node.column(), "the pointer to a member is null");
        return dereferenced(object.part(type.target(), offset * 8, 0));
    }

    private Value memberOf(Value operand, CompositeType type, Node.Member node) {
        String name = node.name();
        Optional<Value> member = Token.at(node.column(), () -> Places.member(operand, type, name, scope));
        if (member.isPresent()) return dereferenced(member.get());
        Optional<Value> target = node.arrow() ? Optional.empty() : pointing.target(operand);
        Value behind = target.map(t -> seen(t, node.column())).orElse(null);
        if (behind != null && behind.type().stripped() instanceof CompositeType c) return memberOf(behind, c, node);
        Optional<Value> form = Forms.present(operand, type, memory);
        if (form.isPresent() && form.get().type().stripped() instanceof CompositeType c) {
            return memberOf(form.get(), c, node);
        }
        if (type.tag() != null
                && scope.function("::" + type.tag() + "::" + name).isPresent()) {
            throw Token.error(node.column(), "\"" + name + "\" is a function; " + NO_CALLS);
        }
        String hint = NearNames.hint(name, Places.memberNames(type));
        throw Token.error(node.column(), "\"" + type.name() + "\" has no member \"" + name + "\"" + hint);
    }

    /** In Rust, what references and boxes around a value lead to. */
    Value seen(Value value, int column) {
        Value at = value;
        for (int depth = 0; depth < MAX_REFERENCES && scope.language() == Language.RUST; depth++) {
            if (!(at.type().stripped() instanceof PointerType p) || p.name().startsWith("*")) break;
            at = pointed(at, column);
        }
        return at;
    }

    private Value call(Node.Call node) {
        Value function = value(node.function());
        Type type = function.type().stripped();
        if (type instanceof PointerType p) type = p.target().stripped();
        if (!(type instanceof FunctionType f)) {
            throw Token.error(node.column(), "\"" + function.type().name() + "\" is not a function");
        }
        if (unevaluated > 0) return Value.unavailable(f.returnType(), "not evaluated");
        throw Token.error(node.column(), NO_CALLS);
    }

    // changing things

    private Value assign(Node.Assign node) {
        Value target = value(node.left());
        Value source = valueFor(target.type(), node.right());
        if (!node.operator().isEmpty()) source = binary(node.operator(), target, source, node.column());
        return store(target, source, node.column());
    }

    private Value step(Node.Step node) {
        Value target = value(node.operand());
        Value before = readable(scalar(target, node.column()));
        Value one = Value.computed(CTypes.INT, new byte[] {1, 0, 0, 0});
        Value after = arithmetic.binary(node.up() ? "+" : "-", before, one, node.column());
        Value old = Value.computed(before.type(), before.bytes(memory));
        Value now = store(target, after, node.column());
        return node.postfix() ? old : now;
    }

    private Value store(Value target, Value source, int column) {
        if (unevaluated > 0) return target;
        TargetWriter writer = scope.writer().orElseThrow(() -> Token.error(column, Assignment.NOT_ALLOWED));
        return new Assignment(memory, writer).assign(target, source, column);
    }

    // reading

    /** An operand whose bytes will be asked for: a scalar, where only the type counts with bytes that mean nothing. */
    Value readable(Value value) {
        if (unevaluated == 0 || value.read(memory) instanceof Value.Available) return value;
        return Value.computed(value.type(), new byte[(int) value.type().byteSize()]);
    }

    /** An operand of an operator on numbers and addresses: arrays and functions become addresses. */
    Value scalar(Value value, int column) {
        boolean decays =
                value.type().stripped() instanceof ArrayType || value.type().stripped() instanceof FunctionType;
        if (decays && unevaluated > 0 && value.address().isEmpty()) {
            Type target = value.type().stripped() instanceof ArrayType a ? a.element() : value.type();
            return Conversions.pointer(PointerType.to(target), 0);
        }
        Value decayed = Conversions.decayed(value, column);
        if (Scalars.isScalar(decayed.type())) return decayed;
        if (Names.isUntyped(decayed.type())) {
            throw Token.error(column, "the debug information has no type for it; cast it to one");
        }
        throw Token.error(column, "\"" + decayed.type().name() + "\" is not a number or a pointer");
    }

    private boolean truth(Value value, int column) {
        if (MemberPointers.is(value)) return !MemberPointers.isNull(readable(value), memory);
        return Conversions.truth(readable(scalar(value, column)), memory);
    }

    BigInteger integer(Value value, int column) {
        Value number = readable(value);
        if (Scalars.isFloating(number.type()) || Scalars.isComplex(number.type())) {
            throw Token.error(
                    column, "an integer is needed, not \"" + number.type().name() + "\"");
        }
        return Conversions.integer(number, memory);
    }

    /** Whether only the type of what is being looked at counts. */
    boolean isTypeOnly() {
        return unevaluated > 0;
    }

    /** The type that {@code node} would have; nothing is read or changed. */
    Type typeOf(Node node) {
        return typeOnly(node).type();
    }

    /** Evaluates for the type only: nothing is changed, and what cannot be read or computed does not matter. */
    private Value typeOnly(Node node) {
        unevaluated++;
        arithmetic.setUnevaluated(true);
        try {
            return value(node);
        } finally {
            unevaluated--;
            arithmetic.setUnevaluated(unevaluated > 0);
        }
    }
}
