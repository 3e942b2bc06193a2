package io.kmdebug.symbols;

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
    public boolean contains(long pc) {
        return Long.compareUnsigned(pc - address, end - address) < 0;
    }
}
