package io.kmdebug.symbols;

import org.jspecify.annotations.Nullable;

/**
 * A pointer or a C++ reference. DW_TAG_pointer_type, DW_TAG_reference_type, DW_TAG_rvalue_reference_type. The target is
 * an {@link UnspecifiedType} named {@code void} for {@code void *}.
 */
public final class PointerType implements Type {
    /** How the source writes it. */
    public enum Kind {
        POINTER("*"),
        REFERENCE("&"),
        RVALUE_REFERENCE("&&");

        private final String symbol;

        Kind(String symbol) {
            this.symbol = symbol;
        }

        public String symbol() {
            return symbol;
        }
    }

    private final Kind kind;
    private final java.util.function.Supplier<Type> target;
    private final @Nullable String name;

    /** @param target read on first use, so that recursive types end */
    public PointerType(Kind kind, java.util.function.Supplier<Type> target) {
        this(kind, target, null);
    }

    /** @param name as the debug information spells it, for languages that do not write C's declarators */
    public PointerType(Kind kind, java.util.function.Supplier<Type> target, @Nullable String name) {
        this.kind = kind;
        this.target = target;
        this.name = name;
    }

    /** Whether the debug information gives it a name, as Rust's does: {@code &i32}. */
    public boolean isNamed() {
        return name != null;
    }

    /** A pointer to {@code target}. */
    public static PointerType to(Type target) {
        return new PointerType(Kind.POINTER, () -> target);
    }

    public Kind kind() {
        return kind;
    }

    public Type target() {
        return target.get();
    }

    @Override
    public String name() {
        return name == null ? TypeNames.pointer(this) : name;
    }

    @Override
    public long byteSize() {
        return 8;
    }
}
