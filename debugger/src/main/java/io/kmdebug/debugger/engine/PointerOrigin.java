package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.code.Instruction;
import io.kmdebug.debugger.code.MemoryOperand;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Storage;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which expression of the source a register's value is: that of a variable which lives in it, or what was loaded into it
 * from one, also over several loads ({@code first->next}). The instructions before are followed backwards, within code
 * that is not jumped into; what was found must still have that value. Where anything is not certain there is no answer.
 */
final class PointerOrigin {
    private static final int MOST_STEPS = 200;
    private static final int MOST_DEPTH = 8;

    /**
     * A pointer of the source.
     *
     * @param type of the expression
     * @param exact whether the register holds the value itself, and not what something was added to
     */
    record Found(String expression, Type type, long value, boolean exact) {
        private Found moved() {
            return new Found(expression, type, value, false);
        }
    }

    private final FaultPlace place;
    private final List<Instruction> code;
    private final SourceNames names;
    private final MemoryReader memory;

    PointerOrigin(FaultPlace place) {
        this.place = place;
        this.code = place.straightCode();
        this.names = new SourceNames(place);
        this.memory = place.payload().target().memory();
    }

    /** What the place's memory operand means, and the pointer by which it is reached; empty parts where not known. */
    record Meaning(Optional<String> expression, Optional<Found> base) {}

    Meaning of(MemoryOperand operand, Instruction instruction) {
        OptionalLong address = operand.address(place.registers(), instruction.next());
        if (address.isEmpty() || operand.segment() != null) return new Meaning(Optional.empty(), Optional.empty());
        boolean byPlace = operand.base() == null
                || operand.base().equals("rip")
                || operand.base().equals("rsp");
        if (byPlace || "rbp".equals(operand.base())) {
            Optional<SourceNames.Part> part = names.at(address.getAsLong(), operand.size());
            if (part.isPresent()) return new Meaning(part.map(SourceNames.Part::expression), Optional.empty());
        }
        Optional<Found> base = pointer(operand);
        Optional<String> expression = base.flatMap(
                b -> names.through(b.expression(), b.type(), address.getAsLong() - b.value(), operand.size())
                        .map(SourceNames.Part::expression));
        return new Meaning(expression, base);
    }

    private Optional<Found> pointer(MemoryOperand operand) {
        Optional<Found> base = operand.base() == null ? Optional.empty() : register(operand.base());
        if (base.isPresent() || operand.index() == null || operand.scale() != 1) return base;
        return register(operand.index());
    }

    /** What a register holds at the place; empty where another thread has changed the memory that it was loaded from. */
    Optional<Found> register(String register) {
        AmdRegister held = AmdRegister.byGdbName(register);
        return register(register, code.size() - 1, 0)
                .filter(found -> !found.exact()
                        || (held != null
                                && place.registers().has(held)
                                && place.registers().get(held) == found.value()));
    }

    /** @param before index of the instruction before which the register has the value */
    private Optional<Found> register(String register, int before, int depth) {
        if (depth > MOST_DEPTH) return Optional.empty();
        Optional<Found> variable = variable(register, before);
        if (variable.isPresent()) return variable;
        for (int i = before - 1; i >= 0 && i >= before - MOST_STEPS; i--) {
            Instruction instruction = code.get(i);
            if (instruction.changes(register)) return from(instruction, register, i, depth);
            Optional<Found> earlier = variable(register, i);
            if (earlier.isPresent()) return earlier;
        }
        return Optional.empty();
    }

    private Optional<Found> variable(String register, int at) {
        AmdRegister wanted = AmdRegister.byGdbName(register);
        for (SourceNames.Variable variable : names.variables(code.get(at).address())) {
            boolean lives = variable.storage() instanceof Storage.InRegister r && r.register() == wanted;
            if (!lives || !isPointer(variable.type())) continue;
            // the register may hold something else by now, but it is the place's value that is asked for
            if (wanted == null || !unchanged(register, at) || !place.registers().has(wanted)) continue;
            return Optional.of(new Found(
                    variable.name(), variable.type(), place.registers().get(wanted), true));
        }
        return Optional.empty();
    }

    private boolean unchanged(String register, int from) {
        for (int i = from; i < code.size() - 1; i++) if (code.get(i).changes(register)) return false;
        return true;
    }

    private Optional<Found> from(Instruction instruction, String register, int index, int depth) {
        boolean whole = register.equals(instruction.operands().get(0)) && !instruction.isCall();
        if (!whole || instruction.operands().size() != 2) return Optional.empty();
        String source = instruction.register(1);
        switch (instruction.mnemonic()) {
            case "mov" -> {
                if (source != null) return register(source, index, depth + 1);
                List<MemoryOperand> loaded = instruction.memory();
                return loaded.isEmpty() ? Optional.empty() : loaded(loaded.get(0), instruction, index, depth);
            }
            case "add" -> {
                Optional<Found> sum = register(register, index, depth + 1);
                if (sum.isEmpty() && source != null) sum = register(source, index, depth + 1);
                return sum.map(Found::moved);
            }
            default -> {
                return Optional.empty();
            }
        }
    }

    private Optional<Found> loaded(MemoryOperand operand, Instruction instruction, int index, int depth) {
        if (operand.segment() != null) return Optional.empty();
        Optional<SourceNames.Part> part = Optional.empty();
        OptionalLong address = OptionalLong.empty();
        if (unchanged(operand.base(), operand.index(), index)) {
            address = operand.address(place.registers(), instruction.next());
            if (address.isPresent()) part = names.at(address.getAsLong(), operand.size());
        }
        if (part.isEmpty() && operand.base() != null && !operand.base().equals("rip") && operand.index() == null) {
            Found base = register(operand.base(), index, depth + 1).orElse(null);
            if (base == null) return Optional.empty();
            address = OptionalLong.of(base.value() + operand.displacement());
            part = names.through(base.expression(), base.type(), operand.displacement(), operand.size());
        }
        if (part.isEmpty() || address.isEmpty() || !isPointer(part.get().type())) return Optional.empty();
        try {
            long value = memory.readLong(address.getAsLong());
            return Optional.of(new Found(part.get().expression(), part.get().type(), value, true));
        } catch (UnreadableMemoryException e) {
            return Optional.empty();
        }
    }

    private boolean unchanged(@Nullable String base, @Nullable String indexRegister, int from) {
        return (base == null || base.equals("rip") || unchanged(base, from))
                && (indexRegister == null || unchanged(indexRegister, from));
    }

    static boolean isPointer(Type type) {
        return Scalars.isPointer(type) || type.stripped() instanceof PointerType;
    }
}
