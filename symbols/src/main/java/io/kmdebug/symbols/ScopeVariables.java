package io.kmdebug.symbols;

import io.kmdebug.symbols.UnitContext.LocationSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The variables of a function and of its blocks. A concrete instance need not repeat what its abstract one has: entries
 * that only the abstract one has are part of it, without a location. DWARF 5 §3.3.8.3, §3.5.
 */
final class ScopeVariables {
    private static final int MAX_DEPTH = 200;

    private final DwarfSymbols symbols;
    private final @Nullable LocationSource frameBase;

    ScopeVariables(DwarfSymbols symbols, @Nullable LocationSource frameBase) {
        this.symbols = symbols;
        this.frameBase = frameBase;
    }

    List<VariableSymbol> parameters(Die function) {
        List<VariableSymbol> out = new ArrayList<>();
        collect(function, Tag.FORMAL_PARAMETER, out);
        return List.copyOf(out);
    }

    List<VariableSymbol> localsAt(Die function, long pc) {
        List<VariableSymbol> out = new ArrayList<>();
        locals(function, pc, out, 0);
        return function.unit().isGo() ? declaredBefore(lineIn(function, pc), out) : List.copyOf(out);
    }

    /** The line of {@code function} that {@code pc} is at: that of the call where something is inlined there. */
    private int lineIn(Die function, long pc) {
        FunctionScope inner = null;
        for (FunctionScope scope : symbols.scopesAt(pc)) {
            if (scope instanceof DwarfFunction f && f.ref().offset() == function.offset()) break;
            inner = scope;
        }
        return inner == null ? symbols.lineAt(pc).map(LineRow::line).orElse(0) : inner.callLine();
    }

    /** Go's blocks hold their variables from the block's beginning on, long before they are declared. */
    private static List<VariableSymbol> declaredBefore(int line, List<VariableSymbol> variables) {
        if (line == 0) return List.copyOf(variables);
        return variables.stream().filter(v -> v.declarationLine() <= line).toList();
    }

    private void locals(Die scope, long pc, List<VariableSymbol> out, int depth) {
        if (depth > MAX_DEPTH) return;
        Die child = scope.copy();
        for (boolean more = child.toFirstChild(); more; more = child.toSibling()) {
            switch (child.tag()) {
                case Tag.LEXICAL_BLOCK, Tag.TRY_BLOCK, Tag.CATCH_BLOCK -> {
                    if (RangeLists.contain(child, pc)) locals(child, pc, out, depth + 1);
                }
                default -> {}
            }
        }
        collect(scope, Tag.VARIABLE, out);
    }

    List<VariableSymbol> allLocals(Die function) {
        List<VariableSymbol> out = new ArrayList<>();
        everyLocal(function, out, 0);
        return List.copyOf(out);
    }

    private void everyLocal(Die scope, List<VariableSymbol> out, int depth) {
        if (depth > MAX_DEPTH) return;
        collect(scope, Tag.VARIABLE, out);
        Die child = scope.copy();
        for (boolean more = child.toFirstChild(); more; more = child.toSibling()) {
            switch (child.tag()) {
                case Tag.LEXICAL_BLOCK, Tag.TRY_BLOCK, Tag.CATCH_BLOCK -> everyLocal(child, out, depth + 1);
                default -> {}
            }
        }
    }

    private void collect(Die scope, int tag, List<VariableSymbol> out) {
        Die origin = scope.reference(Attribute.ABSTRACT_ORIGIN);
        if (origin == null) {
            for (Die child : children(scope, tag)) add(child, out);
            return;
        }
        Map<DieRef, Die> concrete = new LinkedHashMap<>();
        List<Die> additional = new ArrayList<>();
        for (Die child : children(scope, tag)) {
            DieRef target = child.target(Attribute.ABSTRACT_ORIGIN);
            if (target == null) additional.add(child);
            else concrete.put(target, child);
        }
        Set<DieRef> deeper = new HashSet<>();
        collectOrigins(scope, tag, deeper, 0);
        for (Die child : children(origin, tag)) {
            DieRef self = new DieRef(child.unit(), child.offset());
            Die instance = concrete.remove(self);
            if (instance != null) add(instance, out);
            else if (!deeper.contains(self)) add(child, out);
        }
        for (Die child : concrete.values()) add(child, out);
        for (Die child : additional) add(child, out);
    }

    /** gcc puts the variables of an inlined function into a block of their own, which its abstract instance lacks. */
    private static void collectOrigins(Die scope, int tag, Set<DieRef> out, int depth) {
        if (depth > MAX_DEPTH) return;
        Die child = scope.copy();
        for (boolean more = child.toFirstChild(); more; more = child.toSibling()) {
            if (child.tag() == Tag.LEXICAL_BLOCK) collectOrigins(child, tag, out, depth + 1);
            if (child.tag() != tag || depth == 0) continue;
            DieRef target = child.target(Attribute.ABSTRACT_ORIGIN);
            if (target != null) out.add(target);
        }
    }

    private static List<Die> children(Die scope, int tag) {
        List<Die> found = new ArrayList<>();
        Die child = scope.copy();
        for (boolean more = child.toFirstChild(); more; more = child.toSibling()) {
            if (child.tag() == tag) found.add(child.copy());
        }
        return found;
    }

    /** What a lambda captured and structured bindings are artificial too, but have names that the source gives. */
    private static boolean isOfCompiler(Die die, String name) {
        boolean named = Character.isJavaIdentifierStart(name.charAt(0)) && !name.startsWith("__");
        return die.flag(Attribute.ARTIFICIAL) && !named;
    }

    /** Leaves out what the source does not name, and declarations of objects that live elsewhere. */
    private void add(Die die, List<VariableSymbol> out) {
        String name = die.name();
        if (name == null || name.isEmpty()) return;
        boolean variable = die.tag() == Tag.VARIABLE;
        if (variable && (die.flag(Attribute.DECLARATION) || isOfCompiler(die, name))) return;
        // a result without a name has one of the compiler's
        if (die.unit().isGo() && name.startsWith("~")) return;
        out.add(GoEscapedVariable.of(new DwarfVariable(symbols, die, name, false, frameBase)));
    }
}
