package io.kmdebug.symbols;

import java.util.function.Supplier;

/**
 * A pointer to a member of a C++ class: the member's offset, or for a function a pair of words. DWARF 5 §5.14, Itanium
 * C++ ABI §2.3.
 */
public final class MemberPointerType implements Type {
    private final Supplier<Type> target;
    private final Supplier<Type> owner;

    /** @param owner the class whose member it is */
    public MemberPointerType(Supplier<Type> target, Supplier<Type> owner) {
        this.target = target;
        this.owner = owner;
    }

    public Type target() {
        return target.get();
    }

    /** The class whose member it is. */
    public Type owner() {
        return owner.get();
    }

    public boolean isFunction() {
        return target().stripped() instanceof FunctionType;
    }

    @Override
    public String name() {
        return TypeNames.memberPointer(this);
    }

    @Override
    public long byteSize() {
        return isFunction() ? 16 : 8;
    }
}
