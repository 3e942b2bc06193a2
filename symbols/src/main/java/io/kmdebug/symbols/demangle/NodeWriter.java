package io.kmdebug.symbols.demangle;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes names, types and expressions as C++ has them, in the way of c++filt. A type goes around its declarator, so it
 * is written in two halves. Template parameters are looked up among the arguments of the function that is written.
 */
final class NodeWriter {
    private static final int MAX_DEPTH = 600;
    private static final int MAX_CHARACTERS = 1 << 16;

    private final StringBuilder out = new StringBuilder();
    private final ExpressionWriter expressions = new ExpressionWriter(this);
    private int depth;
    private @Nullable Scope scope;
    private int packIndex = -1;
    private boolean lambdaParameters;

    /** The template arguments that template parameters name, and those of the functions around. */
    private record Scope(List<Node> arguments, @Nullable Scope outer) {}

    String text(Node node) {
        write(node);
        return out.toString();
    }

    void put(String text) {
        if (out.length() + text.length() > MAX_CHARACTERS) throw new MangledNameException("the name is too long");
        out.append(text);
    }

    private char last() {
        return out.length() == 0 ? 0 : out.charAt(out.length() - 1);
    }

    /** A whole name, type or expression. */
    void write(Node node) {
        left(node);
        right(node);
    }

    private void enter() {
        if (++depth > MAX_DEPTH) throw new MangledNameException("nested too deep");
    }

    private void left(Node node) {
        enter();
        if (node instanceof Node.Name n) put(n.text());
        else if (node instanceof Node.Nested n) nested(n);
        else if (node instanceof Node.Template n) template(n);
        else if (node instanceof Node.Tagged n) tagged(n);
        else if (node instanceof Node.Structor n) put((n.destructor() ? "~" : "") + className(n.scope()));
        else if (node instanceof Node.Conversion n) conversion(n);
        else if (node instanceof Node.Local n) local(n);
        else if (node instanceof Node.Lambda n) lambda(n);
        else if (node instanceof Node.Binding n) binding(n);
        else if (node instanceof Node.Function n) function(n);
        else if (node instanceof Node.Special n) special(n);
        else if (node instanceof Node.Construction n) construction(n);
        else if (node instanceof Node.Cloned n) cloned(n);
        else if (node instanceof Node.TemplateParameter n) leftParameter(n);
        else if (node instanceof Node.Pack n) list(n.elements());
        else if (node instanceof Node.Expansion n) expansion(n);
        else if (!leftType(node)) expressions.write(node);
        depth--;
    }

    private boolean leftType(Node node) {
        if (node instanceof Node.Qualified n) {
            left(n.type());
            boolean again = resolved(n.type()) instanceof Node.Qualified inner
                    && inner.qualifiers().equals(n.qualifiers());
            if (!again) put(n.qualifiers());
        } else if (node instanceof Node.Pointer n) {
            left(n.to());
            open(n.to());
            put("*");
        } else if (node instanceof Node.Reference n) {
            leftReference(n);
        } else if (node instanceof Node.MemberPointer n) {
            left(n.to());
            if (!open(n.to())) put(" ");
            write(n.owner());
            put("::*");
        } else if (node instanceof Node.Array n) {
            left(n.of());
        } else if (node instanceof Node.FunctionType n) {
            left(n.result());
            if (!isOpen(n.result())) put(" ");
        } else if (node instanceof Node.Vector n) {
            write(n.of());
            put(" __vector(");
            write(n.size());
            put(")");
        } else if (node instanceof Node.Suffixed n) {
            left(n.type());
            put(n.suffix());
        } else {
            return false;
        }
        return true;
    }

