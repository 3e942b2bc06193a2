package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.Type;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds the tree of an expression. C17 §6.5; {@code @} binds as in gdb, tighter than every other binary operator. */
final class Parser {
    static final int MAX_DEPTH = 100;
    private static final Map<String, Integer> PRECEDENCE = Map.ofEntries(
            Map.entry("||", 1),
            Map.entry("&&", 2),
            Map.entry("|", 3),
            Map.entry("^", 4),
            Map.entry("&", 5),
            Map.entry("==", 6),
            Map.entry("!=", 6),
            Map.entry("<", 7),
            Map.entry(">", 7),
            Map.entry("<=", 7),
            Map.entry(">=", 7),
            Map.entry("<<", 8),
            Map.entry(">>", 8),
            Map.entry("+", 9),
            Map.entry("-", 9),
            Map.entry("*", 10),
            Map.entry("/", 10),
            Map.entry("%", 10),
            Map.entry("@", 11));
    private static final Set<String> ASSIGNMENTS =
            Set.of("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=");

    private static final Set<String> SOURCE_SUFFIXES =
            Set.of("c", "h", "cc", "cpp", "cxx", "c++", "C", "hh", "hpp", "hxx", "inc", "rs", "go", "s", "S");

    private final TokenStream tokens;
    private final EvaluationScope scope;
    private final TypeNameParser types;
    private int depth;

    private Parser(List<Token> list, EvaluationScope scope) {
        this.tokens = new TokenStream(list);
        this.scope = scope;
        this.types = new TypeNameParser(tokens, scope, this::constantInt, this::typeOfExpression);
    }

    static Node parse(String text, EvaluationScope scope) {
        Parser parser = new Parser(TemplateNames.joined(Lexer.tokens(text), scope), scope);
        if (parser.tokens.peek().kind() == Token.Kind.END) throw new DebuggerException("the expression is empty");
        Node node = parser.comma();
        Token rest = parser.tokens.peek();
        if (rest.kind() != Token.Kind.END) throw rest.error(rest.described() + " is not expected here");
        return node;
    }

    private Node comma() {
        Node left = assignment();
        while (tokens.peek().is(",")) {
            int column = tokens.next().column();
            left = new Node.Comma(left, assignment(), column);
        }
        return left;
    }

    private Node assignment() {
        enter();
        Node left = conditional();
        Token operator = tokens.peek();
        if (operator.kind() == Token.Kind.OPERATOR && ASSIGNMENTS.contains(operator.text())) {
            tokens.next();
            String arithmetic = operator.text().substring(0, operator.text().length() - 1);
            left = new Node.Assign(arithmetic, left, assignment(), operator.column());
        }
        depth--;
        return left;
    }

    private void enter() {
        if (++depth > MAX_DEPTH) {
            throw tokens.peek().error("the expression is nested more than " + MAX_DEPTH + " levels deep");
        }
    }

    private Node conditional() {
        Node condition = binary(1);
        if (!tokens.peek().is("?")) return condition;
        enter();
        int column = tokens.next().column();
        Node yes = comma();
        tokens.expect(":");
        Node no = conditional();
        depth--;
        return new Node.Conditional(condition, yes, no, column);
    }

