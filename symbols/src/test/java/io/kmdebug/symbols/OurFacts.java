package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.symbols.UnitContext.DieLocation;
import io.kmdebug.symbols.UnitContext.LocationSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What this reader says of an address. */
final class OurFacts {
    private OurFacts() {}

    static PcFacts at(DwarfSymbols symbols, long pc) {
        String line = symbols.lineAt(pc)
                .map(row -> row.file().path() + ":" + row.line())
                .orElse("");
        List<PcFacts.Scope> scopes = new ArrayList<>();
        for (FunctionScope scope : symbols.scopesAt(pc)) scopes.add(scope(scope, pc));
        String symbol = symbols.symbolAt(pc)
                .map(s -> s.name() + " 0x" + Long.toHexString(s.value()))
                .orElse("");
        boolean statement = symbols.lineAt(pc).map(LineRow::statement).orElse(true);
        return new PcFacts(pc, symbol, line, statement, scopes);
    }

    private static PcFacts.Scope scope(FunctionScope scope, long pc) {
        Die die = ((DwarfFunction) scope).ref().die();
        List<PcFacts.Variable> variables = new ArrayList<>();
        for (VariableSymbol parameter : scope.parameters()) variables.add(variable(parameter, pc));
        for (VariableSymbol local : scope.localsAt(pc)) variables.add(variable(local, pc));
        LocationSource frameBase = Locations.source(die, Attribute.FRAME_BASE);
        SourceFile file = scope.callFile();
        return new PcFacts.Scope(
                die.offset(),
                scope.name(),
                scope.linkageName() == null ? "" : scope.linkageName(),
                scope.ranges().stream().mapToLong(AddressRange::low).min().orElse(0),
                scope.ranges().stream().mapToLong(AddressRange::high).max().orElse(0),
                scope.inlined(),
                die.has(Attribute.ABSTRACT_ORIGIN),
                scope.inlined() ? (file == null ? "?" : file.path()) + ":" + scope.callLine() : "",
                place(frameBase, die.unit(), pc),
                variables,
                codeless(die));
    }

    /**
     * Of blocks without addresses, in the entry and in the abstract one that it is an instance of; and of the abstract
     * one those that the instance has in an inner block.
     */
    private static Set<String> codeless(Die function) {
        Set<String> names = new TreeSet<>();
        addCodeless(function, false, names);
        Die origin = function.reference(Attribute.ABSTRACT_ORIGIN);
        if (origin == null) return names;
        addCodeless(origin, false, names);
        Set<DieRef> inner = new HashSet<>();
        addInner(function, false, inner);
        Die child = origin.copy();
        for (boolean more = child.toFirstChild(); more; more = child.toSibling()) {
            DieRef ref = new DieRef(child.unit(), child.offset());
            if (inner.contains(ref))
                names.add(child.name() + ":" + DeclarationPlace.of(ref).line());
        }
        return names;
    }

    /** What the variables of inner blocks are instances of. */
    private static void addInner(Die block, boolean within, Set<DieRef> into) {
        Die child = block.copy();
        for (boolean more = child.toFirstChild(); more; more = child.toSibling()) {
            DieRef target = child.tag() == Tag.VARIABLE ? child.target(Attribute.ABSTRACT_ORIGIN) : null;
            if (child.tag() == Tag.LEXICAL_BLOCK) addInner(child, true, into);
            else if (within && target != null) into.add(target);
        }
    }

    private static void addCodeless(Die block, boolean within, Set<String> names) {
        Die child = block.copy();
        for (boolean more = child.toFirstChild(); more; more = child.toSibling()) {
            if (child.tag() == Tag.LEXICAL_BLOCK) {
                addCodeless(child, within || RangeLists.of(child).isEmpty(), names);
            } else if (within && child.tag() == Tag.VARIABLE) {
                DieRef ref = new DieRef(child.unit(), child.offset());
                names.add(child.name() + ":" + DeclarationPlace.of(ref).line());
            }
        }
    }

    private static PcFacts.Variable variable(VariableSymbol symbol, long pc) {
        DwarfVariable entry =
                (DwarfVariable) (symbol instanceof GoEscapedVariable escaped ? escaped.pointer() : symbol);
        DieLocation location = Locations.of(entry.ref().die(), null);
        Location constant = location.constant();
        return new PcFacts.Variable(
                entry.ref().offset(),
                symbol.name(),
                symbol.parameter(),
                symbol.declarationLine(),
                symbol.type().name(),
                symbol.type().byteSize(),
                fields(symbol.type().stripped()),
                constant == null ? place(location.source(), location.unit(), pc) : "value " + value(constant));
    }

    private static String place(@Nullable LocationSource source, UnitContext unit, long pc) {
        if (source == null) return "";
        Bytes expression = source instanceof LocationSource.ListAt list
                ? LocationLists.find(unit, list.sectionOffset(), pc).orElse(null)
                : ((LocationSource.Expression) source).bytes();
        return expression == null ? "" : ExpressionText.of(expression, unit.offset());
    }

    private static String value(Location constant) {
        if (constant instanceof Location.Computed number) return Long.toString(number.value());
        return constant instanceof Location.Implicit block
                ? "bytes " + HexFormat.of().formatHex(block.bytes())
                : constant.toString();
    }

    private static String fields(Type type) {
        if (!(type instanceof CompositeType composite)) return "-";
        return composite.members().stream().map(OurFacts::field).collect(Collectors.joining(","));
    }

    /** As gdb's Python has them: None for no name, and for the place of a virtual base. */
    private static String field(CompositeType.Member member) {
        String name = member.base() ? "<base>" : member.name() == null ? "None" : member.name();
        String place = member.virtualSlot() == 0 ? Long.toString(member.bitOffset()) : "None";
        return name + ":" + place + ":" + member.bitSize();
    }
}
