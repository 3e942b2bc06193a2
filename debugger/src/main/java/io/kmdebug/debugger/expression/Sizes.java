package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.FunctionType;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.UnspecifiedType;
import java.math.BigInteger;

/** {@code sizeof} and {@code _Alignof}. C17 §6.5.3.4; of {@code void} and functions 1, as GNU C has it. */
final class Sizes {
    private static final int MAX_DEPTH = 64;

    private Sizes() {}

    static Value of(Value operand, boolean alignment, int column) {
        Type type = operand.type().stripped();
        if (operand.bitSize() > 0) throw Token.error(column, "a bit field has no size in bytes");
        boolean none = type instanceof FunctionType || type instanceof UnspecifiedType;
        long size = none ? 1 : alignment ? alignment(type, 0) : type.byteSize();
        return Value.computed(CTypes.UNSIGNED_LONG, Scalars.bytes(BigInteger.valueOf(size), 8));
    }

    /** SysV amd64 §3.1.2: a scalar's own size up to 16, an aggregate's strictest member's. */
    private static long alignment(Type type, int depth) {
        Type bare = type.stripped();
        if (depth > MAX_DEPTH) return 1;
        if (bare instanceof ArrayType a) return alignment(a.element(), depth + 1);
        if (bare instanceof CompositeType c) {
            return c.members().stream()
                    .mapToLong(m -> alignment(m.type(), depth + 1))
                    .max()
                    .orElse(1);
        }
        long size = Scalars.isComplex(bare) ? bare.byteSize() / 2 : bare.byteSize();
        return Math.max(1, Math.min(16, size));
    }
}
