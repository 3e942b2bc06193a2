package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.VariantPart;
import java.util.Optional;

/** The form that an enumeration with data has now. DWARF 5 §5.7.10. */
final class Forms {
    private Forms() {}

    /** The fields of the present form; empty for a type that has but one. */
    static Optional<Value> present(Value value, CompositeType type, MemoryReader memory) {
        return member(value, type, memory)
                .map(fields -> value.part(fields.type(), fields.bitOffset(), fields.bitSize()));
    }

    /** What the present form is called. */
    static Optional<String> name(Value value, CompositeType type, MemoryReader memory) {
        return member(value, type, memory).map(CompositeType.Member::name);
    }

    private static Optional<CompositeType.Member> member(Value value, CompositeType type, MemoryReader memory) {
        VariantPart part = type.variantPart().orElse(null);
        if (part == null) return Optional.empty();
        CompositeType.Member discriminant = part.discriminant();
        long number = 0;
        int bytes = 8;
        boolean signed = false;
        if (discriminant != null) {
            Value tag = value.part(discriminant.type(), discriminant.bitOffset(), discriminant.bitSize());
            signed = Scalars.isSigned(tag.type());
            bytes = (int) Math.min(8, tag.type().byteSize());
            number = Scalars.integer(tag.bytes(memory), signed).longValue();
        }
        VariantPart.Variant form = part.selected(number, bytes, signed);
        if (form == null || form.members().isEmpty()) return Optional.empty();
        return Optional.of(form.members().get(0));
    }
}
