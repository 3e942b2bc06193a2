package io.kmdebug.debugger.presentation.rust;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** B-trees, in the order of their keys. An inner node is a leaf with the edges to its children behind it. */
final class RustTree {
    private static final int MAX_HEIGHT = 24;
    private static final int MAX_KEYS = 64;

    private final Part map;
    private final long length;
    private final Type keyType;
    private final Type valueType;
    private final List<Summary.Pair> known = new ArrayList<>();
    private final Deque<Cursor> open = new ArrayDeque<>();
    private boolean started;

    /** A node on the way to the next entry. */
    private static final class Cursor {
        final Part node;
        final int height;
        final int keys;
        int next;
        boolean edgeTaken;

        Cursor(Part node, int height) {
            this.node = node;
            this.height = height;
            this.keys = (int) node.at("len").number();
            if (keys < 0 || keys > MAX_KEYS) throw new NotInitialised("a node of its tree has " + keys + " keys");
        }
    }

    private RustTree(Part map) {
        this.map = map;
        this.length = map.at("length").number();
        this.keyType = RustParts.argument(map.type(), 0);
        this.valueType = RustParts.argument(map.type(), 1);
        if (length < 0) throw new NotInitialised("it would hold " + Long.toUnsignedString(length));
    }

    static Presentation map(Part map) {
        RustTree tree = new RustTree(map);
        return new RustMap(tree.length, tree::pair);
    }

    static Presentation set(Part set) {
        RustTree tree = new RustTree(set.at("map"));
        return new RustList(tree.length, i -> tree.pair(i).key(), true, true);
    }

    private Summary.Pair pair(long index) {
        if (!started) start();
        while (known.size() <= index) advance();
        return known.get((int) index);
    }

    private void start() {
        started = true;
        Part root = RustEnum.fields(map.at("root"));
        Part node = root.find("__0").orElseThrow(() -> new NotInitialised("it has entries and no root"));
        int height = (int) RustParts.either(node, "height").number();
        if (height < 0 || height > MAX_HEIGHT) throw new NotInitialised("its tree is " + height + " levels high");
        open.push(new Cursor(RustParts.pointer(node.at("node")).pointed(), height));
    }

    private void advance() {
        while (true) {
            Cursor at = open.peek();
            if (at == null) throw new NotInitialised("only " + known.size() + " of its entries are there");
            if (at.height > 0 && !at.edgeTaken) {
                at.edgeTaken = true;
                open.push(new Cursor(child(at), at.height - 1));
                continue;
            }
            if (at.next >= at.keys) {
                open.pop();
                continue;
            }
            Value key = element(at.node.at("keys"), at.next, keyType);
            Value value = element(at.node.at("vals"), at.next, valueType);
            at.next++;
            at.edgeTaken = false;
            known.add(new Summary.Pair(key, value));
            return;
        }
    }

    /** {@code MaybeUninit} has the size of what it may hold. */
    private static Value element(Part array, int index, Type type) {
        if (!(array.type() instanceof ArrayType)) throw new NotInitialised("a node without arrays");
        return array.value().part(type, index * type.byteSize() * 8, 0);
    }

    private static Part child(Cursor at) {
        Part leaf = at.node;
        long address = leaf.value().address().orElseThrow(() -> new NotInitialised("a node without an address"));
        long edges = address + (leaf.type().byteSize() + 7) / 8 * 8;
        Part edge = leaf.in(
                new io.kmdebug.symbols.PointerType(io.kmdebug.symbols.PointerType.Kind.POINTER, leaf::type),
                edges + at.next * 8L);
        return edge.pointed();
    }
}
