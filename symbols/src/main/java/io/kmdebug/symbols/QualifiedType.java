package io.kmdebug.symbols;

import java.util.function.Supplier;

/** {@code const}, {@code volatile}, {@code restrict}, {@code _Atomic}. DWARF 5 §5.3. */
public final class QualifiedType implements Type {
    private final String qualifier;
    private final Supplier<Type> target;

    public QualifiedType(String qualifier, Supplier<Type> target) {
        this.qualifier = qualifier;
        this.target = target;
    }

    public String qualifier() {
        return qualifier;
    }

    public Type target() {
        return target.get();
    }

    @Override
    public String name() {
        return TypeNames.qualified(this);
    }

    @Override
    public long byteSize() {
        return target().byteSize();
    }
}
