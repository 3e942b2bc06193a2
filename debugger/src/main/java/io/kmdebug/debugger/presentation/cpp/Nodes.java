package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.presentation.Dictionary;
import io.kmdebug.debugger.presentation.NodeWalk;
import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.presentation.Sequence;
import io.kmdebug.debugger.value.Alignment;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Recipe;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.Type;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Containers of nodes: lists, trees and hash tables, each of both libraries. */
final class Nodes {
    private static final BaseType WORD = new BaseType("unsigned long", 8, BaseType.Encoding.UNSIGNED);
    /** A list that does not count its elements is counted so far. */
    private static final long COUNTED = 100_000;

    private Nodes() {}

    static @Nullable Recipe gnu(String name, CompositeType type) {
        return switch (name) {
            case "list" ->
                (value, program) -> {
                    Part head = new Part(value, program.memory()).at("_M_impl", "_M_node");
                    return list(program, head, head.at("_M_next").address(), head.find("_M_size"), type, false);
                };
            case "forward_list" ->
                (value, program) -> {
                    long first = new Part(value, program.memory())
                            .at("_M_impl", "_M_head", "_M_next")
                            .address();
                    return forwardList(program, first, type);
                };
            case "map", "multimap", "set", "multiset" ->
                (value, program) -> {
                    Part tree = new Part(value, program.memory()).at("_M_t");
                    Part impl = tree.at("_M_impl");
                    Type element = TemplateArguments.type(tree.type(), 1, program);
                    long count = impl.at("_M_node_count").number();
                    long first =
                            count == 0 ? 0 : impl.at("_M_header", "_M_left").address();
                    long header = place(impl.at("_M_header"));
                    NodeWalk walk = new NodeWalk(first, node -> successor(program.memory(), node, 8, 16, 24, header));
                    return of(program, walk, count, Alignment.next(32, element), element, name.contains("map"));
                };
            case "unordered_map", "unordered_multimap", "unordered_set", "unordered_multiset" ->
                (value, program) -> {
                    Part table = new Part(value, program.memory()).at("_M_h");
                    Type element = TemplateArguments.type(table.type(), 1, program);
                    NodeWalk walk =
                            chain(program, table.at("_M_before_begin", "_M_nxt").address(), 0);
                    long count = table.at("_M_element_count").number();
                    return of(program, walk, count, Alignment.next(8, element), element, name.contains("map"));
                };
            default -> null;
        };
    }

    static @Nullable Recipe llvm(String name, CompositeType type) {
        return switch (name) {
            case "list" ->
                (value, program) -> {
                    Part list = new Part(value, program.memory());
                    Part head = list.at("__end_");
                    Part size =
                            list.find("__size_alloc_").map(Sequences::unpaired).orElseGet(() -> list.at("__size_"));
                    return list(program, head, head.at("__next_").address(), Optional.of(size), type, true);
                };
            case "forward_list" ->
                (value, program) -> {
                    Part head = Sequences.unpaired(new Part(value, program.memory()).at("__before_begin_"));
                    return forwardList(program, head.at("__next_").address(), type);
                };
            case "map", "multimap", "set", "multiset" ->
                (value, program) -> {
                    Part tree = new Part(value, program.memory()).at("__tree_");
                    Type element = pairOf(TemplateArguments.type(tree.type(), 0, program));
                    Part end = tree.find("__pair1_").map(Sequences::unpaired).orElseGet(() -> tree.at("__end_node_"));
                    Part size = tree.find("__pair3_").map(Sequences::unpaired).orElseGet(() -> tree.at("__size_"));
                    long count = size.number();
                    long first = count == 0 ? 0 : tree.at("__begin_node_").address();
                    long header = place(end);
                    // left, right, parent, and a byte for the colour
                    NodeWalk walk = new NodeWalk(first, node -> successor(program.memory(), node, 16, 0, 8, header));
                    return of(program, walk, count, Alignment.next(25, element), element, name.contains("map"));
                };
            case "unordered_map", "unordered_multimap", "unordered_set", "unordered_multiset" ->
                (value, program) -> {
                    Part table = new Part(value, program.memory()).at("__table_");
                    Type element = pairOf(TemplateArguments.type(table.type(), 0, program));
                    Part first =
                            table.find("__p1_").map(Sequences::unpaired).orElseGet(() -> table.at("__first_node_"));
                    Part size = table.find("__p2_").map(Sequences::unpaired).orElseGet(() -> table.at("__size_"));
                    NodeWalk walk = chain(program, first.at("__next_").address(), 0);
                    return of(program, walk, size.number(), Alignment.next(16, element), element, name.contains("map"));
                };
            default -> null;
        };
    }

