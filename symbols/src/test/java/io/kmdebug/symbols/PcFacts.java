package io.kmdebug.symbols;

import java.util.List;
import java.util.Set;

/**
 * What somebody says of one address: this reader or a tool that it is compared with.
 *
 * @param symbol {@code name 0xaddress} of the linker's symbol around it, "" for none
 * @param line {@code file:line}, "" for none
 * @param statement whether the row of the line is the beginning of a statement
 * @param scopes the function, and what is inlined, around it, innermost first
 */
record PcFacts(long pc, String symbol, String line, boolean statement, List<Scope> scopes) {
    /** Of a variable whose name stands in a file that the tool does not read. */
    static final String NAME_ELSEWHERE = "?";

    /**
     * A function or an inlined call.
     *
     * @param offset of its entry; -1 when not told
     * @param linkageName "" for none
     * @param low its lowest address
     * @param high behind its highest address
     * @param instance whether it is one of an abstract function, which says the rest of it
     * @param call {@code file:line} of the call of an inlined one; "" for others and when not told
     * @param frameBase the expression
     * @param codeless {@code name:line} of variables in blocks that have no code
     */
    record Scope(
            long offset,
            String name,
            String linkageName,
            long low,
            long high,
            boolean inlined,
            boolean instance,
            String call,
            String frameBase,
            List<Variable> variables,
            Set<String> codeless) {}

    /**
     * A parameter or local that is in scope.
     *
     * @param offset of its entry; -1 when not told
     * @param line of its declaration
     * @param type as it is spelled
     * @param bytes its size; -1 when not told
     * @param fields of a structure or union, {@code name:bit offset:bit size} each; "-" for others
     * @param place the expression that says at this address where it is, as {@link ExpressionText}; "" for none
     */
    record Variable(
            long offset,
            String name,
            boolean parameter,
            int line,
            String type,
            long bytes,
            String fields,
            String place) {}

    /** Behind the last slash. */
    static String lastPart(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
