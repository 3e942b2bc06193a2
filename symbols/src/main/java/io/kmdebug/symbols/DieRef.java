package io.kmdebug.symbols;

import org.jspecify.annotations.Nullable;

/**
 * Names an entry.
 *
 * @param offset from the start of the section that holds the unit
 */
record DieRef(Unit unit, long offset) {
    Die die() {
        return Die.at(unit, offset);
    }

    // what a record has by itself is made at run time, at the cost of a start
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DieRef that && offset == that.offset && unit == that.unit;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(offset) * 31 + unit.hashCode();
    }
}
