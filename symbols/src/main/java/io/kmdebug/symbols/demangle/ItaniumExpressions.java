package io.kmdebug.symbols.demangle;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses expressions and literals of the Itanium C++ ABI, §5.1.6. */
final class ItaniumExpressions {
    private final Input in;
    private final ItaniumNames names;
    private final ItaniumTypes types;

    ItaniumExpressions(Input in, ItaniumNames names, ItaniumTypes types) {
        this.in = in;
        this.names = names;
        this.types = types;
    }

    Node expression() {
        names.enter();
        try {
            return unbounded();
        } finally {
            names.leave();
        }
    }

    private Node unbounded() {
        char c = in.peek();
        if (c == 'L') return literal();
        if (c == 'T') return types.templateParameter();
        if (Input.isDigit(c)) return unresolved();
        if (in.take("fp") || in.looksAt("fL")) return functionParameter();
        if (in.take("sr")) return scoped();
        if (in.take("on")) return withArguments(names.operator());
        if (in.take("dn")) return new Node.Unary("~", unresolved());
        if (in.take("gs")) return new Node.Unary("::", expression());
        if (in.take("sp")) return new Node.Expansion(expression());
        if (in.take("sZ")) return new Node.Keyword("sizeof...", expressionOfPack());
        if (in.take("sP")) return new Node.Keyword("sizeof...", new Node.Pack(list()));
        if (in.take("st")) return new Node.Keyword("sizeof (", types.type());
        if (in.take("sz")) return new Node.Unary("sizeof ", expression());
        if (in.take("at")) return new Node.Keyword("alignof (", types.type());
        if (in.take("az")) return new Node.Unary("alignof ", expression());
        if (in.take("nx")) return new Node.Keyword("noexcept(", expression());
        if (in.take("ti")) return new Node.Keyword("typeid (", types.type());
        if (in.take("te")) return new Node.Unary("typeid ", expression());
        if (in.take("tw")) return new Node.Unary("throw ", expression());
        if (in.take("tr")) return new Node.Name("throw");
        if (in.take("il")) return new Node.Braced(null, list());
        if (in.take("tl")) {
            Node type = types.type();
            return new Node.Braced(type, list());
        }
        if (in.take("cv")) return converted();
        if (in.take("dc")) return cast("dynamic_cast");
        if (in.take("sc")) return cast("static_cast");
        if (in.take("cc")) return cast("const_cast");
        if (in.take("rc")) return cast("reinterpret_cast");
        if (in.take("cl") || in.take("cp")) {
            Node callee = expression();
            return new Node.Call(callee, list());
        }
        if (in.take("ix")) {
            Node left = expression();
            return new Node.Binary("[]", left, expression());
        }
        if (in.take("dt")) return member(".");
        if (in.take("pt")) return member("->");
        if (in.take("qu")) {
            Node condition = expression();
            Node yes = expression();
            return new Node.Conditional(condition, yes, expression());
        }
        if (in.take("pp_")) return new Node.Unary("++", expression());
        if (in.take("mm_")) return new Node.Unary("--", expression());
        if (in.take("pp")) return new Node.Postfix(expression(), "++");
        if (in.take("mm")) return new Node.Postfix(expression(), "--");
        if (in.take("nw")) return allocation("new ");
        if (in.take("na")) return allocation("new[] ");
        if (in.take("dl")) return new Node.Unary("delete ", expression());
        if (in.take("da")) return new Node.Unary("delete[] ", expression());
        if (c == 'f' && (in.peek(1) == 'l' || in.peek(1) == 'r' || in.peek(1) == 'L' || in.peek(1) == 'R'))
            return fold();
        if (in.take("u")) {
            Node name = new Node.Name(names.identifier());
            List<Node> arguments = new ArrayList<>();
            while (!in.take('E')) arguments.add(types.argument());
            return new Node.Call(name, arguments);
        }
        return operation();
    }

    private Node operation() {
        Operators.Operator operator = Operators.find(in.peek(), in.peek(1));
        if (operator == null || operator.operands() == 0) throw in.error();
        in.take(2);
        if (operator.operands() == 1) return new Node.Unary(operator.sign(), expression());
        Node left = expression();
        return new Node.Binary(operator.sign(), left, expression());
    }