    /** libc++ wraps the pairs of maps: {@code __value_type}, {@code __hash_value_type}. */
    private static Type pairOf(Type element) {
        if (!(element.stripped() instanceof CompositeType wrapper)) return element;
        for (CompositeType.Member member : wrapper.members()) {
            if (member.name() != null
                    && (member.name().equals("__cc") || member.name().equals("__cc_"))) {
                return member.type();
            }
        }
        return element;
    }

    private static long place(Part part) {
        return part.value().address().orElseThrow(() -> new NotInitialised("it is not in memory"));
    }

    private static Presentation list(
            ProgramView program,
            Part head,
            long first,
            Optional<Part> size,
            CompositeType type,
            boolean previousFirst) {
        long end = place(head);
        NodeWalk walk = chain(program, first == end ? 0 : first, end, previousFirst ? 8 : 0);
        long count = size.isPresent() ? size.get().number() : walk.count(COUNTED);
        Type element = TemplateArguments.type(type, 0, program);
        return of(program, walk, count, Alignment.next(16, element), element, false);
    }

    private static Presentation forwardList(ProgramView program, long first, CompositeType type) {
        Type element = TemplateArguments.type(type, 0, program);
        NodeWalk walk = chain(program, first, 0);
        return of(program, walk, walk.count(COUNTED), Alignment.next(8, element), element, false);
    }

    private static NodeWalk chain(ProgramView program, long first, long end) {
        return chain(program, first, end, 0);
    }

    private static NodeWalk chain(ProgramView program, long first, long end, int nextOffset) {
        LongUnaryOperator next = node -> {
            long following = word(program.memory(), node + nextOffset);
            return following == end ? 0 : following;
        };
        return new NodeWalk(first, next);
    }

    private static Presentation of(
            ProgramView program, NodeWalk walk, long count, long offset, Type element, boolean keyed) {
        Sequence.checkCount(count);
        if (count > 0) word(program.memory(), walk.node(0));
        if (!keyed) return new Sequence(count, i -> Value.inMemory(element, walk.node(i) + offset));
        return new Dictionary(count, i -> {
            Part pair = new Part(Value.inMemory(element, walk.node(i) + offset), program.memory());
            return new Summary.Pair(pair.at("first").value(), pair.at("second").value());
        });
    }

    static long word(MemoryReader memory, long address) {
        return new Part(Value.inMemory(WORD, address), memory).number();
    }

    /** The next node in order of a binary tree; 0 behind the last one, above which is {@code header}. */
    static long successor(MemoryReader memory, long node, int parent, int left, int right, long header) {
        long at = word(memory, node + right);
        // a balanced tree of all of memory is not deeper
        int steps = 0;
        if (at != 0) {
            while (word(memory, at + left) != 0) {
                at = word(memory, at + left);
                checkDepth(++steps);
            }
            return at;
        }
        at = node;
        while (true) {
            long above = word(memory, at + parent);
            if (above == header || above == 0) return 0;
            if (word(memory, above + right) != at) return above;
            at = above;
            checkDepth(++steps);
        }
    }

    private static void checkDepth(int steps) {
        if (steps > 200) throw new NotInitialised("its nodes are no tree");
    }
}
