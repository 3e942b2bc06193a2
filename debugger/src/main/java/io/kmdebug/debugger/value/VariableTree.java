package io.kmdebug.debugger.value;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.VariableInfo;
import io.kmdebug.symbols.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The handles under which a client asks for children. A handle lives until {@link #clear}, which the session calls
 * when the payload goes on; handles are never used again.
 */
public final class VariableTree {
    /** An answer never has more lines than this; a client that wants the others names where to start. */
    static final int MAX_CHILDREN = 10_000;

    /** A pointer to a pointer to … : more than this is a cycle. */
    private static final int MAX_WRAPPERS = 16;

    private static final int MOST_TYPES = 10_000;

    /** A longer key is no name. */
    private static final int MAX_KEY = 100;

    /** A line of the tree before it is shown. */
    public sealed interface Entry {
        String name();
    }

    /**
     * A value with a name.
     *
     * @param evaluateName an expression that gives this value, or what follows the expression of the parent where it
     *     starts with a dot, or null
     */
    public record Variable(
            String name, Supplier<Value> value, @Nullable String evaluateName) implements Entry {}

    /** A folder, such as a set of registers. */
    public record Group(String name, Supplier<List<Entry>> entries) implements Entry {}

    /** As {@link Variable}, but shown as the library declares it, and not what it stands for. */
    public record Raw(String name, Value value, @Nullable String evaluateName) implements Entry {}

    /**
     * A value under its key, by which it is named once it is shown.
     *
     * @param name where it stands: {@code [3]}
     */
    public record Keyed(String name, Supplier<Summary.Pair> pair) implements Entry {}

    /** A line that stands for no single value. */
    public record Presented(String name, Presentation presentation) implements Entry {}

    /** As {@link Variable}, but its integers are always shown in hexadecimal. */
    record Register(String name, Value value, String evaluateName) implements Entry {}

    /**
     * What a handle stands for.
     *
     * @param style how everything below is shown
     * @param path an expression that gives the value that the children are of, or null
     */
    private record Node(
            int frameId,
            Children children,
            Style style,
            @Nullable String path) {}

    private final ValueFormatter formatter;
    private final Map<Integer, Node> nodes = new HashMap<>();
    /** Spelling a type takes longer than showing a number. */
    private final Map<Type, String> typeNames = new IdentityHashMap<>();

    private int lastReference;

    public VariableTree(ValueFormatter formatter) {
        this.formatter = formatter;
    }

    /**
     * A handle for a scope. The entries are asked for once, when the client opens it.
     *
     * @param frameId given back by {@link #frameOf} for this handle and everything below it
     */
    public int scope(int frameId, Supplier<List<Entry>> entries) {
        return add(new Node(frameId, Children.listed(entries), Style.PLAIN, null));
    }

    /** One value as a line; it gets a handle when it has children. */
    public VariableInfo show(int frameId, String name, Value value, @Nullable String evaluateName, boolean hex) {
        return show(frameId, name, value, evaluateName, Style.PLAIN, hex);
    }

    /**
     * As above.
     *
     * @param style of the value and everything below it
     * @param hex whether this line alone is in hexadecimal whatever the style
     */
    public VariableInfo show(
            int frameId, String name, Value value, @Nullable String evaluateName, Style style, boolean hex) {
        try {
            Style here = hex ? style.with(Style.Notation.HEX) : style;
            ValueFormatter.Text text = formatter.text(value, here);
            Optional<Presentation> presented = formatter.presentation(value, style);
            Optional<Children> below = text.available() ? children(value, presented, evaluateName) : Optional.empty();
            int reference = below.isPresent() ? add(new Node(frameId, below.get(), style, evaluateName)) : 0;
            boolean counted =
                    below.isPresent() && !presented.map(Presentation::isAnother).orElse(false);
            int count = counted ? below.get().count() : 0;
            int indexed = counted ? below.get().indexed() : 0;
            return new VariableInfo(
                    name,
                    text.text(),
                    presented.flatMap(Presentation::typeName).orElseGet(() -> typeName(value.type())),
                    text.available(),
                    reference,
                    indexed,
                    count - indexed,
                    memoryReference(value),
                    evaluateName);
        } catch (RuntimeException e) {
            return failed(name, e, evaluateName);
        }
    }

    private String typeName(Type type) {
        if (typeNames.size() > MOST_TYPES) typeNames.clear();
        return typeNames.computeIfAbsent(type, Type::name);
    }

    /** One bad variable must not take its neighbours along: whatever the debug information did, it is its reason. */
    private static VariableInfo failed(String name, RuntimeException failure, @Nullable String evaluateName) {
        String reason = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return new VariableInfo(name, "<" + reason + ">", null, false, 0, 0, 0, null, evaluateName);
    }

    private Optional<Children> children(Value value, Optional<Presentation> presented, @Nullable String evaluateName) {
        if (presented.isEmpty()) return ValueChildren.of(value, evaluateName, formatter.program());
        Presentation presentation = presented.get();
        String rawPath = evaluateName == null ? null : evaluateName + ",raw";
        Entry raw = new Raw("[raw]", value, rawPath);
        if (presentation.isAnother()) return Optional.of(another(presentation, value, evaluateName, raw));
        Optional<Value> other = presentation.standsFor();
        if (other.isPresent()) return childrenOf(other.get(), evaluateName, 0);
        Children own = childrenOf(presentation);
        if (presentation.hidesMembers()) return Optional.of(own.and(raw));
        return own.count() == 0 ? Optional.empty() : Optional.of(own);
    }

    /** Which type it is may take a while to find out, so that this waits until somebody looks. */
    private Children another(Presentation presentation, Value value, @Nullable String path, Entry raw) {
        return Children.listed(() -> {
            List<Entry> entries = new ArrayList<>();
            Optional<Value> other = presentation.standsFor();
            if (other.isPresent()) {
                boolean pointer = Scalars.isPointer(value.type());
                String cast = path == null
                        ? null
                        : "((" + other.get().type().name() + ")" + (pointer ? "" : "&") + ValueChildren.postfix(path)
                                + ")";
                ValueChildren.of(other.get(), cast, formatter.program()).ifPresent(c -> addAll(c, entries));
            } else {
                ValueChildren.of(value, path, formatter.program()).ifPresent(c -> addAll(c, entries));
            }
            entries.add(raw);
            return entries;
        });
    }

    private static void addAll(Children children, List<Entry> entries) {
        int count = Math.min(children.count(), MAX_CHILDREN);
        for (int i = 0; i < count; i++) entries.add(children.at(i));
    }

    /** Those of the value that another one stands for, perhaps for a third one. */
    private Optional<Children> childrenOf(Value value, @Nullable String evaluateName, int depth) {
        Optional<Presentation> presented = formatter.presentation(value, Style.PLAIN);
        Optional<Value> other = presented.filter(p -> !p.isAnother()).flatMap(Presentation::standsFor);
        if (other.isEmpty()) return children(value, presented, evaluateName);
        return depth < MAX_WRAPPERS ? childrenOf(other.get(), evaluateName, depth + 1) : Optional.empty();
    }

    /** Those of a value that is not what its type says are not worth showing. */
    private static Children childrenOf(Presentation presentation) {
        try {
            Children children = presentation.children();
            return children.count() >= 0 ? children : Children.NONE;
        } catch (RuntimeException e) {
            return Children.NONE;
        }
    }

    private @Nullable String memoryReference(Value value) {
        if (Scalars.isPointer(value.type())) {
            if (value.read(formatter.memory()) instanceof Value.Available a) {
                return hex(Scalars.integer(a.bytes(), false).longValue());
            }
            return null;
        }
        return value.address().isPresent() ? hex(value.address().getAsLong()) : null;
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }

    /**
     * Children of a handle.
     *
     * @param start index of the first one
     * @param count 0 for all (but never more than some thousands)
     * @throws DebuggerException when the handle is not valid (any more)
     */
    public List<VariableInfo> children(int reference, int start, int count, boolean hex) {
        Node node = node(reference);
        int total = node.children().count();
        int from = Math.max(0, Math.min(start, total));
        int wanted = count <= 0 ? MAX_CHILDREN : Math.min(count, MAX_CHILDREN);
        int to = (int) Math.min((long) from + wanted, total);
        List<VariableInfo> out = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) out.add(show(node, node.children().at(i), hex));
        return out;
    }

    private VariableInfo show(Node node, Entry entry, boolean hex) {
        if (entry instanceof Group group) {
            Children children = Children.listed(group.entries());
            int reference = add(new Node(node.frameId(), children, node.style(), null));
            return new VariableInfo(group.name(), "", null, true, reference, 0, children.count(), null, null);
        }
        int frame = node.frameId();
        Style style = node.style();
        try {
            if (entry instanceof Register r) {
                Style always = style.with(Style.Notation.HEX);
                return show(frame, r.name(), r.value(), r.evaluateName(), always, hex);
            }
            if (entry instanceof Raw r) return show(frame, r.name(), r.value(), r.evaluateName(), style.asRaw(), hex);
            if (entry instanceof Keyed k) return showKeyed(node, k, hex);
            if (entry instanceof Presented p) return showPresented(node, p, hex);
            Variable variable = (Variable) entry;
            return show(frame, variable.name(), variable.value().get(), evaluateName(node, variable), style, hex);
        } catch (RuntimeException e) {
            return failed(entry.name(), e, null);
        }
    }

    /** Elements of what behaves as an array are reached as those of an array. */
    private static @Nullable String evaluateName(Node node, Variable variable) {
        String path = node.path();
        String known = variable.evaluateName();
        if (known != null && known.startsWith(".")) return path == null ? null : ValueChildren.postfix(path) + known;
        boolean element = known == null && isIndex(variable.name());
        return element && path != null ? ValueChildren.postfix(path) + variable.name() : known;
    }

    private static boolean isIndex(String name) {
        return name.length() > 2 && name.charAt(0) == '[' && Character.isDigit(name.charAt(1));
    }

    /** A key that is short is the name; else key and value are two lines below. */
    private VariableInfo showKeyed(Node node, Keyed keyed, boolean hex) {
        Summary.Pair pair = keyed.pair().get();
        ValueFormatter.Text key = formatter.text(pair.key(), node.style());
        boolean name =
                key.available() && key.text().length() <= MAX_KEY && !key.text().startsWith("{");
        if (name) {
            String index = "[" + key.text() + "]";
            String path = node.path();
            String element = path == null ? null : ValueChildren.postfix(path) + index;
            return show(node.frameId(), index, pair.value(), element, node.style(), hex);
        }
        return showPresented(node, new Presented(keyed.name(), new PairPresentation(pair)), hex);
    }

    private VariableInfo showPresented(Node node, Presented entry, boolean hex) {
        Style style = hex ? node.style().with(Style.Notation.HEX) : node.style();
        Children below = childrenOf(entry.presentation());
        int count = below.count();
        int reference = count == 0 ? 0 : add(new Node(node.frameId(), below, node.style(), null));
        return new VariableInfo(
                entry.name(),
                formatter.text(entry.presentation(), style),
                entry.presentation().typeName().orElse(null),
                true,
                reference,
                below.indexed(),
                count - below.indexed(),
                null,
                null);
    }

    /** A child to be set, by the name it was shown with. */
    public Optional<Variable> child(int reference, String name) {
        Children children = node(reference).children();
        return children.named(name).flatMap(entry -> {
            if (entry instanceof Register r) return Optional.of(new Variable(r.name(), r::value, r.evaluateName()));
            if (entry instanceof Keyed k) {
                return Optional.of(new Variable(k.name(), () -> k.pair().get().value(), null));
            }
            return entry instanceof Variable v ? Optional.of(v) : Optional.empty();
        });
    }

    /** The frame a handle belongs to. */
    public int frameOf(int reference) {
        return node(reference).frameId();
    }

    /** How many children a handle has. */
    public int count(int reference) {
        return node(reference).children().count();
    }

    /** Forgets all handles. */
    public void clear() {
        nodes.clear();
    }

    private int add(Node node) {
        nodes.put(++lastReference, node);
        return lastReference;
    }

    private Node node(int reference) {
        Node node = nodes.get(reference);
        if (node == null) {
            throw new DebuggerException("variable reference " + reference
                    + " is not valid: references end when the payload goes on; ask for the scopes again");
        }
        return node;
    }
}
