package io.kmdebug.symbols;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An enumeration. DWARF 5 §5.10.
 *
 * @param tag null for an anonymous one
 * @param signed whether values are to be read as signed
 * @param language of the unit that the type stands in
 */
public record EnumType(
        @Nullable String tag, long byteSize, boolean signed, List<Enumerator> enumerators, Language language)
        implements Type {
    @Override
    public String name() {
        return TypeNames.enumeration(this);
    }
}
