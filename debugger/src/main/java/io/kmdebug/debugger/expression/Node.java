package io.kmdebug.debugger.expression;

import io.kmdebug.symbols.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression as a tree. Columns are those of the operator or word, for messages. */
sealed interface Node {
    int column();

    record Literal(Constant constant, int column) implements Node {}

    record Name(String name, int column) implements Node {}

    record Register(String name, int column) implements Node {}

    /** {@code + - ! ~ * & __real__ __imag__}. */
    record Unary(String operator, Node operand, int column) implements Node {}

    /** {@code ++} and {@code --}; the value is the old one where {@code postfix}. */
    record Step(boolean up, boolean postfix, Node operand, int column) implements Node {}

    record Binary(String operator, Node left, Node right, int column) implements Node {}

    /** {@code &&} and {@code ||}. */
    record Logical(boolean and, Node left, Node right, int column) implements Node {}

    /**
     * An assignment.
     *
     * @param operator of {@code +=} and its like; empty for {@code =}
     */
    record Assign(String operator, Node left, Node right, int column) implements Node {}

    record Conditional(Node condition, Node yes, Node no, int column) implements Node {}

    record Comma(Node left, Node right, int column) implements Node {}

    /** A cast and the rules by which it converts: those of C, or of one of C++'s four casts. C++17 §8.2.9 to §8.2.11. */
    record Cast(Type type, Rules rules, Node operand, int column) implements Node {
        enum Rules {
            ANY,
            STATIC,
            DYNAMIC,
            REINTERPRET,
            CONST
        }
    }

    /** {@code object.*pointer}, {@code object->*pointer}. */
    record MemberPointer(Node object, Node pointer, int column) implements Node {}

    /** gdb's {@code {type} address}. */
    record TypedMemory(Type type, Node address, int column) implements Node {}

    /** {@code sizeof} or {@code _Alignof} an expression. */
    record SizeOf(Node operand, boolean alignment, int column) implements Node {}

    record SizeOfType(Type type, boolean alignment, int column) implements Node {}

    /**
     * A member of an object.
     *
     * @param arrow whether it is written {@code ->}
     */
    record Member(Node operand, boolean arrow, String name, int column) implements Node {}

    record Index(Node array, Node index, int column) implements Node {}

    /** {@code a[first..last]}, both included. */
    record Slice(Node array, Node first, Node last, int column) implements Node {}

    /**
     * Rust's {@code a[first..last]}.
     *
     * @param last null for all that follow
     * @param inclusive whether {@code last} is one of them
     */
    record Range(Node array, Node first, @Nullable Node last, boolean inclusive, int column) implements Node {}

    /** Rust's {@code v.len()} and its like, as far as they need not run anything. */
    record Question(Node object, String name, int column) implements Node {}

    /** {@code first@count}. */
    record Repeat(Node first, Node count, int column) implements Node {}

    record Call(Node function, List<Node> arguments, int column) implements Node {}
}
