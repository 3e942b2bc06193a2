package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.MemberPointerType;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/** Pointers to members of C++ classes as conditions and in comparisons. Itanium C++ ABI §2.3, C++17 §8.10. */
final class MemberPointers {
    private static final int WORD_BYTES = 8;
    private static final long NO_MEMBER = -1;

    private MemberPointers() {}

    static boolean is(Value value) {
        return value.type().stripped() instanceof MemberPointerType;
    }

    /** A member at offset 0 is a member; a function at address 0 is none. */
    static boolean isNull(Value pointer, MemoryReader memory) {
        boolean function = ((MemberPointerType) pointer.type().stripped()).isFunction();
        return word(pointer, 0, memory) == (function ? 0 : NO_MEMBER);
    }

    /** Empty where neither operand is a pointer to a member, or where the operator is no test for equality. */
    static Optional<Boolean> equality(String operator, Value left, Value right, MemoryReader memory, int column) {
        boolean equality = operator.equals("==") || operator.equals("!=");
        if (!equality || !is(left) && !is(right)) return Optional.empty();
        return Optional.of(same(left, right, memory, column) == operator.equals("=="));
    }

    private static boolean same(Value left, Value right, MemoryReader memory, int column) {
        if (!is(left) || !is(right)) {
            Value pointer = is(left) ? left : right;
            Value other = is(left) ? right : left;
            if (isNullConstant(other, memory)) return isNull(pointer, memory);
            throw mismatch(left, right, column);
        }
        MemberPointerType a = (MemberPointerType) left.type().stripped();
        MemberPointerType b = (MemberPointerType) right.type().stripped();
        boolean alike = a.isFunction() == b.isFunction()
                && a.owner().stripped().name().equals(b.owner().stripped().name());
        if (!alike) throw mismatch(left, right, column);
        if (word(left, 0, memory) != word(right, 0, memory)) return false;
        // no adjustment tells one null from another
        return !a.isFunction()
                || isNull(left, memory)
                || word(left, WORD_BYTES, memory) == word(right, WORD_BYTES, memory);
    }

    private static boolean isNullConstant(Value value, MemoryReader memory) {
        boolean candidate = Scalars.isInteger(value.type()) || Scalars.isPointer(value.type());
        return candidate
                && value.address().isEmpty()
                && Conversions.integer(value, memory).equals(BigInteger.ZERO);
    }

    private static long word(Value value, int from, MemoryReader memory) {
        byte[] bytes = Arrays.copyOfRange(value.bytes(memory), from, from + WORD_BYTES);
        return Scalars.integer(bytes, true).longValue();
    }

    private static RuntimeException mismatch(Value left, Value right, int column) {
        return Token.error(
                column,
                "\"" + left.type().name() + "\" and \"" + right.type().name()
                        + "\" are compared as pointers to members of one class, or with nullptr");
    }
}