    private Node expressionOfPack() {
        return in.peek() == 'T' ? types.templateParameter() : expression();
    }

    /** Expressions up to an 'E'. */
    private List<Node> list() {
        List<Node> found = new ArrayList<>();
        while (!in.take('E')) found.add(expression());
        return found;
    }

    private Node functionParameter() {
        if (in.take("fL")) {
            in.number();
            in.expect('p');
        }
        if (in.take('T')) return new Node.Name("this");
        types.qualifiers();
        int number = in.peek() == '_' ? 1 : in.number() + 2;
        in.expect('_');
        return new Node.FunctionParameter(number);
    }

    private Node member(String operator) {
        Node left = expression();
        Node right = in.looksAt("sr")
                        || in.looksAt("on")
                        || in.looksAt("dn")
                        || in.looksAt("gs")
                        || !Input.isDigit(in.peek())
                ? expression()
                : unresolved();
        return new Node.Binary(operator, left, right);
    }

    private Node cast(String keyword) {
        Node type = types.type();
        return new Node.Cast(keyword, type, expression());
    }

    private Node converted() {
        Node type = types.type();
        return in.take('_') ? new Node.ConvertedList(type, list()) : new Node.Cast("", type, expression());
    }

    private Node allocation(String keyword) {
        List<Node> placement = new ArrayList<>();
        while (!in.take('_')) placement.add(expression());
        Node type = types.type();
        List<Node> initializer = null;
        if (in.take("pi")) initializer = list();
        else in.expect('E');
        return new Node.New(keyword, placement, type, initializer);
    }

    private Node fold() {
        in.expect('f');
        char kind = in.next();
        Operators.Operator operator = Operators.find(in.peek(), in.peek(1));
        if (operator == null) throw in.error();
        in.take(2);
        Node first = expression();
        return switch (kind) {
            case 'l' -> new Node.Fold(operator.sign(), null, null, new Node.Unary("...", first));
            case 'r' -> new Node.Fold(operator.sign(), null, null, first);
            case 'L' -> new Node.Fold(operator.sign(), first, null, expression());
            default -> new Node.Fold(operator.sign(), null, expression(), first);
        };
    }

    /** A name that depends on template arguments, without a scope. */
    private Node unresolved() {
        return withArguments(new Node.Name(names.identifier()));
    }

    private Node withArguments(Node name) {
        return in.peek() == 'I' ? new Node.Template(name, types.arguments()) : name;
    }

    private Node scoped() {
        Node scope;
        if (in.take('N')) {
            scope = types.type();
            while (!in.take('E')) scope = new Node.Nested(scope, unresolved());
        } else if (Input.isDigit(in.peek())) {
            scope = unresolved();
            while (!in.take('E')) scope = new Node.Nested(scope, unresolved());
        } else {
            scope = types.type();
        }
        Node name;
        if (in.take("dn")) name = new Node.Name("~" + new NodeWriter().text(unresolved()));
        else if (!in.take("on") && Input.isDigit(in.peek())) name = new Node.Name(names.identifier());
        else name = names.operator();
        return withArguments(new Node.Nested(scope, name));
    }

    /** A value, or an entity, as a template argument has it. */
    Node literal() {
        in.expect('L');
        if (in.take("_Z")) {
            Node entity = names.encoding();
            in.expect('E');
            return entity;
        }
        if (in.take('Z')) {
            // what old versions of gcc wrote
            Node entity = names.encoding();
            in.expect('E');
            return entity;
        }
        Node type = types.type();
        boolean negative = in.take('n');
        StringBuilder digits = new StringBuilder(negative ? "-" : "");
        while (in.peek() != 'E') digits.append(in.next());
        in.expect('E');
        return new Node.Literal(type, digits.toString());
    }

    /** How a value of a builtin type is told apart: 5u, 5l, …; null for types that are written before it. */
    static @Nullable String suffix(String type) {
        return switch (type) {
            case "int" -> "";
            case "unsigned int" -> "u";
            case "long" -> "l";
            case "unsigned long" -> "ul";
            case "long long" -> "ll";
            case "unsigned long long" -> "ull";
            default -> null;
        };
    }
}
