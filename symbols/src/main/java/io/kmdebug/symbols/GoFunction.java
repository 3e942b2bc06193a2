package io.kmdebug.symbols;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function that only {@link GoLineTable} knows: a name, code and lines, no variables.
 *
 * @param index the call in the function's inline tree; -1 for the function itself
 * @param declarationLine the lowest of its lines; 0 when not known
 * @param callFile null for the function itself
 */
record GoFunction(
        String name,
        int index,
        List<AddressRange> ranges,
        @Nullable SourceFile declarationFile,
        int declarationLine,
        @Nullable SourceFile callFile,
        int callLine)
        implements FunctionScope {
    @Override
    public @Nullable String linkageName() {
        return null;
    }

    @Override
    public long entryPc() {
        return ranges.get(0).low();
    }

    @Override
    public boolean inlined() {
        return index >= 0;
    }

    @Override
    public int callColumn() {
        return 0;
    }

    @Override
    public List<VariableSymbol> parameters() {
        return List.of();
    }

    @Override
    public List<VariableSymbol> localsAt(long pc) {
        return List.of();
    }

    @Override
    public Type returnType() {
        return UnspecifiedType.VOID;
    }

    @Override
    public boolean optimized() {
        return false;
    }

    @Override
    public Language language() {
        return Language.GO;
    }
}