    private Node binary(int lowest) {
        Node left = memberPointer();
        while (true) {
            Token operator = tokens.peek();
            if (operator.kind() != Token.Kind.OPERATOR) return left;
            Integer precedence = PRECEDENCE.get(operator.text());
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

    /** {@code .*} and {@code ->*} bind closer than multiplication. C++17 §8.5. */
    private Node memberPointer() {
        Node node = unary();
        while (tokens.peek(1).is("*") && (tokens.peek().is(".") || tokens.peek().is("->"))) {
            boolean arrow = tokens.next().is("->");
            int column = tokens.next().column();
            Node object = arrow ? new Node.Unary("*", node, column) : node;
            node = new Node.MemberPointer(object, unary(), column);
        }
        return node;
    }

    private Node unary() {
        enter();
        Node node = unaryOperator();
        depth--;
        return node;
    }

    private Node unaryOperator() {
        Token token = tokens.peek();
        int column = token.column();
        if (token.kind() == Token.Kind.OPERATOR) {
            switch (token.text()) {
                case "+", "-", "!", "~", "*", "&" -> {
                    tokens.next();
                    return new Node.Unary(token.text(), unary(), column);
                }
                case "&&" -> throw token.error("the address of a label is not known");
                case "++", "--" -> {
                    tokens.next();
                    return new Node.Step(token.is("++"), false, unary(), column);
                }
                case "(" -> {
                    if (types.startsAt(1)) return castOrCompound();
                }
                case "{" -> {
                    tokens.next();
                    Type type = types.typeName();
                    tokens.expect("}");
                    return new Node.TypedMemory(type, unary(), column);
                }
                default -> {}
            }
        }
        if (token.isWord("__real__") || token.isWord("__imag__")) {
            tokens.next();
            return new Node.Unary(token.text(), unary(), column);
        }
        if (token.isWord("sizeof") || token.isWord("_Alignof") || token.isWord("alignof")) return sizeOf();
        Node.Cast.Rules rules = castRules(token);
        if (rules != null && tokens.peek(1).is("<")) return postfix(namedCast(rules));
        if (types.isConversion()) return postfix(conversion());
        return postfix(primary());
    }

    /** C++'s {@code int(x)}. C++17 §8.2.3. */
    private Node conversion() {
        int column = tokens.peek().column();
        Type type = types.simpleType();
        tokens.expect("(");
        Node operand = comma();
        tokens.expect(")");
        return new Node.Cast(type, Node.Cast.Rules.ANY, operand, column);
    }

    /** {@code static_cast<type>(value)} and its like. */
    private Node namedCast(Node.Cast.Rules rules) {
        int column = tokens.next().column();
        tokens.expect("<");
        Type type = types.typeName();
        tokens.expect(">");
        tokens.expect("(");
        Node operand = comma();
        tokens.expect(")");
        return new Node.Cast(type, rules, operand, column);
    }

    private static Node.Cast.@Nullable Rules castRules(Token token) {
        if (token.kind() != Token.Kind.NAME) return null;
        return switch (token.text()) {
            case "static_cast" -> Node.Cast.Rules.STATIC;
            case "dynamic_cast" -> Node.Cast.Rules.DYNAMIC;
            case "reinterpret_cast" -> Node.Cast.Rules.REINTERPRET;
            case "const_cast" -> Node.Cast.Rules.CONST;
            default -> null;
        };
    }

    /** {@code typeof (x)}, {@code decltype(x)}: the words are passed, the parenthesis is not. */
    private Type typeOfExpression() {
        tokens.expect("(");
        Type type = types.startsAt(0) ? types.typeName() : new Evaluation(scope).typeOf(comma());
        tokens.expect(")");
        return type;
    }

    private Node castOrCompound() {
        int column = tokens.next().column();
        Type type = types.typeName();
        tokens.expect(")");
        return new Node.Cast(type, Node.Cast.Rules.ANY, unary(), column);
    }

    private Node sizeOf() {
        Token word = tokens.next();
        boolean alignment = !word.text().equals("sizeof");
        if (tokens.peek().is("(") && types.startsAt(1)) {
            tokens.next();
            Type type = types.typeName();
            tokens.expect(")");
            return new Node.SizeOfType(type, alignment, word.column());
        }
        return new Node.SizeOf(unary(), alignment, word.column());
    }

    private Node postfix(Node start) {
        Node node = start;
        while (true) {
            Token token = tokens.peek();
            if (token.kind() != Token.Kind.OPERATOR) return node;
            switch (token.text()) {
                case ".", "->" -> {
                    if (tokens.peek(1).is("*")) return node;
                    tokens.next();
                    Token name = tokens.next();
                    if (name.kind() != Token.Kind.NAME) {
                        throw name.error("a member's name is expected, not " + name.described());
                    }
                    node = new Node.Member(node, token.is("->"), name.text(), name.column());
                }
                case "[" -> node = subscript(node);
                case "(" -> node = call(node);
                case "++", "--" -> {
                    tokens.next();
                    node = new Node.Step(token.is("++"), true, node, token.column());
                }
                default -> {
                    return node;
                }
            }
        }
    }

    private Node subscript(Node array) {
        int column = tokens.next().column();
        Node first = comma();
        if (tokens.peek().is("..")) {
            tokens.next();
            Node last = comma();
            tokens.expect("]");
            return new Node.Slice(array, first, last, column);
        }
        tokens.expect("]");
        return new Node.Index(array, first, column);
    }

    private Node call(Node function) {
        int column = tokens.next().column();
        List<Node> arguments = new ArrayList<>();
        if (!tokens.peek().is(")")) {
            do {
                arguments.add(assignment());
            } while (tokens.accept(","));
        }
        tokens.expect(")");
        return new Node.Call(function, List.copyOf(arguments), column);
    }

    private Node primary() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case NAME -> name(token);
            case REGISTER -> new Node.Register(token.text().substring(1), token.column());
            case NUMBER, CHARACTER -> new Node.Literal(Objects.requireNonNull(token.constant()), token.column());
            case STRING -> new Node.Literal(concatenated(token), token.column());
            case OPERATOR, END -> {
                if (!token.is("(")) throw token.error("a value is expected, not " + token.described());
                Node inner = comma();
                tokens.expect(")");
                yield inner;
            }
        };
    }

