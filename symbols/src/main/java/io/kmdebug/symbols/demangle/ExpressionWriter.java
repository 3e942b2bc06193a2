package io.kmdebug.symbols.demangle;

import java.util.List;

/** Writes expressions, with parentheses around operands as c++filt has them. */
final class ExpressionWriter {
    private final NodeWriter w;

    ExpressionWriter(NodeWriter w) {
        this.w = w;
    }

    void write(Node node) {
        if (node instanceof Node.Decltype n) {
            w.put("decltype (");
            w.write(n.expression());
            w.put(")");
        } else if (node instanceof Node.Literal n) {
            literal(n);
        } else if (node instanceof Node.Unary n) {
            w.put(n.operator());
            Node operand = n.operand();
            if (n.operator().equals("&")
                    && operand instanceof Node.Function f
                    && f.name() instanceof Node.Nested name) {
                operand = name;
            }
            if (n.operator().equals("::")) w.write(operand);
            else operand(operand);
        } else if (node instanceof Node.Postfix n) {
            operand(n.operand());
            w.put(n.operator());
        } else if (node instanceof Node.Binary n) {
            binary(n);
        } else if (node instanceof Node.Conditional n) {
            operand(n.condition());
            w.put("?");
            operand(n.yes());
            w.put(" : ");
            operand(n.no());
        } else if (node instanceof Node.Call n) {
            Node callee = n.callee();
            if (callee instanceof Node.Function f) w.write(f.name());
            else operand(callee);
            arguments(n.arguments());
        } else if (node instanceof Node.Cast n) {
            cast(n);
        } else if (node instanceof Node.ConvertedList n) {
            w.put("(");
            w.write(n.type());
            w.put(")");
            arguments(n.operands());
        } else if (node instanceof Node.Braced n) {
            Node type = n.type();
            if (type != null) w.write(type);
            w.put("{");
            w.list(n.elements());
            w.put("}");
        } else if (node instanceof Node.Keyword n) {
            keyword(n);
        } else if (node instanceof Node.FunctionParameter n) {
            w.put("{parm#" + n.number() + "}");
        } else if (node instanceof Node.Fold n) {
            fold(n);
        } else if (node instanceof Node.New n) {
            allocation(n);
        }
    }

    private void arguments(List<Node> nodes) {
        w.put("(");
        w.list(nodes);
        w.put(")");
    }

    void operand(Node node) {
        boolean simple = node instanceof Node.Name
                || node instanceof Node.Nested
                || node instanceof Node.Braced
                || node instanceof Node.FunctionParameter;
        if (!simple) w.put("(");
        w.write(node);
        if (!simple) w.put(")");
    }

    private void literal(Node.Literal node) {
        String type = node.type() instanceof Node.Name name ? name.text() : "";
        String suffix = ItaniumExpressions.suffix(type);
        if (suffix != null) {
            w.put(node.value() + suffix);
        } else if (type.equals("bool")
                && (node.value().equals("0") || node.value().equals("1"))) {
            w.put(node.value().equals("1") ? "true" : "false");
        } else {
            w.put("(");
            w.write(node.type());
            w.put(")");
            boolean real = type.equals("float")
                    || type.equals("double")
                    || type.equals("long double")
                    || type.equals("__float128");
            w.put(real ? "[" + node.value() + "]" : node.value());
        }
    }

    private void binary(Node.Binary node) {
        // so that it is not taken for the end of template arguments
        boolean greater = node.operator().equals(">");
        if (greater) w.put("(");
        operand(node.left());
        if (node.operator().equals("[]")) {
            w.put("[");
            w.write(node.right());
            w.put("]");
        } else {
            w.put(node.operator());
            operand(node.right());
        }
        if (greater) w.put(")");
    }

    private void cast(Node.Cast node) {
        if (node.keyword().isEmpty()) {
            w.put("(");
            w.write(node.type());
            w.put(")");
            operand(node.operand());
            return;
        }
        w.put(node.keyword() + "<");
        w.write(node.type());
        w.put(">(");
        w.write(node.operand());
        w.put(")");
    }

    private void keyword(Node.Keyword node) {
        if (node.keyword().equals("sizeof...")) {
            Node.Pack pack = node.operand() instanceof Node.Pack known ? known : w.pack(node.operand());
            w.put(Integer.toString(pack == null ? 0 : pack.elements().size()));
            return;
        }
        w.put(node.keyword());
        w.write(node.operand());
        w.put(")");
    }

    private void fold(Node.Fold node) {
        w.put("(");
        Node left = node.left();
        Node right = node.right();
        if (left != null) {
            operand(left);
            w.put(node.operator() + "..." + node.operator());
            operand(node.pack());
        } else if (right != null) {
            operand(node.pack());
            w.put(node.operator() + "..." + node.operator());
            operand(right);
        } else if (node.pack() instanceof Node.Unary unary && unary.operator().equals("...")) {
            w.put("..." + node.operator());
            operand(unary.operand());
        } else {
            operand(node.pack());
            w.put(node.operator() + "...");
        }
        w.put(")");
    }

    private void allocation(Node.New node) {
        w.put(node.keyword());
        if (!node.placement().isEmpty()) {
            arguments(node.placement());
            w.put(" ");
        }
        w.write(node.type());
        List<Node> initializer = node.initializer();
        if (initializer != null) arguments(initializer);
    }
}
