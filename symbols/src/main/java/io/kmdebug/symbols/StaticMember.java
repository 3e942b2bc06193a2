package io.kmdebug.symbols;

import java.util.function.Supplier;

/**
 * A data member that all objects of a C++ class share, as the class declares it; where it is, {@link
 * Symbols#staticMember} says. DWARF 5 §5.7.7.
 */
public final class StaticMember {
    private final DieRef declaration;
    private final String name;
    private final Supplier<Type> type;
    private final Supplier<String> qualifiedName;

    StaticMember(DieRef declaration, String name, Supplier<Type> type) {
        this.declaration = declaration;
        this.name = name;
        this.type = type;
        this.qualifiedName = Lazily.of(() -> Ancestors.qualify(declaration.die(), name));
    }

    public String name() {
        return name;
    }

    /** As the class declares it: an array may lack its length there. */
    public Type type() {
        return type.get();
    }

    /** With the class and the namespaces around it. */
    String qualifiedName() {
        return qualifiedName.get();
    }

    /** Whether other units may have another class of the same name. */
    boolean isLocalToUnit() {
        return qualifiedName().contains("(anonymous");
    }

    /** Whether {@code variable} is what the declaration announces. */
    boolean isDefinedBy(DieRef variable) {
        return declaration.equals(variable.die().target(Attribute.SPECIFICATION));
    }

    DieRef declaration() {
        return declaration;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StaticMember member && member.declaration.equals(declaration);
    }

    @Override
    public int hashCode() {
        return declaration.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