    /** A name; {@code file.c::name} is that of another file, where there is one. */
    private Node name(Token first) {
        Token suffix = tokens.peek(1);
        int separator = suffix.text().indexOf("::");
        if (tokens.peek().is(".") && suffix.kind() == Token.Kind.NAME && separator > 0) {
            String file = first.text() + "." + suffix.text().substring(0, separator);
            String name = suffix.text().substring(separator + 2);
            if (SOURCE_SUFFIXES.contains(suffix.text().substring(0, separator))
                    && scope.inFile(file, name).isPresent()) {
                tokens.next();
                tokens.next();
                return new Node.Name("'" + file + "'::" + name, first.column());
            }
        }
        return new Node.Name(first.text(), first.column());
    }

    /** Neighbouring string literals are one. C17 §5.1.1.2 phase 6. */
    private Constant concatenated(Token first) {
        Constant whole = Objects.requireNonNull(first.constant());
        while (tokens.peek().kind() == Token.Kind.STRING) {
            Token token = tokens.next();
            Constant more = Objects.requireNonNull(token.constant());
            Type unit = ((ArrayType) whole.type()).element();
            if (!((ArrayType) more.type()).element().equals(unit)) {
                throw token.error("strings of different character types do not join");
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.write(whole.bytes(), 0, whole.bytes().length - (int) unit.byteSize());
            bytes.writeBytes(more.bytes());
            whole = new Constant(new ArrayType(() -> unit, bytes.size() / unit.byteSize()), bytes.toByteArray());
        }
        return whole;
    }

    /** An array's size in a type name. */
    private long constantInt() {
        Token token = tokens.next();
        Constant constant = token.constant();
        if (token.kind() != Token.Kind.NUMBER || constant == null || constant.bytes().length > 8) {
            throw token.error("the size of an array type is a number, not " + token.described());
        }
        long value = io.kmdebug.debugger.value.Scalars.integer(constant.bytes(), true)
                .longValue();
        boolean integer = io.kmdebug.debugger.value.Scalars.isInteger(constant.type());
        if (!integer || value < 0) throw token.error("an array type cannot have " + token.text() + " elements");
        return value;
    }
}
