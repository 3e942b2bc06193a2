package io.kmdebug.symbols;

import java.util.List;
import java.util.function.Supplier;

/** DW_TAG_subroutine_type. DWARF 5 §5.9. */
public final class FunctionType implements Type {
    private final Supplier<Type> returnType;
    private final Supplier<List<Parameter>> parameters;
    private final boolean variadic;

    public FunctionType(Supplier<Type> returnType, Supplier<List<Parameter>> parameters, boolean variadic) {
        this.returnType = returnType;
        this.parameters = parameters;
        this.variadic = variadic;
    }

    public Type returnType() {
        return returnType.get();
    }

    public List<Parameter> parameters() {
        return parameters.get();
    }

    public boolean variadic() {
        return variadic;
    }

    @Override
    public String name() {
        return TypeNames.function(this);
    }

    @Override
    public long byteSize() {
        return 0;
    }
}
