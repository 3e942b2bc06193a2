package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.UnspecifiedType;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds the tree of an expression of Rust. The Rust Reference, "Expression precedence". */
final class RustParser {
    private static final Map<String, Integer> PRECEDENCE = Map.ofEntries(
            Map.entry("||", 1),
            Map.entry("&&", 2),
            Map.entry("==", 3),
            Map.entry("!=", 3),
            Map.entry("<", 3),
            Map.entry(">", 3),
            Map.entry("<=", 3),
            Map.entry(">=", 3),
            Map.entry("|", 4),
            Map.entry("^", 5),
            Map.entry("&", 6),
            Map.entry("<<", 7),
            Map.entry(">>", 7),
            Map.entry("+", 8),
            Map.entry("-", 8),
            Map.entry("*", 9),
            Map.entry("/", 9),
            Map.entry("%", 9),
            Map.entry("@", 11));
    private static final int AS = 10;
    private static final Set<String> ASSIGNMENTS =
            Set.of("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=");

    /** Methods that are answered without running anything. */
    private static final Set<String> QUESTIONS = Set.of("len", "is_empty", "is_some", "is_none", "is_ok", "is_err");

    private final TokenStream tokens;
    private final EvaluationScope scope;
    private int depth;

    private RustParser(List<Token> list, EvaluationScope scope) {
        this.tokens = new TokenStream(list);
        this.scope = scope;
    }

    static Node parse(String text, EvaluationScope scope) {
        RustParser parser = new RustParser(TemplateNames.joined(RustLexer.tokens(text), scope), scope);
        if (parser.tokens.peek().kind() == Token.Kind.END) throw new DebuggerException("the expression is empty");
        Node node = parser.expression();
        Token rest = parser.tokens.peek();
        if (rest.kind() != Token.Kind.END) throw rest.error(rest.described() + " is not expected here");
        return node;
    }

    private Node expression() {
        enter();
        Node left = binary(1);
        Token operator = tokens.peek();
        if (operator.kind() == Token.Kind.OPERATOR && ASSIGNMENTS.contains(operator.text())) {
            tokens.next();
            String arithmetic = operator.text().substring(0, operator.text().length() - 1);
            left = new Node.Assign(arithmetic, left, expression(), operator.column());
        }
        depth--;
        return left;
    }

    private void enter() {
        if (++depth > Parser.MAX_DEPTH) {
            throw tokens.peek().error("the expression is nested more than " + Parser.MAX_DEPTH + " levels deep");
        }
    }

    private Node binary(int lowest) {
        Node left = unary();
        while (true) {
            Token operator = tokens.peek();
            if (operator.isWord("as") && lowest <= AS) {
                tokens.next();
                left = new Node.Cast(type(0), Node.Cast.Rules.ANY, left, operator.column());
                continue;
            }
            Integer precedence = operator.kind() == Token.Kind.OPERATOR ? PRECEDENCE.get(operator.text()) : null;
            if (precedence == null || precedence < lowest) return left;
            tokens.next();
            Node right = binary(precedence + 1);
            left = switch (operator.text()) {
                case "&&", "||" -> new Node.Logical(operator.is("&&"), left, right, operator.column());
                case "@" -> new Node.Repeat(left, right, operator.column());
                default -> new Node.Binary(operator.text(), left, right, operator.column());
            };
        }
    }

    private Node unary() {
        enter();
        Token token = tokens.peek();
        Node node;
        if (token.is("-") || token.is("!") || token.is("*")) {
            tokens.next();
            node = new Node.Unary(token.text(), unary(), token.column());
        } else if (token.is("&") || token.is("&&")) {
            tokens.next();
            if (tokens.peek().isWord("mut")) tokens.next();
            node = new Node.Unary("&", unary(), token.column());
            if (token.is("&&")) throw token.error("the address of an address is not in the payload");
        } else {
            node = postfix(primary());
        }
        depth--;
        return node;
    }

