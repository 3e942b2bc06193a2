package io.kmdebug.symbols;

/**
 * Where this reader and a tool do not say the same.
 *
 * @param program what was compiled and how
 * @param our everything this reader says of the address
 * @param their everything the tool says of it
 * @param subject what is said differently: a function or {@code function/variable}
 * @param ours this reader's answer
 * @param theirs the tool's answer
 */
record Difference(
        String program,
        Tool tool,
        Aspect aspect,
        PcFacts our,
        PcFacts their,
        String subject,
        String ours,
        String theirs) {
    /** What this reader is compared with. */
    enum Tool {
        GDB,
        READELF,
        DWARFDUMP
    }

    /** What is compared. */
    enum Aspect {
        SYMBOL,
        LINE,
        INLINING,
        FUNCTION,
        EXTENT,
        CALL,
        VARIABLES,
        TYPE,
        SIZE,
        PLACE
    }

    @Override
    public String toString() {
        return String.format(
                "%s 0x%x %s %s %s: ours <%s>, theirs <%s>", program, our.pc(), tool, aspect, subject, ours, theirs);
    }
}
