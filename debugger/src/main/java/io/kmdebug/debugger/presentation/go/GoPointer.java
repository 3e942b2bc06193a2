package io.kmdebug.debugger.presentation.go;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.debugger.value.VariableTree;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.GoType;
import io.kmdebug.symbols.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A pointer; of one to a structure what is behind it too, where it is shown for itself. */
record GoPointer(Value pointed, long address, ProgramView program) implements Presentation {
    static Presentation of(GoType type, Part pointer, ProgramView program) {
        long address = pointer.address();
        if (address == 0) return new Nil("nil");
        Type target = type.element();
        if (target == null) target = io.kmdebug.symbols.UnspecifiedType.VOID;
        return new GoPointer(Value.inMemory(target, address), address, program);
    }

    @Override
    public void summarize(Summary out) {
        out.text(String.format("0x%x", address));
        program.symbol(address).ifPresent(name -> out.text(" <" + name + ">"));
        boolean structure = pointed.type().stripped() instanceof CompositeType;
        boolean readable = program.memory().read(address, new byte[1], 0, 1) == 1;
        if (structure && out.outermost() && readable) out.text(" ").value(pointed);
    }

    @Override
    public Optional<Value> target() {
        return Optional.of(pointed);
    }

    @Override
    public Children children() {
        if (!(pointed.type().stripped() instanceof CompositeType structure)
                || GoInterface.isPresentedWhole(pointed.type())) {
            return Children.named(new VariableTree.Variable("*", () -> pointed, null));
        }
        return Children.listed(() -> {
            List<VariableTree.Entry> fields = new ArrayList<>();
            for (CompositeType.Member member : structure.members()) {
                String name = member.name() == null ? "_" : member.name();
                Value part = pointed.part(member.type(), member.bitOffset(), member.bitSize());
                fields.add(new VariableTree.Variable(name, () -> part, null));
            }
            return fields;
        });
    }
}
