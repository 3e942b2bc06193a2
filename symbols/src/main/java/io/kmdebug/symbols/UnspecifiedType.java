package io.kmdebug.symbols;

/** {@code void}, {@code decltype(nullptr)}, or a type this reader does not know: then the name says which. */
public record UnspecifiedType(String name) implements Type {
    public static final UnspecifiedType VOID = new UnspecifiedType("void");

    @Override
    public long byteSize() {
        return 0;
    }
}
