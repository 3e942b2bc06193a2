package io.kmdebug.symbols;

import io.kmdebug.machine.UnreadableMemoryException;
import org.jspecify.annotations.Nullable;

/**
 * A variable that Go's compiler moved to the heap, as the source has it: its entry is named {@code &x} and says where
 * the pointer to it is.
 */
record GoEscapedVariable(VariableSymbol pointer) implements VariableSymbol {
    /** {@code variable}, or what it points to when its entry is one of these. */
    static VariableSymbol of(DwarfVariable variable) {
        boolean escaped =
                variable.name().startsWith("&") && variable.ref().unit().isGo();
        return escaped ? new GoEscapedVariable(variable) : variable;
    }

    @Override
    public String name() {
        return pointer.name().substring(1);
    }

    @Override
    public Type type() {
        return pointer.type().stripped() instanceof PointerType type ? type.target() : pointer.type();
    }

    @Override
    public @Nullable SourceFile declarationFile() {
        return pointer.declarationFile();
    }

    @Override
    public int declarationLine() {
        return pointer.declarationLine();
    }

    @Override
    public boolean parameter() {
        return pointer.parameter();
    }

    @Override
    public boolean isStatic() {
        return false;
    }

    @Override
    public Location locate(FrameContext frame) {
        Location place = pointer.locate(frame);
        try {
            long address;
            if (place instanceof Location.InMemory at) address = frame.memory().readLong(at.address());
            else if (place instanceof Location.InRegister in
                    && frame.registers().has(in.register())) {
                address = frame.registers().get(in.register());
            } else if (place instanceof Location.Computed computed) address = computed.value();
            else
                return place instanceof Location.Missing
                        ? place
                        : new Location.Missing("its pointer is in several places");
            return address == 0
                    ? new Location.Missing("not yet on the heap: its pointer is nil")
                    : new Location.InMemory(address);
        } catch (UnreadableMemoryException e) {
            return new Location.Missing(String.valueOf(e.getMessage()));
        }
    }
}
