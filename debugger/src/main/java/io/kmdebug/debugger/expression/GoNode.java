package io.kmdebug.debugger.expression;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression of Go as a tree. Columns are those of the operator or word, for messages. */
sealed interface GoNode {
    int column();

    /** A number, character or string; see {@link GoLexer.Token#value}. */
    record Literal(GoLexer.Kind kind, Object value, int column) implements GoNode {}

    /** @param path with the import path of its package in front, where that was written: {@code net/http.Get} */
    record Name(String path, int column) implements GoNode {}

    record Register(String name, int column) implements GoNode {}

    record Selector(GoNode operand, String name, int column) implements GoNode {}

    /** {@code x.(T)}. */
    record Assertion(GoNode operand, GoNode type, int column) implements GoNode {}

    record Index(GoNode operand, GoNode index, int column) implements GoNode {}

    record Slice(
            GoNode operand, @Nullable GoNode low, @Nullable GoNode high, int column) implements GoNode {}

    /** A call of a built-in function, or a conversion: what comes first decides. */
    record Call(GoNode function, List<GoNode> arguments, int column) implements GoNode {}

    record Unary(String operator, GoNode operand, int column) implements GoNode {}

    record Binary(String operator, GoNode left, GoNode right, int column) implements GoNode {}

    /** A type that is spelled out: {@code []int}, {@code map[string]int}; pointers are {@link Unary}. */
    record TypeText(String name, int column) implements GoNode {}

    record Assign(GoNode target, GoNode value, int column) implements GoNode {}
}