    /** What stands behind the declarator. */
    private void right(Node node) {
        enter();
        if (node instanceof Node.Qualified n) {
            right(n.type());
        } else if (node instanceof Node.Pointer n) {
            close(n.to());
        } else if (node instanceof Node.Reference n) {
            Node to = collapsed(n);
            if (to == n.to()) close(to);
            else right(to);
        } else if (node instanceof Node.MemberPointer n) {
            close(n.to());
        } else if (node instanceof Node.Array n) {
            if (last() != ']') put(" ");
            put("[");
            if (n.size() != null) write(n.size());
            put("]");
            right(n.of());
        } else if (node instanceof Node.FunctionType n) {
            put("(");
            list(n.parameters());
            put(")");
            put(n.qualifiers());
            right(n.result());
        } else if (node instanceof Node.Suffixed n) {
            right(n.type());
        } else if (node instanceof Node.TemplateParameter n && !lambdaParameters) {
            Scope own = scope;
            Node argument = argument(n);
            scope = own == null ? null : own.outer();
            right(argument);
            scope = own;
        }
        depth--;
    }

    /** Function and array types want their declarator in parentheses when it is a pointer. */
    private boolean open(Node to) {
        Node type = shape(to);
        boolean wanted = type instanceof Node.FunctionType || type instanceof Node.Array;
        if (wanted) put(type instanceof Node.FunctionType ? "(" : " (");
        return wanted;
    }

    private void close(Node to) {
        Node type = shape(to);
        if (type instanceof Node.FunctionType || type instanceof Node.Array) put(")");
        right(to);
    }

    /** Whether the type goes on behind its declarator. */
    private boolean isOpen(Node type) {
        Node node = resolved(type);
        if (node instanceof Node.Pointer n) return isRound(n.to());
        if (node instanceof Node.Reference n) return isRound(n.to());
        if (node instanceof Node.MemberPointer n) return isRound(n.to());
        if (node instanceof Node.Qualified n) return isOpen(n.type());
        return false;
    }

    private boolean isRound(Node type) {
        Node node = shape(type);
        return node instanceof Node.FunctionType || node instanceof Node.Array || isOpen(node);
    }

    /** A template parameter's argument, through as many parameters as it takes; else the node itself. */
    private Node resolved(Node node) {
        Scope own = scope;
        Node at = node;
        while (at instanceof Node.TemplateParameter parameter && scope != null && !lambdaParameters) {
            at = argument(parameter);
            scope = scope.outer();
        }
        scope = own;
        return at;
    }

    /** The type without qualifiers, which decides how its declarator is written. */
    private Node shape(Node node) {
        Node at = resolved(node);
        while (at instanceof Node.Qualified qualified) at = resolved(qualified.type());
        return at;
    }

    /** C++20 §9.3.4.3: a reference to a reference is an lvalue reference unless both are rvalue references. */
    private void leftReference(Node.Reference node) {
        Node to = collapsed(node);
        if (to != node.to()) {
            left(to);
            return;
        }
        left(to);
        open(to);
        put(node.rvalue() ? "&&" : "&");
    }

    /** The type that is meant in place of {@code node} when that refers to a reference; else what it refers to. */
    private Node collapsed(Node.Reference node) {
        Node target = resolved(node.to());
        if (!(target instanceof Node.Reference inner)) return node.to();
        if (inner.rvalue() && !node.rvalue()) return new Node.Reference(inner.to(), false);
        return node.to() instanceof Node.TemplateParameter ? node.to() == target ? node.to() : wrap(node.to()) : inner;
    }

    /** Another node with the same meaning, so that it is told apart from what it stands for. */
    private static Node wrap(Node node) {
        return new Node.Qualified(node, "");
    }

    private void nested(Node.Nested node) {
        write(node.scope());
        put("::");
        write(node.name());
    }

    private void template(Node.Template node) {
        left(node.name());
        if (last() == '<') put(" ");
        put("<");
        boolean lambda = lambdaParameters;
        lambdaParameters = false;
        list(node.arguments());
        lambdaParameters = lambda;
        if (last() == '>') put(" ");
        put(">");
    }

    private void tagged(Node.Tagged node) {
        left(node.name());
        put("[abi:" + node.tag() + "]");
    }

