package io.kmdebug.symbols.demangle;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds which template parameter pack a pattern is about. */
final class Packs {
    private static final int MAX_DEPTH = 600;

    private Packs() {}

    /** The first argument that is a pack of those that the template parameters in {@code node} name; null for none. */
    static Node.@Nullable Pack find(Node node, List<Node> arguments, int level) {
        if (level > MAX_DEPTH) return null;
        if (node instanceof Node.TemplateParameter parameter) {
            if (parameter.index() >= arguments.size()) return null;
            return arguments.get(parameter.index()) instanceof Node.Pack pack ? pack : null;
        }
        for (Node part : parts(node)) {
            Node.Pack pack = find(part, arguments, level + 1);
            if (pack != null) return pack;
        }
        return null;
    }

    private static List<Node> parts(Node node) {
        List<Node> parts = new ArrayList<>();
        if (node instanceof Node.Nested n) parts.addAll(List.of(n.scope(), n.name()));
        else if (node instanceof Node.Template n) {
            parts.add(n.name());
            parts.addAll(n.arguments());
        } else if (node instanceof Node.Qualified n) parts.add(n.type());
        else if (node instanceof Node.Pointer n) parts.add(n.to());
        else if (node instanceof Node.Reference n) parts.add(n.to());
        else if (node instanceof Node.MemberPointer n) parts.addAll(List.of(n.owner(), n.to()));
        else if (node instanceof Node.Array n) parts.add(n.of());
        else if (node instanceof Node.FunctionType n) {
            parts.add(n.result());
            parts.addAll(n.parameters());
        } else if (node instanceof Node.Decltype n) parts.add(n.expression());
        else if (node instanceof Node.Unary n) parts.add(n.operand());
        else if (node instanceof Node.Binary n) parts.addAll(List.of(n.left(), n.right()));
        else if (node instanceof Node.Conditional n) parts.addAll(List.of(n.condition(), n.yes(), n.no()));
        else if (node instanceof Node.Call n) {
            parts.add(n.callee());
            parts.addAll(n.arguments());
        } else if (node instanceof Node.Cast n) parts.addAll(List.of(n.type(), n.operand()));
        else if (node instanceof Node.ConvertedList n) {
            parts.add(n.type());
            parts.addAll(n.operands());
        } else if (node instanceof Node.Braced n) {
            if (n.type() != null) parts.add(n.type());
            parts.addAll(n.elements());
        } else if (node instanceof Node.Keyword n) parts.add(n.operand());
        else if (node instanceof Node.Suffixed n) parts.add(n.type());
        else if (node instanceof Node.Literal n) parts.add(n.type());
        return parts;
    }
}
