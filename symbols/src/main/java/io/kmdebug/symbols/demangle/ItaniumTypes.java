package io.kmdebug.symbols.demangle;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses types and template arguments of the Itanium C++ ABI, §5.1.5. */
final class ItaniumTypes {
    private final Input in;
    private final ItaniumNames names;
    private final ItaniumExpressions expressions;
    private boolean inConversion;

    ItaniumTypes(Input in, ItaniumNames names) {
        this.in = in;
        this.names = names;
        this.expressions = new ItaniumExpressions(in, names, this);
    }

    /** The parameters of a function up to the end of its encoding or type: none for a lone {@code void}. */
    List<Node> parameters() {
        List<Node> found = new ArrayList<>();
        boolean single = in.peek() == 'v';
        char behind = in.peek(1);
        if (single && (behind == 0 || behind == 'E' || behind == '.' || behind == '@' || refQualifierEnds(1))) {
            in.next();
            return found;
        }
        while (!in.atEnd() && in.peek() != 'E' && in.peek() != '.' && in.peek() != '@' && !refQualifierEnds(0)) {
            found.add(type());
        }
        if (found.isEmpty()) throw in.error();
        return found;
    }

    private boolean refQualifierEnds(int ahead) {
        return (in.peek(ahead) == 'R' || in.peek(ahead) == 'O') && in.peek(ahead + 1) == 'E';
    }

    /** CV qualifiers, each with a blank before it. */
    String qualifiers() {
        StringBuilder text = new StringBuilder();
        boolean restrict = in.take('r');
        boolean isVolatile = in.take('V');
        if (in.take('K')) text.append(" const");
        if (isVolatile) text.append(" volatile");
        if (restrict) text.append(" __restrict");
        return text.toString();
    }

    /** The type that an operator converts to: template arguments behind it are the operator's. */
    Node conversion() {
        boolean outer = inConversion;
        inConversion = true;
        Node type = type();
        inConversion = outer;
        return type;
    }

    Node type() {
        names.enter();
        try {
            return unbounded();
        } finally {
            names.leave();
        }
    }

    private Node unbounded() {
        char c = in.peek();
        String builtin = builtin(c);
        if (builtin != null) {
            in.next();
            return new Node.Name(builtin);
        }
        Node node;
        switch (c) {
            case 'r', 'V', 'K' -> {
                String qualifiers = qualifiers();
                // of a qualified function type only the whole is a candidate for substitution
                Node inner = in.peek() == 'F' ? function("") : type();
                node = inner instanceof Node.FunctionType f
                        ? new Node.FunctionType(f.result(), f.parameters(), qualifiers + f.qualifiers())
                        : new Node.Qualified(inner, qualifiers);
            }
            case 'P' -> {
                in.next();
                node = new Node.Pointer(type());
            }
            case 'R', 'O' -> {
                in.next();
                node = new Node.Reference(type(), c == 'O');
            }
            case 'C' -> {
                in.next();
                node = new Node.Suffixed(type(), " _Complex");
            }
            case 'G' -> {
                in.next();
                node = new Node.Suffixed(type(), " _Imaginary");
            }
            case 'U' -> {
                in.next();
                String qualifier = names.identifier();
                List<Node> arguments = in.peek() == 'I' ? arguments() : List.of();
                String text = arguments.isEmpty()
                        ? qualifier
                        : new NodeWriter().text(new Node.Template(new Node.Name(qualifier), arguments));
                node = new Node.Suffixed(type(), " " + text);
            }
            case 'F' -> node = function("");
            case 'A' -> node = array();
            case 'M' -> {
                in.next();
                Node owner = type();
                node = new Node.MemberPointer(owner, type());
            }
            case 'T' -> {
                node = templateParameter();
                if (in.peek() == 'I' && !inConversion) {
                    names.remember(node);
                    node = new Node.Template(node, arguments());
                }
            }
            case 'S' -> {
                if (in.peek(1) == 't') {
                    node = names.name();
                } else {
                    node = names.substitution();
                    if (in.peek() != 'I') return node;
                    node = new Node.Template(node, arguments());
                }
            }
            case 'D' -> {
                Node special = special();
                if (special instanceof Node.Name) return special;
                node = special;
            }
            case 'u' -> {
                in.next();
                Node name = new Node.Name(names.identifier());
                node = in.peek() == 'I' ? new Node.Template(name, arguments()) : name;
            }
            default -> node = names.name();
        }
        names.remember(node);
        return node;
    }

