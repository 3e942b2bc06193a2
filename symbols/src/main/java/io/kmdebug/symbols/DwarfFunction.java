package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.symbols.UnitContext.LocationSource;
import io.kmdebug.symbols.demangle.Demangler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A function's entry: DW_TAG_subprogram or DW_TAG_inlined_subroutine. DWARF 5 §3.3. */
final class DwarfFunction implements FunctionScope {
    private final DwarfSymbols symbols;
    private final DieRef ref;
    private final DieRef outer;
    private final Supplier<String> name;
    private final Supplier<List<AddressRange>> ranges;
    private final Supplier<List<VariableSymbol>> parameters;
    private final boolean inlined;
    private volatile @Nullable Locals locals;

    /** The variables that are in scope at a place: whoever asks twice asks of the same one. */
    private record Locals(long pc, List<VariableSymbol> variables) {}

    /**
     * @param ref the function's entry
     * @param outer the entry of the out-of-line function that holds the code: {@code ref} itself unless it is inlined
     */
    DwarfFunction(DwarfSymbols symbols, DieRef ref, DieRef outer) {
        this.symbols = symbols;
        this.ref = ref;
        this.outer = outer;
        this.inlined = !ref.equals(outer);
        this.name = Lazily.of(() -> qualifiedName(ref));
        this.ranges = Lazily.of(this::readRanges);
        this.parameters = Lazily.of(this::readParameters);
    }

    DieRef ref() {
        return ref;
    }

    @Override
    public String name() {
        return name.get();
    }

    private static String qualifiedName(DieRef ref) {
        try {
            Die holder = ref.die().holder(Attribute.NAME);
            String plain = holder == null ? null : holder.string(Attribute.NAME);
            if (holder == null || plain == null) {
                String linkage = linkageName(ref);
                return linkage == null ? "<function without a name>" : Demangler.readable(linkage);
            }
            return holder.unit().qualifiesNames() ? Ancestors.qualify(holder, plain) : plain;
        } catch (CorruptFileException e) {
            ref.unit().image().note(ref.unit().describe(), e);
            return "<function with an unreadable name>";
        }
    }

    @Override
    public @Nullable String linkageName() {
        try {
            return linkageName(ref);
        } catch (CorruptFileException e) {
            return null;
        }
    }

    private static @Nullable String linkageName(DieRef ref) {
        Die holder = ref.die().holder(Attribute.LINKAGE_NAME);
        if (holder != null) return holder.string(Attribute.LINKAGE_NAME);
        holder = ref.die().holder(Attribute.MIPS_LINKAGE_NAME);
        return holder == null ? null : holder.string(Attribute.MIPS_LINKAGE_NAME);
    }

    @Override
    public List<AddressRange> ranges() {
        return ranges.get();
    }

    private List<AddressRange> readRanges() {
        try {
            Die die = ref.die();
            List<AddressRange> list = new ArrayList<>(RangeLists.of(die));
            long entry = statedEntry(die);
            for (int i = 1; i < list.size() && entry != 0; i++) {
                if (list.get(i).contains(entry)) list.add(0, list.remove(i));
            }
            return List.copyOf(list);
        } catch (CorruptFileException e) {
            ref.unit().image().note(ref.unit().describe(), e);
            return List.of();
        }
    }

    /** DW_AT_entry_pc: an address or, since DWARF 5, a distance from the lowest one (§2.18). 0 when not stated. */
    private static long statedEntry(Die die) {
        int index = die.indexOf(Attribute.ENTRY_PC);
        if (index < 0) return 0;
        if (die.isAddress(index)) return die.address(index);
        List<AddressRange> ranges = RangeLists.of(die);
        int low = die.indexOf(Attribute.LOW_PC);
        if (low >= 0) return die.address(low) + die.constant(Attribute.ENTRY_PC, 0);
        return ranges.isEmpty() ? 0 : ranges.get(0).low() + die.constant(Attribute.ENTRY_PC, 0);
    }

    @Override
    public long entryPc() {
        try {
            long stated = statedEntry(ref.die());
            if (stated != 0) return stated;
        } catch (CorruptFileException e) {
            ref.unit().image().note(ref.unit().describe(), e);
        }
        return ranges().isEmpty() ? 0 : ranges().get(0).low();
    }

    @Override
    public boolean inlined() {
        return inlined;
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
    public @Nullable SourceFile callFile() {
        return inlined ? DeclarationPlace.ofCall(ref).file() : null;
    }

    @Override
    public int callLine() {
        return inlined ? DeclarationPlace.ofCall(ref).line() : 0;
    }

    @Override
    public int callColumn() {
        return inlined ? DeclarationPlace.ofCall(ref).column() : 0;
    }

    @Override
    public List<VariableSymbol> parameters() {
        return parameters.get();
    }

    private List<VariableSymbol> readParameters() {
        try {
            return new ScopeVariables(symbols, frameBase()).parameters(ref.die());
        } catch (CorruptFileException e) {
            ref.unit().image().note(ref.unit().describe(), e);
            return List.of();
        }
    }

    @Override
    public List<VariableSymbol> localsAt(long pc) {
        Locals last = locals;
        if (last == null || last.pc != pc) locals = last = new Locals(pc, readLocals(pc));
        return last.variables;
    }

    private List<VariableSymbol> readLocals(long pc) {
        try {
            return new ScopeVariables(symbols, frameBase()).localsAt(ref.die(), pc);
        } catch (CorruptFileException e) {
            ref.unit().image().note(ref.unit().describe(), e);
            return List.of();
        }
    }

    @Override
    public List<VariableSymbol> allLocals() {
        try {
            return new ScopeVariables(symbols, frameBase()).allLocals(ref.die());
        } catch (CorruptFileException e) {
            ref.unit().image().note(ref.unit().describe(), e);
            return List.of();
        }
    }

    @Override
    public Language language() {
        try {
            return Language.of(ref.unit().language());
        } catch (CorruptFileException e) {
            return Language.OTHER;
        }
    }

    private @Nullable LocationSource frameBase() {
        return Locations.source(outer.die(), Attribute.FRAME_BASE);
    }

    @Override
    public Type returnType() {
        try {
            return ref.unit().image().types().of(ref.die());
        } catch (CorruptFileException e) {
            ref.unit().image().note(ref.unit().describe(), e);
            return new UnspecifiedType("<unreadable type>");
        }
    }

    @Override
    public boolean optimized() {
        try {
            return ref.unit().optimized();
        } catch (CorruptFileException e) {
            return false;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DwarfFunction f && f.ref.equals(ref);
    }

    @Override
    public int hashCode() {
        return ref.hashCode();
    }

    @Override
    public String toString() {
        return name();
    }
}
