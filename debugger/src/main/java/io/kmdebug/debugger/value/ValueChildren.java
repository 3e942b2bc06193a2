package io.kmdebug.debugger.value;

import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.FunctionType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.StaticMember;
import io.kmdebug.symbols.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The members, elements or target of a value, each with an expression that gives it. */
final class ValueChildren {
    private static final int ANONYMOUS_DEPTH = 16;

    private ValueChildren() {}

    /** Empty for a value that has none. */
    static Optional<Children> of(Value value, @Nullable String path, ProgramView program) {
        Type type = value.type().stripped();
        if (type instanceof CompositeType c) return composite(value, c, path, ".", program);
        if (type instanceof ArrayType a) return array(value, a, path);
        if (type instanceof PointerType p) return pointer(value, p, path, program);
        return Optional.empty();
    }

    private static Optional<Children> composite(
            Value value, CompositeType type, @Nullable String path, String operator, ProgramView program) {
        boolean empty = type.members().isEmpty() && type.staticMembers().isEmpty();
        if (type.isDeclaration() || empty) return Optional.empty();
        String prefix = path == null ? null : postfix(path) + operator;
        return Optional.of(Children.listed(() -> {
            List<VariableTree.Entry> entries = new ArrayList<>();
            addMembers(entries, value, type, prefix, program, 0);
            return entries;
        }));
    }

    /** Members of anonymous structures and unions are reached as if they were the outer one's: so they are shown. */
    private static void addMembers(
            List<VariableTree.Entry> entries,
            Value value,
            CompositeType type,
            @Nullable String prefix,
            ProgramView program,
            int depth) {
        for (CompositeType.Member member : type.members()) {
            Value part = value.member(member, program.memory());
            Type bare = member.type().stripped();
            if (member.name() == null && !member.base() && bare instanceof CompositeType c && depth < ANONYMOUS_DEPTH) {
                addMembers(entries, part, c, prefix, program, depth + 1);
            } else if (member.base() && FormatRun.isEmpty(bare)) {
                continue;
            } else if (member.base() && bare instanceof CompositeType c) {
                String name = c.tag() == null ? c.name() : c.tag();
                entries.add(new VariableTree.Group(name, () -> {
                    List<VariableTree.Entry> inherited = new ArrayList<>();
                    addMembers(inherited, part, c, prefix, program, depth + 1);
                    return inherited;
                }));
            } else {
                String name = member.name() == null ? "<anonymous>" : member.name();
                String path = prefix == null || member.name() == null ? null : prefix + name;
                entries.add(new VariableTree.Variable(name, () -> part, path));
            }
        }
        if (!type.staticMembers().isEmpty()) entries.add(shared(type, prefix, program));
    }

    /** What all objects of the class share; where it is, is looked for when somebody opens it. */
    private static VariableTree.Entry shared(CompositeType type, @Nullable String prefix, ProgramView program) {
        return new VariableTree.Group("[statics]", () -> {
            List<VariableTree.Entry> entries = new ArrayList<>();
            for (StaticMember member : type.staticMembers()) {
                String path = prefix == null ? null : prefix + member.name();
                entries.add(new VariableTree.Variable(member.name(), () -> program.staticMember(member), path));
            }
            return entries;
        });
    }

    private static Optional<Children> array(Value value, ArrayType type, @Nullable String path) {
        if (type.count() <= 0) return Optional.empty();
        Type element = type.element();
        long bits = element.byteSize() * 8;
        String prefix = path == null ? null : postfix(path);
        return Optional.of(Children.elements(type.count(), index -> {
            String name = "[" + index + "]";
            Value item = value.part(element, index * bits, 0);
            return new VariableTree.Variable(name, () -> item, prefix == null ? null : prefix + name);
        }));
    }

    private static Optional<Children> pointer(
            Value value, PointerType type, @Nullable String path, ProgramView program) {
        Type target = type.target();
        Type bare = target.stripped();
        Optional<Value> pointed = target(value, target, program);
        if (pointed.isEmpty() || bare instanceof FunctionType) return Optional.empty();
        if (type.kind() != PointerType.Kind.POINTER) return of(pointed.get(), path, program);
        if (bare instanceof CompositeType c) return composite(pointed.get(), c, path, "->", program);
        if (bare.byteSize() == 0) return Optional.empty();
        String expression = path == null ? null : "*" + (isPostfix(path) ? path : "(" + path + ")");
        String name = expression == null ? "*" : expression;
        VariableTree.Entry entry = new VariableTree.Variable(name, pointed::get, expression);
        return Optional.of(Children.listed(() -> List.of(entry)));
    }

    /** What a pointer points to; empty for null and for a pointer that cannot be read. */
    private static Optional<Value> target(Value pointer, Type type, ProgramView program) {
        if (pointer.storage() instanceof Storage.PointerTo t) {
            return Optional.of(new Value(type, t.target(), t.byteOffset() * 8, 0));
        }
        if (!(pointer.read(program.memory()) instanceof Value.Available a)) return Optional.empty();
        long address = Scalars.integer(a.bytes(), false).longValue();
        return address == 0 ? Optional.empty() : Optional.of(Value.inMemory(type, address));
    }

    static String postfix(String expression) {
        return isPostfix(expression) ? expression : "(" + expression + ")";
    }

    /** Whether a postfix operator binds to all of {@code expression}: a name, a parenthesis, and postfixes behind. */
    static boolean isPostfix(String expression) {
        int at = 0;
        int length = expression.length();
        if (length == 0) return false;
        if (expression.charAt(0) == '(') {
            at = closing(expression, 0);
            if (at < 0) return false;
        } else {
            at = nameEnd(expression, 0);
            if (at == 0) return false;
        }
        while (at < length) {
            char c = expression.charAt(at);
            if (c == '[' || c == '(') {
                at = closing(expression, at);
                if (at < 0) return false;
                continue;
            }
            int name = c == '.' ? at + 1 : expression.startsWith("->", at) ? at + 2 : -1;
            if (name < 0) return false;
            at = nameEnd(expression, name);
            if (at == name) return false;
        }
        return true;
    }

    private static int nameEnd(String text, int from) {
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean part = Character.isLetterOrDigit(c) || c == '_' || c == '$' || text.startsWith("::", at);
            if (!part) break;
            at += c == ':' ? 2 : 1;
        }
        return at;
    }

    /** Index behind the bracket that closes the one at {@code from}; -1 when there is none. */
    private static int closing(String text, int from) {
        int depth = 0;
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '(' || c == '[') depth++;
            if ((c == ')' || c == ']') && --depth == 0) return at + 1;
            if (c == '"' || c == '\'') return -1;
        }
        return -1;
    }
}