    private Node special() {
        char kind = in.peek(1);
        switch (kind) {
            case 't', 'T' -> {
                return decltype();
            }
            case 'p' -> {
                in.take(2);
                return new Node.Expansion(type());
            }
            case 'v' -> {
                in.take(2);
                Node size = in.take('_') ? expressions.expression() : new Node.Name(Integer.toString(in.number()));
                in.expect('_');
                return new Node.Vector(type(), size);
            }
            case 'o' -> {
                in.take(2);
                return function(" noexcept");
            }
            case 'O' -> {
                in.take(2);
                Node condition = expressions.expression();
                in.expect('E');
                return function(" noexcept(" + new NodeWriter().text(condition) + ")");
            }
            case 'w' -> {
                in.take(2);
                List<String> thrown = new ArrayList<>();
                while (!in.take('E')) thrown.add(new NodeWriter().text(type()));
                return function(" throw(" + String.join(", ", thrown) + ")");
            }
            case 'x' -> {
                in.take(2);
                return function(" transaction_safe");
            }
            case 'F' -> {
                in.take(2);
                int bits = in.number();
                if (in.take('x')) return new Node.Name("_Float" + bits + "x");
                if (in.take('b')) return new Node.Name("std::bfloat" + bits + "_t");
                in.expect('_');
                return new Node.Name("_Float" + bits);
            }
            default -> {
                String name = switch (kind) {
                    case 'a' -> "auto";
                    case 'c' -> "decltype(auto)";
                    case 'n' -> "decltype(nullptr)";
                    case 'i' -> "char32_t";
                    case 's' -> "char16_t";
                    case 'u' -> "char8_t";
                    case 'd' -> "decimal64";
                    case 'e' -> "decimal128";
                    case 'f' -> "decimal32";
                    case 'h' -> "half";
                    default -> throw in.error();
                };
                in.take(2);
                return new Node.Name(name);
            }
        }
    }

    private Node function(String exceptions) {
        in.expect('F');
        in.take('Y');
        Node result = type();
        List<Node> parameters = parameters();
        String qualifier = "";
        if (in.take('R')) qualifier = " &";
        else if (in.take('O')) qualifier = " &&";
        in.expect('E');
        return new Node.FunctionType(result, parameters, qualifier + exceptions);
    }

    private Node array() {
        in.expect('A');
        Node size = null;
        if (Input.isDigit(in.peek())) size = new Node.Name(Integer.toString(in.number()));
        else if (in.peek() != '_') size = expressions.expression();
        in.expect('_');
        return new Node.Array(type(), size);
    }

    Node decltype() {
        in.expect('D');
        in.next();
        Node expression = expressions.expression();
        in.expect('E');
        return new Node.Decltype(expression);
    }

    Node templateParameter() {
        in.expect('T');
        if (in.take('L')) {
            in.number();
            in.expect('_');
        }
        int index = in.peek() == '_' ? 0 : in.number() + 1;
        in.expect('_');
        return new Node.TemplateParameter(index);
    }

    List<Node> arguments() {
        in.expect('I');
        boolean outer = inConversion;
        inConversion = false;
        List<Node> found = new ArrayList<>();
        while (!in.take('E')) found.add(argument());
        inConversion = outer;
        return found;
    }

    Node argument() {
        names.enter();
        try {
            switch (in.peek()) {
                case 'L' -> {
                    return expressions.literal();
                }
                case 'X' -> {
                    in.next();
                    Node expression = expressions.expression();
                    in.expect('E');
                    return expression;
                }
                case 'J', 'I' -> {
                    in.next();
                    List<Node> elements = new ArrayList<>();
                    while (!in.take('E')) elements.add(argument());
                    return new Node.Pack(elements);
                }
                default -> {
                    return type();
                }
            }
        } finally {
            names.leave();
        }
    }

    static @Nullable String builtin(char c) {
        return switch (c) {
            case 'v' -> "void";
            case 'w' -> "wchar_t";
            case 'b' -> "bool";
            case 'c' -> "char";
            case 'a' -> "signed char";
            case 'h' -> "unsigned char";
            case 's' -> "short";
            case 't' -> "unsigned short";
            case 'i' -> "int";
            case 'j' -> "unsigned int";
            case 'l' -> "long";
            case 'm' -> "unsigned long";
            case 'x' -> "long long";
            case 'y' -> "unsigned long long";
            case 'n' -> "__int128";
            case 'o' -> "unsigned __int128";
            case 'f' -> "float";
            case 'd' -> "double";
            case 'e' -> "long double";
            case 'g' -> "__float128";
            case 'z' -> "...";
            default -> null;
        };
    }
}
