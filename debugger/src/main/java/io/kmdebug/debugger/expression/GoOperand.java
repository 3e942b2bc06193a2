package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.Type;
import java.math.BigInteger;

/** What a part of an expression of Go stands for. */
sealed interface GoOperand {
    record Typed(Value value) implements GoOperand {}

    /** A constant that takes the type of what it meets. */
    record Integer(BigInteger value) implements GoOperand {}

    record Floating(double value) implements GoOperand {}

    @SuppressWarnings("ArrayRecordComponent") // made once, never compared as a record
    record Text(byte[] bytes) implements GoOperand {}

    record Nil() implements GoOperand {}

    record TypeName(Type type) implements GoOperand {}

    /** {@code len} or {@code cap}. */
    record Builtin(String name) implements GoOperand {}
}
