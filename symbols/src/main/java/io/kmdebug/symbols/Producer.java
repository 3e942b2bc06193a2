package io.kmdebug.symbols;

/** What DW_AT_producer tells of how a unit was compiled. DWARF 5 §3.1.1. */
final class Producer {
    private Producer() {}

    /** gcc writes its options behind its name: the last -O counts. Other compilers do not tell. */
    static boolean optimizes(String producer) {
        boolean optimizes = false;
        for (String word : producer.split(" ", -1)) {
            if (word.startsWith("-O")) optimizes = !word.equals("-O0");
        }
        return optimizes;
    }

    /** Whether location lists end where a callee overwrites the register they name. */
    static boolean tracksCallees(String producer) {
        return producer.startsWith("GNU ");
    }

    /** Whether the line after a function's first is where its prologue ends, whatever its number. */
    static boolean isLlvm(String producer) {
        return producer.contains("clang") || producer.contains("LLVM") || producer.contains("rustc");
    }
}
