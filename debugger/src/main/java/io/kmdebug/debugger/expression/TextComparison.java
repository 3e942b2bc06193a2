package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.Storage;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/**
 * {@code name == "eve"}: a string literal has no address in the payload, so comparing with one compares the text. This
 * is not C, where it would compare addresses that are never equal; conditions of breakpoints need it.
 */
final class TextComparison {
    private TextComparison() {}

    /** Empty where it is another comparison. */
    static Optional<Value> of(String operator, Value left, Value right, EvaluationScope scope) {
        MemoryReader memory = scope.memory();
        Optional<Value> texts = ofTexts(operator, left, right, scope);
        if (texts.isPresent()) return texts;
        boolean equality = operator.equals("==") || operator.equals("!=");
        if (!equality || isLiteral(left) == isLiteral(right)) return Optional.empty();
        Value literal = isLiteral(left) ? left : right;
        Value compared = isLiteral(left) ? right : left;
        Value text = scope.presentation(compared).flatMap(TextOf::of).orElse(compared);
        Type unit = ((ArrayType) literal.type().stripped()).element();
        Optional<Value> characters = characters(text, unit, literal, memory);
        return characters.map(value -> {
            boolean same = startsWith(value, literal, memory);
            boolean result = same == operator.equals("==");
            return CTypes.truth(result, scope.language());
        });
    }

    /** Two objects that stand for text, as Rust compares strings. */
    private static Optional<Value> ofTexts(String operator, Value left, Value right, EvaluationScope scope) {
        boolean equality = operator.equals("==") || operator.equals("!=");
        if (!equality || isLiteral(left) || isLiteral(right)) return Optional.empty();
        Optional<Value> a = scope.presentation(left).flatMap(TextOf::of);
        Optional<Value> b = a.isEmpty() ? a : scope.presentation(right).flatMap(TextOf::of);
        if (a.isEmpty() || b.isEmpty()) return Optional.empty();
        boolean same = Arrays.equals(a.get().bytes(scope.memory()), b.get().bytes(scope.memory()));
        return Optional.of(CTypes.truth(same == operator.equals("=="), scope.language()));
    }

    private static boolean isLiteral(Value value) {
        return value.storage() instanceof Storage.Constant
                && value.type().stripped() instanceof ArrayType a
                && Scalars.isCharacter(a.element());
    }

    /** As many characters of {@code text} as the literal has, its NUL included. */
    private static Optional<Value> characters(Value text, Type unit, Value literal, MemoryReader memory) {
        long count = ((ArrayType) literal.type().stripped()).count();
        Type bare = text.type().stripped();
        if (bare instanceof ArrayType a && a.element().byteSize() == unit.byteSize()) {
            long most = a.count() < 0 ? count : Math.min(count, a.count());
            return Optional.of(text.part(new ArrayType(() -> unit, most), 0, 0));
        }
        boolean pointer = bare instanceof PointerType p
                && Scalars.isCharacter(p.target())
                && p.target().byteSize() == unit.byteSize();
        if (!pointer) return Optional.empty();
        BigInteger address = Conversions.integer(text, memory);
        return Optional.of(Value.inMemory(new ArrayType(() -> unit, count), address.longValue()));
    }

    /** Compares unit by unit, so that nothing behind a difference need be readable. */
    private static boolean startsWith(Value text, Value literal, MemoryReader memory) {
        ArrayType have = (ArrayType) text.type().stripped();
        ArrayType want = (ArrayType) literal.type().stripped();
        Type unit = want.element();
        long bits = unit.byteSize() * 8;
        for (long i = 0; i < want.count(); i++) {
            BigInteger wanted = Conversions.integer(literal.part(unit, i * bits, 0), memory);
            if (i >= have.count()) return i == want.count() - 1 && wanted.signum() == 0;
            if (!Conversions.integer(text.part(unit, i * bits, 0), memory).equals(wanted)) return false;
        }
        return true;
    }
}
