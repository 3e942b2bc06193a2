package io.kmdebug.symbols;

import org.jspecify.annotations.Nullable;

/**
 * A range of addresses that one source line produced: a row of the line table up to the next. DWARF 5 §6.2.2.
 *
 * @param address first address (link-time)
 * @param end first address behind
 * @param line from 1; 0 when the compiler attributes the code to no line
 * @param column from 1; 0 when not known
 * @param statement is_stmt: a recommended place for a breakpoint
 */
public record LineRow(
        long address, long end, SourceFile file, int line, int column, boolean statement, boolean prologueEnd) {
    // what a record has by itself is made at run time, at the cost of a start
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LineRow that
                && address == that.address
                && end == that.end
                && file.equals(that.file)
                && line == that.line
                && column == that.column
                && statement == that.statement
                && prologueEnd == that.prologueEnd;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(address) * 31 + line;
    }

    public boolean contains(long pc) {
        return Long.compareUnsigned(pc - address, end - address) < 0;
    }
}
