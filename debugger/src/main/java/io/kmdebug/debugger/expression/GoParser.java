package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.expression.GoLexer.Kind;
import io.kmdebug.debugger.expression.GoLexer.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads expressions of Go: The Go Programming Language Specification, "Expressions". */
final class GoParser {
    private static final int MAX_DEPTH = 200;
    private static final List<List<String>> PRECEDENCE = List.of(
            List.of("||"),
            List.of("&&"),
            List.of("==", "!=", "<", "<=", ">", ">="),
            List.of("+", "-", "|", "^"),
            List.of("*", "/", "%", "<<", ">>", "&", "&^"));

    private final String text;
    private final List<Token> tokens;
    private final Predicate<String> isGlobal;
    private int at;
    private int depth;

    private GoParser(String text, Predicate<String> isGlobal) {
        this.text = text;
        this.tokens = GoLexer.tokens(text);
        this.isGlobal = isGlobal;
    }

    /** @param isGlobal whether a name with the path of its package is known: tells {@code a/b.c} from a division */
    static GoNode parse(String text, Predicate<String> isGlobal) {
        GoParser parser = new GoParser(text, isGlobal);
        GoNode node = parser.expression();
        if (parser.peek().is("=")) {
            int column = parser.next().column();
            node = new GoNode.Assign(node, parser.expression(), column);
        }
        Token rest = parser.peek();
        if (rest.kind() != Kind.END) throw rest.error("\"" + rest.text() + "\" is not expected here");
        return node;
    }

    private Token peek() {
        return tokens.get(at);
    }

    private Token next() {
        return tokens.get(at++);
    }

    private boolean accept(String operator) {
        if (!peek().is(operator)) return false;
        at++;
        return true;
    }

    private void expect(String operator) {
        Token token = peek();
        if (!accept(operator)) throw token.error("\"" + operator + "\" is expected, not \"" + token.text() + "\"");
    }

    private GoNode expression() {
        return binary(0);
    }

    private GoNode binary(int level) {
        if (level == PRECEDENCE.size()) return unary();
        GoNode left = binary(level + 1);
        while (peek().kind() == Kind.OPERATOR && PRECEDENCE.get(level).contains(peek().text())) {
            Token operator = next();
            left = new GoNode.Binary(operator.text(), left, binary(level + 1), operator.column());
        }
        return left;
    }

    private GoNode unary() {
        Token token = peek();
        if (++depth > MAX_DEPTH) throw token.error("the expression is nested too deeply");
        try {
            for (String operator : new String[] {"*", "&", "-", "+", "!", "^"}) {
                if (accept(operator)) return new GoNode.Unary(operator, unary(), token.column());
            }
            return postfix(primary());
        } finally {
            depth--;
        }
    }

    private GoNode primary() {
        Token token = peek();
        switch (token.kind()) {
            case INTEGER, FLOAT, CHARACTER, STRING -> {
                at++;
                return new GoNode.Literal(
                        token.kind(), java.util.Objects.requireNonNull(token.value()), token.column());
            }
            case REGISTER -> {
                at++;
                return new GoNode.Register(token.text().substring(1), token.column());
            }
            case NAME -> {
                if (isTypeWord(token.text())) return typeText();
                String path = importPath();
                if (path != null) return new GoNode.Name(path, token.column());
                at++;
                return new GoNode.Name(token.text(), token.column());
            }
            default -> {
                if (token.is("[")) return typeText();
                if (accept("(")) {
                    GoNode inner = expression();
                    expect(")");
                    return inner;
                }
                throw token.error("a value is expected, not \"" + token.text() + "\"");
            }
        }
    }

    private static boolean isTypeWord(String word) {
        return switch (word) {
            case "map", "chan", "func", "struct", "interface" -> true;
            default -> false;
        };
    }

    /** {@code net/http.DefaultClient}, {@code example.com/a/b.Value}: the longest that is known; null for none. */
    private @Nullable String importPath() {
        int start = peek().column() - 1;
        int end = start;
        boolean slash = false;
        int best = -1;
        while (end < text.length() && isPathCharacter(text.charAt(end))) {
            slash |= text.charAt(end) == '/';
            end++;
            boolean whole = end == text.length() || !isNameCharacter(text.charAt(end));
            if (slash && whole && isGlobal.test(text.substring(start, end))) best = end;
        }
        if (best < 0) return null;
        while (peek().kind() != Kind.END && peek().column() - 1 < best) at++;
        return text.substring(start, best);
    }

    private static boolean isNameCharacter(char c) {
        return c == '_' || Character.isLetterOrDigit(c);
    }

    private static boolean isPathCharacter(char c) {
        return isNameCharacter(c) || c == '/' || c == '.' || c == '-' || c == '~';
    }

    /** A type that is no name, up to what cannot belong to it; spelled as the compiler does. */
    private GoNode typeText() {
        int column = peek().column();
        return new GoNode.TypeText(type(), column);
    }

    private String type() {
        if (++depth > MAX_DEPTH) throw peek().error("the type is nested too deeply");
        try {
            return anyType();
        } finally {
            depth--;
        }
    }

    private String anyType() {
        Token token = next();
        if (token.is("*")) return "*" + type();
        if (token.is("[")) {
            String length = peek().kind() == Kind.INTEGER ? next().text() : "";
            expect("]");
            return "[" + length + "]" + type();
        }
        if (token.kind() != Kind.NAME) throw token.error("a type is expected, not \"" + token.text() + "\"");
        switch (token.text()) {
            case "map" -> {
                expect("[");
                String key = type();
                expect("]");
                return "map[" + key + "]" + type();
            }
            case "chan" -> {
                return "chan " + type();
            }
            case "struct", "interface" -> {
                expect("{");
                expect("}");
                return token.text() + " {}";
            }
            case "func" -> {
                expect("(");
                expect(")");
                return "func()";
            }
            default -> {
                StringBuilder name = new StringBuilder(token.text());
                while (peek().is("/") || peek().is(".") || peek().is("-")) {
                    name.append(next().text());
                    Token part = next();
                    if (part.kind() != Kind.NAME) throw part.error("a name is expected, not \"" + part.text() + "\"");
                    name.append(part.text());
                }
                return name.toString();
            }
        }
    }

    private GoNode postfix(GoNode operand) {
        GoNode node = operand;
        while (true) {
            Token token = peek();
            if (accept(".")) node = selector(node, token.column());
            else if (accept("[")) node = index(node, token.column());
            else if (accept("(")) node = new GoNode.Call(node, arguments(), token.column());
            else return node;
        }
    }

    private GoNode selector(GoNode operand, int column) {
        if (accept("(")) {
            GoNode type = unary();
            expect(")");
            return new GoNode.Assertion(operand, type, column);
        }
        Token name = next();
        if (name.kind() != Kind.NAME) throw name.error("a name is expected, not \"" + name.text() + "\"");
        return new GoNode.Selector(operand, name.text(), name.column());
    }

    private GoNode index(GoNode operand, int column) {
        GoNode low = peek().is(":") ? null : expression();
        if (accept(":")) {
            GoNode high = peek().is("]") ? null : expression();
            expect("]");
            return new GoNode.Slice(operand, low, high, column);
        }
        expect("]");
        return new GoNode.Index(operand, java.util.Objects.requireNonNull(low), column);
    }

    private List<GoNode> arguments() {
        List<GoNode> list = new ArrayList<>();
        while (!accept(")")) {
            if (!list.isEmpty()) expect(",");
            list.add(expression());
        }
        return list;
    }
}
