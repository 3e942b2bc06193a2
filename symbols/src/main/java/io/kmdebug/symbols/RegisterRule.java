package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;

/** How a register of the caller is found. DWARF 5 §6.4.1. */
sealed interface RegisterRule {
    /** Its value is lost. */
    record Undefined() implements RegisterRule {}

    /** It was not changed. */
    record SameValue() implements RegisterRule {}

    /** It was saved at the CFA plus {@code offset} bytes. */
    record AtOffset(long offset) implements RegisterRule {}

    /** It is the CFA plus {@code offset}. */
    record ValueAtOffset(long offset) implements RegisterRule {}

    /** It is in another register, by DWARF's number. */
    record InRegister(int register) implements RegisterRule {}

    /** It was saved at the address that the expression computes; the CFA is on the stack at its start. */
    record AtExpression(Bytes expression) implements RegisterRule {}

    /** It is what the expression computes. */
    record ValueOfExpression(Bytes expression) implements RegisterRule {}
}