    private Node postfix(Node start) {
        Node node = start;
        while (true) {
            Token token = tokens.peek();
            if (token.is(".")) {
                tokens.next();
                Token name = tokens.next();
                if (name.kind() != Token.Kind.NAME) {
                    throw name.error("a field's name is expected, not " + name.described());
                }
                if (QUESTIONS.contains(name.text())
                        && tokens.peek().is("(")
                        && tokens.peek(1).is(")")) {
                    tokens.next();
                    tokens.next();
                    node = new Node.Question(node, name.text(), name.column());
                    continue;
                }
                if (tokens.peek().is("("))
                    throw name.error("methods of the payload cannot be called from an expression");
                boolean position = Character.isDigit(name.text().charAt(0));
                node = new Node.Member(node, false, position ? "__" + name.text() : name.text(), name.column());
            } else if (token.is("[")) {
                node = subscript(node);
            } else if (token.is("(")) {
                throw token.error("functions of the payload cannot be called from an expression");
            } else {
                return node;
            }
        }
    }

    private Node subscript(Node array) {
        int column = tokens.next().column();
        boolean open = isRange(tokens.peek());
        Node first = open ? zero(column) : expression();
        if (!isRange(tokens.peek())) {
            tokens.expect("]");
            return new Node.Index(array, first, column);
        }
        boolean inclusive = tokens.next().is("..=");
        Node last = tokens.peek().is("]") ? null : expression();
        tokens.expect("]");
        return new Node.Range(array, first, last, inclusive, column);
    }

    private static boolean isRange(Token token) {
        return token.is("..") || token.is("..=");
    }

    private static Node zero(int column) {
        return new Node.Literal(new Constant(RustTypes.USIZE, new byte[8]), column);
    }

    private Node primary() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case NAME -> new Node.Name(resolved(token.text()), token.column());
            case REGISTER -> new Node.Register(token.text().substring(1), token.column());
            case NUMBER, CHARACTER, STRING ->
                new Node.Literal(Objects.requireNonNull(token.constant()), token.column());
            case OPERATOR, END -> {
                if (!token.is("(")) throw token.error("a value is expected, not " + token.described());
                Node inner = expression();
                tokens.expect(")");
                yield inner;
            }
        };
    }

    /** A path from the crate, this module or the one around it, as it is called from everywhere. */
    private String resolved(String path) {
        String function = scope.functionName().orElse("");
        List<String> around = ScopePath.around(function);
        if (around.isEmpty()) return path;
        if (path.startsWith("crate::")) return "::" + around.get(around.size() - 1) + path.substring("crate".length());
        if (path.startsWith("self::")) return "::" + around.get(0) + path.substring("self".length());
        if (path.startsWith("super::") && around.size() > 1)
            return "::" + around.get(1) + path.substring("super".length());
        return path;
    }

    // types

    private Type type(int nesting) {
        Token token = tokens.next();
        if (nesting > Parser.MAX_DEPTH) throw token.error("the type is nested too deep");
        if (token.is("&")) {
            boolean mutable = acceptWord("mut");
            return reference(mutable ? "&mut " : "&", type(nesting + 1));
        }
        if (token.is("*")) {
            boolean constant = acceptWord("const");
            if (!constant && !acceptWord("mut")) throw tokens.peek().error("\"const\" or \"mut\" is expected");
            return reference(constant ? "*const " : "*mut ", type(nesting + 1));
        }
        if (token.is("[")) {
            Type element = type(nesting + 1);
            tokens.expect(";");
            Token count = tokens.next();
            Constant constant = count.constant();
            if (constant == null || !Scalars.isInteger(constant.type())) {
                throw count.error("the size of an array type is a number, not " + count.described());
            }
            tokens.expect("]");
            BigInteger size = Scalars.integer(constant.bytes(), false);
            if (size.bitLength() > 40) throw count.error("the array type is too large");
            return ArrayType.ofRust(element, size.longValue());
        }
        if (token.is("(") && tokens.accept(")")) return UnspecifiedType.VOID;
        if (token.kind() != Token.Kind.NAME) throw token.error("a type is expected, not " + token.described());
        return named(token);
    }

    private Type named(Token token) {
        @Nullable Type primitive = RustTypes.primitive(token.text());
        if (primitive != null) return primitive;
        return scope.type(resolved(token.text())).orElseThrow(() -> token.error("no type \"" + token.text() + "\""));
    }

    private boolean acceptWord(String word) {
        if (!tokens.peek().isWord(word)) return false;
        tokens.next();
        return true;
    }

    private static Type reference(String start, Type target) {
        return new PointerType(PointerType.Kind.POINTER, () -> target, start + target.name());
    }
}
