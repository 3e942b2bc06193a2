package io.kmdebug.symbols.demangle;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a C++ name, type or expression. Itanium C++ ABI §5.1. */
sealed interface Node {
    /** Text as it stands. */
    record Name(String text) implements Node {}

    record Nested(Node scope, Node name) implements Node {}

    record Template(Node name, List<Node> arguments) implements Node {}

    record Tagged(Node name, String tag) implements Node {}

    /** A constructor, or a destructor: named as the innermost class of {@code scope}. */
    record Structor(Node scope, boolean destructor) implements Node {}

    record Conversion(Node type) implements Node {}

    /** An entity of a function. */
    record Local(Node function, Node entity) implements Node {}

    record Lambda(List<Node> parameters, int number) implements Node {}

    record Binding(List<Node> names) implements Node {}

    /** A function with its signature; the template arguments of its name are what its template parameters mean. */
    record Function(Node name, @Nullable Node result, List<Node> parameters, String qualifiers) implements Node {}

    /** "vtable for " and the like, before what they are for. */
    record Special(String prefix, Node of) implements Node {}

    record Construction(Node of, Node in) implements Node {}

    record Cloned(Node of, String suffix) implements Node {}

    /** @param qualifiers such as " const volatile", each with a blank before it */
    record Qualified(Node type, String qualifiers) implements Node {}

    record Pointer(Node to) implements Node {}

    record Reference(Node to, boolean rvalue) implements Node {}

    record MemberPointer(Node owner, Node to) implements Node {}

    record Array(Node of, @Nullable Node size) implements Node {}

    record FunctionType(Node result, List<Node> parameters, String qualifiers) implements Node {}

    record Vector(Node of, Node size) implements Node {}

    record Suffixed(Node type, String suffix) implements Node {}

    /** The template parameter with this index: of the function whose signature is being written. */
    record TemplateParameter(int index) implements Node {}

    record Pack(List<Node> elements) implements Node {}

    record Expansion(Node pattern) implements Node {}

    record Decltype(Node expression) implements Node {}

    record Literal(Node type, String value) implements Node {}

    record Unary(String operator, Node operand) implements Node {}

    record Postfix(Node operand, String operator) implements Node {}

    record Binary(String operator, Node left, Node right) implements Node {}

    record Conditional(Node condition, Node yes, Node no) implements Node {}

    record Call(Node callee, List<Node> arguments) implements Node {}

    /** @param keyword "" for a cast in parentheses */
    record Cast(String keyword, Node type, Node operand) implements Node {}

    record ConvertedList(Node type, List<Node> operands) implements Node {}

    record Braced(@Nullable Node type, List<Node> elements) implements Node {}

    /** {@code sizeof (type)} and the like. */
    record Keyword(String keyword, Node operand) implements Node {}

    record FunctionParameter(int number) implements Node {}

    record Fold(
            String operator, @Nullable Node left, @Nullable Node right, Node pack) implements Node {}

    record New(
            String keyword,
            List<Node> placement,
            Node type,
            @Nullable List<Node> initializer) implements Node {}
}
