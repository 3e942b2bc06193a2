package io.kmdebug.symbols;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A type of a Go program: what the compiler says about it beyond the layout, which is that of {@link #target}.
 * DW_AT_go_kind, DW_AT_go_elem, DW_AT_go_key, DW_AT_go_runtime_type, DW_AT_go_embedded_field: cmd/internal/dwarf.
 */
public final class GoType implements Type {
    /** As package {@code reflect} numbers them. */
    public enum Kind {
        INVALID,
        BOOL,
        INT,
        INT8,
        INT16,
        INT32,
        INT64,
        UINT,
        UINT8,
        UINT16,
        UINT32,
        UINT64,
        UINTPTR,
        FLOAT32,
        FLOAT64,
        COMPLEX64,
        COMPLEX128,
        ARRAY,
        CHAN,
        FUNC,
        INTERFACE,
        MAP,
        POINTER,
        SLICE,
        STRING,
        STRUCT,
        UNSAFE_POINTER;

        private static final Kind[] ALL = values();

        static Kind of(long number) {
            return number > 0 && number < ALL.length ? ALL[(int) number] : INVALID;
        }
    }

    private final String name;
    private final Kind kind;
    private final Type layout;
    private final @Nullable Supplier<Type> element;
    private final @Nullable Supplier<Type> key;
    private final Supplier<List<String>> embedded;

    GoType(
            String name,
            Kind kind,
            Type layout,
            @Nullable Supplier<Type> element,
            @Nullable Supplier<Type> key,
            Supplier<List<String>> embedded) {
        this.name = name;
        this.kind = kind;
        this.layout = layout;
        this.element = element;
        this.key = key;
        this.embedded = embedded;
    }

    /** {@code type} without the typedefs around it, when it is a type of Go; else null. */
    public static @Nullable GoType of(Type type) {
        Type at = type;
        for (int depth = 0; depth < 64; depth++) {
            if (at instanceof GoType go) return go;
            if (!(at instanceof TypedefType t)) return null;
            at = t.target();
        }
        return null;
    }

    /** A pointer to {@code target}, which no entry has to describe. */
    public static GoType pointerTo(Type target) {
        return new GoType("*" + target.name(), Kind.POINTER, PointerType.to(target), () -> target, null, List::of);
    }

    /** With the full path of its package: {@code main.Point}, {@code []string}, {@code *net/http.Server}. */
    @Override
    public String name() {
        return name;
    }

    public Kind kind() {
        return kind;
    }

    /** How the value lies in memory: a structure for strings and slices, a pointer for maps and channels. */
    public Type target() {
        return layout;
    }

    /** Of slices, maps, channels, arrays and pointers, as far as the compiler says; null for others. */
    public @Nullable Type element() {
        return element == null ? null : element.get();
    }

    /** Of maps; null for others. */
    public @Nullable Type key() {
        return key == null ? null : key.get();
    }

    /** Names of the fields that are embedded, in order. */
    public List<String> embedded() {
        return embedded.get();
    }

    @Override
    public long byteSize() {
        return layout.byteSize();
    }
}
