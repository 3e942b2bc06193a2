package io.kmdebug.symbols;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One dimension of an array; several dimensions nest, outermost first. DWARF 5 §5.5. */
public final class ArrayType implements Type {
    private final Supplier<Type> element;
    private final long count;
    private final @Nullable RunTimeCount runTimeCount;
    private final boolean rust;

    /** @param count elements; -1 when it is not known (a flexible array member, an extern array, or a
     *     variable-length array outside of a frame: {@link VariableSymbol#type(FrameContext)}) */
    public ArrayType(Supplier<Type> element, long count) {
        this(element, count, null);
    }

    /** @param runTimeCount how to learn the count in a frame; null when it is constant, or not known at all */
    ArrayType(Supplier<Type> element, long count, @Nullable RunTimeCount runTimeCount) {
        this(element, count, runTimeCount, false);
    }

    /** @param rust whether it is written {@code [element; count]} */
    ArrayType(Supplier<Type> element, long count, @Nullable RunTimeCount runTimeCount, boolean rust) {
        this.element = element;
        this.count = count;
        this.runTimeCount = runTimeCount;
        this.rust = rust;
    }

    /** {@code [element; count]}. */
    public static ArrayType ofRust(Type element, long count) {
        return new ArrayType(() -> element, count, null, true);
    }

    /** Whether it is one of Rust's: {@code [i32; 3]}. */
    public boolean isNamed() {
        return rust;
    }

    public Type element() {
        return element.get();
    }

    public long count() {
        return count;
    }

    @Nullable
    RunTimeCount runTimeCount() {
        return runTimeCount;
    }

    @Override
    public String name() {
        return rust ? "[" + element().name() + "; " + count + "]" : TypeNames.array(this);
    }

    @Override
    public long byteSize() {
        return count < 0 ? 0 : count * element().byteSize();
    }
}
