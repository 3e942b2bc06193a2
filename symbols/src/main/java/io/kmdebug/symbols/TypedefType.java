package io.kmdebug.symbols;

import java.util.function.Supplier;

/** A typedef. DWARF 5 §5.3. */
public final class TypedefType implements Type {
    private final String name;
    private final Supplier<Type> target;

    public TypedefType(String name, Supplier<Type> target) {
        this.name = name;
        this.target = target;
    }

    public Type target() {
        return target.get();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long byteSize() {
        return target().byteSize();
    }
}
