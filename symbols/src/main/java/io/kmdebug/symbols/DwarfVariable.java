package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.symbols.UnitContext.DieLocation;
import io.kmdebug.symbols.UnitContext.LocationSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A variable's or parameter's entry. DWARF 5 §4.1. */
final class DwarfVariable implements VariableSymbol {
    private final DwarfSymbols symbols;
    private final DieRef ref;
    private final String name;
    private final boolean parameter;
    private final boolean global;
    private final @Nullable LocationSource frameBase;

    /** @param frameBase of the function around it; null for globals */
    DwarfVariable(DwarfSymbols symbols, Die die, String name, boolean global, @Nullable LocationSource frameBase) {
        this.symbols = symbols;
        this.ref = new DieRef(die.unit(), die.offset());
        this.name = name;
        this.parameter = die.tag() == Tag.FORMAL_PARAMETER;
        this.global = global;
        this.frameBase = frameBase;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Type type() {
        try {
            return ref.unit().image().types().of(ref.die());
        } catch (CorruptFileException e) {
            return unreadable(e);
        }
    }

    @Override
    public Type type(FrameContext frame) {
        return new RunTimeTypes(frame, frameBase).of(type());
    }

    private Type unreadable(CorruptFileException e) {
        ref.unit().image().note(ref.unit().describe(), e);
        return new UnspecifiedType("<unreadable type>");
    }

    @Override
    public @Nullable SourceFile declarationFile() {
        return DeclarationPlace.of(ref).file();
    }

    @Override
    public int declarationLine() {
        return DeclarationPlace.of(ref).line();
    }

    @Override
    public boolean parameter() {
        return parameter;
    }

    @Override
    public boolean isStatic() {
        if (global) return true;
        try {
            return !parameter && Locations.isStatic(Locations.of(ref.die(), frameBase));
        } catch (CorruptFileException e) {
            ref.unit().image().note(ref.unit().describe(), e);
            return false;
        }
    }

    @Override
    public Location locate(FrameContext frame) {
        try {
            Die die = ref.die();
            DieLocation location = Locations.of(die, frameBase);
            Location constant = location.constant();
            if (constant != null) return constant;
            LocationSource source = location.source();
            if (source != null) return evaluate(location, source, frame);
            if (die.flag(Attribute.DECLARATION)) return symbols.locateDefinition(name, ref, frame);
            Optional<Location> object = global ? symbols.locateObject(name, frame) : Optional.empty();
            return object.orElseGet(() -> new Location.Missing("optimized out"));
        } catch (CorruptFileException e) {
            return new Location.Missing(String.valueOf(e.getMessage()));
        }
    }

    private static Location evaluate(DieLocation location, LocationSource source, FrameContext frame) {
        // an empty expression is how producers say that the object is not there: DWARF 5 §2.6.1.1.1
        if (source instanceof LocationSource.Expression e && e.bytes().length() == 0) {
            return new Location.Missing("optimized out");
        }
        if (source instanceof LocationSource.Expression e && Locations.isRemoved(e.bytes())) {
            return new Location.Missing("removed by the linker");
        }
        return LocationEvaluator.evaluate(source, location.unit(), frame, location.frameBase());
    }

    /** Whether the entry says where the variable is, or what its value is. */
    boolean isPlaced() {
        DieLocation location = Locations.of(ref.die(), frameBase);
        return location.source() != null || location.constant() != null;
    }

    DieRef ref() {
        return ref;
    }

    @Override
    public String toString() {
        return name;
    }
}
