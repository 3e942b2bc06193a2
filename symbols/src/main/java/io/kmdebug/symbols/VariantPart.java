package io.kmdebug.symbols;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a structure that has one form or another, as the discriminant says. DWARF 5 §5.7.10. Rust's enumerations
 * with data are structures with nothing but such a part.
 *
 * @param discriminant where the number is that tells the forms apart; null when there is but one
 * @param variants in declaration order
 */
public record VariantPart(CompositeType.@Nullable Member discriminant, List<Variant> variants) {
    /**
     * One form.
     *
     * @param ranges the discriminants that select it; empty for the form that any other number selects
     */
    public record Variant(List<Range> ranges, List<CompositeType.Member> members) {
        boolean isDefault() {
            return ranges.isEmpty();
        }
    }

    /** Discriminants from {@code low} to {@code high}, both included, compared as the discriminant's type compares. */
    public record Range(long low, long high) {}

    /**
     * The form that a discriminant selects; null for none.
     *
     * @param value as wide as a long, with the sign of its type
     * @param bytes of the discriminant
     * @param signed whether its type is
     */
    public @Nullable Variant selected(long value, int bytes, boolean signed) {
        if (discriminant == null) return variants.isEmpty() ? null : variants.get(0);
        Variant otherwise = null;
        long number = cut(value, bytes, signed);
        for (Variant variant : variants) {
            if (variant.isDefault()) otherwise = variant;
            for (Range range : variant.ranges()) {
                long low = cut(range.low(), bytes, signed);
                long high = cut(range.high(), bytes, signed);
                boolean inside = signed
                        ? number >= low && number <= high
                        : Long.compareUnsigned(number, low) >= 0 && Long.compareUnsigned(number, high) <= 0;
                if (inside) return variant;
            }
        }
        return otherwise;
    }

    private static long cut(long value, int bytes, boolean signed) {
        if (bytes <= 0 || bytes >= 8) return value;
        int unused = 64 - bytes * 8;
        return signed ? value << unused >> unused : value << unused >>> unused;
    }
}