    private static String className(Node scope) {
        Node node = scope;
        while (true) {
            if (node instanceof Node.Nested n) node = n.name();
            else if (node instanceof Node.Template n) node = n.name();
            else if (node instanceof Node.Tagged n) node = n.name();
            else if (node instanceof Node.Local n) node = n.entity();
            else return new NodeWriter().text(node);
        }
    }

    private void conversion(Node.Conversion node) {
        put("operator ");
        write(node.type());
    }

    private void local(Node.Local node) {
        write(node.function());
        put("::");
        write(node.entity());
    }

    private void lambda(Node.Lambda node) {
        put("{lambda(");
        boolean outer = lambdaParameters;
        lambdaParameters = true;
        list(node.parameters());
        lambdaParameters = outer;
        put(")#" + node.number() + "}");
    }

    private void binding(Node.Binding node) {
        put("[");
        list(node.names());
        put("]");
    }

    private void special(Node.Special node) {
        put(node.prefix());
        write(node.of());
    }

    private void construction(Node.Construction node) {
        put("construction vtable for ");
        write(node.of());
        put("-in-");
        write(node.in());
    }

    private void cloned(Node.Cloned node) {
        write(node.of());
        put(" [clone " + node.suffix() + "]");
    }

    private void function(Node.Function node) {
        Scope outer = scope;
        boolean lambda = lambdaParameters;
        lambdaParameters = false;
        List<Node> arguments = arguments(node.name());
        if (arguments != null) scope = new Scope(arguments, outer);
        Node result = node.result();
        if (result != null) {
            left(result);
            if (!isOpen(result)) put(" ");
        }
        write(node.name());
        put("(");
        list(node.parameters());
        put(")");
        put(node.qualifiers());
        if (result != null) right(result);
        scope = outer;
        lambdaParameters = lambda;
    }

    /** The arguments of the template that a function's name is of. */
    private static @Nullable List<Node> arguments(Node name) {
        Node node = name;
        while (true) {
            if (node instanceof Node.Template n) return n.arguments();
            if (node instanceof Node.Local n) node = n.entity();
            else if (node instanceof Node.Nested n
                    && n.scope() instanceof Node.Name place
                    && place.text().startsWith("{default")) node = n.name();
            else return null;
        }
    }

    private void leftParameter(Node.TemplateParameter node) {
        if (lambdaParameters) {
            put("auto:" + (node.index() + 1));
            return;
        }
        Scope own = scope;
        Node argument = argument(node);
        scope = own == null ? null : own.outer();
        left(argument);
        scope = own;
    }

    private Node argument(Node.TemplateParameter node) {
        Scope own = scope;
        if (own == null || node.index() >= own.arguments().size()) {
            throw new MangledNameException("a template parameter has no argument");
        }
        Node argument = own.arguments().get(node.index());
        if (argument instanceof Node.Pack pack && packIndex >= 0) {
            if (packIndex >= pack.elements().size()) throw new MangledNameException("packs of different lengths");
            return pack.elements().get(packIndex);
        }
        return argument;
    }

    /** Elements with commas between; what turns out to be nothing, such as an empty pack, leaves no comma. */
    void list(List<Node> nodes) {
        boolean any = false;
        for (Node node : nodes) {
            int start = out.length();
            if (any) put(", ");
            int behind = out.length();
            write(node);
            if (out.length() == behind) out.setLength(start);
            else any = true;
        }
    }

    /** The pack that a pattern names; null for none. */
    Node.@Nullable Pack pack(Node pattern) {
        return Packs.find(pattern, scope == null ? List.of() : scope.arguments(), 0);
    }

    private void expansion(Node.Expansion node) {
        Node.Pack pack = lambdaParameters ? null : pack(node.pattern());
        if (pack == null) {
            expressions.operand(node.pattern());
            put("...");
            return;
        }
        int outer = packIndex;
        boolean any = false;
        for (int i = 0; i < pack.elements().size(); i++) {
            if (any) put(", ");
            packIndex = i;
            write(node.pattern());
            any = true;
        }
        packIndex = outer;
    }
}
