package io.kmdebug.debugger.presentation.go;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.debugger.value.VariableTree;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.GoType;
import io.kmdebug.symbols.Type;
import java.util.Optional;

/** An interface: the type of what it holds, and that: {@code *main.Square {Side=3}}. */
public record GoInterface(Value held, MemoryReader memory) implements Presentation {
    private static final int DEPTH = 16;

    static Presentation of(Part value, ProgramView program) {
        Optional<Value> held = held(value, program);
        return held.isEmpty() ? new Nil("nil") : new GoInterface(held.get(), program.memory());
    }

    /**
     * What an interface holds; empty for nil.
     *
     * @throws NotInitialised when it holds no type that the debug information knows
     */
    public static Optional<Value> held(Value value, ProgramView program) {
        return held(new Part(value, program.memory()), program);
    }

    private static Optional<Value> held(Part value, ProgramView program) {
        long type;
        Optional<Part> table = value.find("tab");
        if (table.isPresent()) {
            if (table.get().address() == 0) return Optional.empty();
            Part methods = table.get().pointed();
            type = methods.find("_type")
                    .or(() -> methods.find("Type"))
                    .orElseThrow()
                    .address();
        } else {
            type = value.at("_type").address();
            if (type == 0) return Optional.empty();
        }
        long data = value.at("data").address();
        Type dynamic = program.runtimeType(type)
                .orElseThrow(() ->
                        new NotInitialised(String.format("its type at 0x%x is not in the debug information", type)));
        return Optional.of(isDirect(dynamic, 0) ? value.at("data").as(dynamic).value() : Value.inMemory(dynamic, data));
    }

    /** Whether the interface has the value itself, which is a pointer then, and not the address of a copy. */
    private static boolean isDirect(Type type, int depth) {
        GoType go = GoType.of(type);
        if (go == null || depth > DEPTH) return false;
        return switch (go.kind()) {
            case POINTER, CHAN, MAP, FUNC, UNSAFE_POINTER -> true;
            case ARRAY -> go.stripped() instanceof ArrayType a && a.count() == 1 && isDirect(a.element(), depth + 1);
            case STRUCT ->
                go.stripped() instanceof CompositeType c
                        && c.members().size() == 1
                        && isDirect(c.members().get(0).type(), depth + 1);
            default -> false;
        };
    }

    /** Whether a type has a presentation that stands for the whole, though it is a structure. */
    static boolean isPresentedWhole(Type type) {
        GoType go = GoType.of(type);
        return go == null || go.kind() != GoType.Kind.STRUCT || go.name().equals("time.Time");
    }

    @Override
    public void summarize(Summary out) {
        out.text(held.type().name());
        Optional<Value> behind = out.outermost() ? structureBehind() : Optional.empty();
        if (behind.isPresent()) out.text(" ").value(behind.get());
        else out.text("(").value(held).text(")");
    }

    /** Of a pointer to a structure, as most errors are. */
    private Optional<Value> structureBehind() {
        GoType go = GoType.of(held.type());
        Type target = go == null || go.kind() != GoType.Kind.POINTER ? null : go.element();
        if (target == null || !(target.stripped() instanceof CompositeType)) return Optional.empty();
        long address = new Part(held, memory).address();
        return address == 0 ? Optional.empty() : Optional.of(Value.inMemory(target, address));
    }

    @Override
    public Children children() {
        return Children.named(new VariableTree.Variable("(" + held.type().name() + ")", () -> held, null));
    }

    @Override
    public Optional<Value> target() {
        return Optional.of(held);
    }
}
