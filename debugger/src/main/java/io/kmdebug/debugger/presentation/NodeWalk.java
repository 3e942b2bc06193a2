package io.kmdebug.debugger.presentation;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.value.NotInitialised;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/** The nodes of a list or tree in order, found as far as somebody has looked. What was found stays known. */
public final class NodeWalk {
    /** One question never walks longer; the next one goes on from there. */
    private static final long NANOS = 1_000_000_000;

    private static final long MAX_NODES = 50_000_000;

    private final LongUnaryOperator next;
    private long[] nodes = new long[16];
    private int known;

    /**
     * @param first address of the first node; 0 for none
     * @param next of a node's address; 0 behind the last one
     */
    public NodeWalk(long first, LongUnaryOperator next) {
        this.next = next;
        nodes[0] = first;
        known = first == 0 ? 0 : 1;
    }

    /**
     * The address of node {@code index}.
     *
     * @throws NotInitialised when the nodes end before it
     * @throws DebuggerException when it is too far away to be found in time
     */
    public long node(long index) {
        if (index >= MAX_NODES) throw new DebuggerException("too many nodes lie before it");
        long deadline = System.nanoTime() + NANOS;
        while (known <= index) {
            if ((known & 0x3ff) == 0x3ff && System.nanoTime() - deadline > 0) {
                throw new DebuggerException("only " + known + " nodes were found within a second; ask again");
            }
            long node = known == 0 ? 0 : next.applyAsLong(nodes[known - 1]);
            if (node == 0) throw new NotInitialised("it ends after " + known + " elements");
            if (known == nodes.length) nodes = Arrays.copyOf(nodes, known * 2);
            nodes[known++] = node;
        }
        return nodes[(int) index];
    }

    /** How many nodes there are, where nothing else tells; {@code limit} when there are more or they are slow to find. */
    public long count(long limit) {
        long deadline = System.nanoTime() + NANOS;
        while (known > 0 && known < limit) {
            if ((known & 0x3ff) == 0 && System.nanoTime() - deadline > 0) return known;
            long node = next.applyAsLong(nodes[known - 1]);
            if (node == 0) return known;
            if (known == nodes.length) nodes = Arrays.copyOf(nodes, known * 2);
            nodes[known++] = node;
        }
        return known;
    }
}
