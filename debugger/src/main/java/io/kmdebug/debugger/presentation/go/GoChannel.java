package io.kmdebug.debugger.presentation.go;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.debugger.value.VariableTree;
import io.kmdebug.symbols.GoType;
import io.kmdebug.symbols.Type;
import java.util.ArrayList;
import java.util.List;

/** A channel: {@code len=2 cap=4 {10, 20}}, and below it the goroutines that wait for it. */
record GoChannel(Type element, Part channel, long count, long capacity, long buffer, long first)
        implements Presentation {
    private static final long MAX_CAPACITY = 1L << 40;
    private static final int MAX_WAITING = 1000;

    static Presentation of(GoType type, Part pointer, ProgramView program) {
        if (pointer.address() == 0) return new Nil("nil");
        Type element = type.element();
        if (element == null) throw new NotInitialised("its type does not say what it carries");
        Part channel = pointer.pointed();
        long count = channel.at("qcount").number();
        long capacity = channel.at("dataqsiz").number();
        long first = channel.at("recvx").number();
        boolean fits = count >= 0 && count <= capacity && capacity <= MAX_CAPACITY && first >= 0 && first <= capacity;
        if (!fits) throw new NotInitialised("it would hold " + count + " of " + capacity + " elements");
        return new GoChannel(
                element, channel, count, capacity, channel.at("buf").address(), first);
    }

    private Value at(long index) {
        return Value.inMemory(element, buffer + (first + index) % capacity * element.byteSize());
    }

    @Override
    public void summarize(Summary out) {
        if (out.outermost()) out.text("len=" + count + " cap=" + capacity + " ");
        out.elements(count, this::at);
        if (!out.outermost()) return;
        if (channel.at("closed").number() != 0) out.text(" closed");
        waiting(out, " waiting to receive: ", "recvq");
        waiting(out, " waiting to send: ", "sendq");
    }

    private void waiting(Summary out, String text, String queue) {
        List<Long> ids = waiting(queue);
        for (int i = 0; i < ids.size() && !out.full(); i++) {
            out.text(i == 0 ? text + "goroutine " : ", ").text(Long.toString(ids.get(i)));
        }
    }

    /** Ids of the goroutines in a queue, the first one first. */
    private List<Long> waiting(String queue) {
        List<Long> ids = new ArrayList<>();
        Part next = channel.at(queue, "first");
        while (next.address() != 0) {
            if (ids.size() == MAX_WAITING) break;
            Part waiter = next.pointed();
            ids.add(waiter.at("g").pointed().at("goid").number());
            next = waiter.at("next");
        }
        return ids;
    }

    @Override
    public Children children() {
        Children elements = Children.values(count, this::at);
        for (String queue : new String[] {"recvq", "sendq"}) {
            if (channel.at(queue, "first").address() == 0) continue;
            elements = elements.and(new VariableTree.Presented(
                    queue.equals("recvq") ? "waiting to receive" : "waiting to send", new Waiting(queue)));
        }
        return elements;
    }

    /** The goroutines of a queue. */
    private final class Waiting implements Presentation {
        private final String queue;

        private Waiting(String queue) {
            this.queue = queue;
        }

        @Override
        public void summarize(Summary out) {
            List<Long> ids = waiting(queue);
            for (int i = 0; i < ids.size() && !out.full(); i++) {
                out.text(i == 0 ? "goroutine " : ", ").text(Long.toString(ids.get(i)));
            }
        }
    }
}
