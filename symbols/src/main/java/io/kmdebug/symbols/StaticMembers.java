package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the variables that classes declare as their static members. */
final class StaticMembers {
    private final DwarfSymbols symbols;
    private final DwarfImage image;

    StaticMembers(DwarfSymbols symbols, DwarfImage image) {
        this.symbols = symbols;
        this.image = image;
    }

    /** See {@link Symbols#staticMember}. */
    Optional<VariableSymbol> variable(StaticMember member) {
        try {
            DwarfVariable found = defined(member);
            if (found == null) found = constant(member);
            return Optional.ofNullable(found);
        } catch (CorruptFileException e) {
            image.note(member.name(), e);
            return Optional.empty();
        }
    }

    private @Nullable DwarfVariable defined(StaticMember member) {
        DwarfVariable sameName = null;
        for (VariableSymbol symbol : symbols.globalsNamed("::" + member.qualifiedName())) {
            if (!(symbol instanceof DwarfVariable variable)) continue;
            if (variable.ref().die().flag(Attribute.DECLARATION)) continue;
            if (member.isDefinedBy(variable.ref())) return variable;
            if (sameName == null) sameName = variable;
        }
        return member.isLocalToUnit() ? null : sameName;
    }

    /**
     * A declaration may state the value. clang does it for variables too, which may have another one by now: only that
     * of a constant counts.
     */
    private @Nullable DwarfVariable constant(StaticMember member) {
        boolean stated = member.declaration().unit().image() == image
                && member.declaration().die().has(Attribute.CONST_VALUE);
        if (!stated || !isConstant(member.type())) return null;
        return new DwarfVariable(symbols, member.declaration().die(), member.qualifiedName(), true, null);
    }

    private static boolean isConstant(Type type) {
        Type at = type;
        for (int i = 0; i < 16; i++) {
            if (at instanceof QualifiedType q && q.qualifier().equals("const")) return true;
            if (at instanceof QualifiedType q) at = q.target();
            else if (at instanceof TypedefType t) at = t.target();
            else return false;
        }
        return false;
    }
}
