package io.kmdebug.cli.html;

import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.CrashReport.FrameReport;
import io.kmdebug.debugger.CrashReport.ThreadReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The stacks of all threads as one tree: what they have in common from the outermost function on is drawn once. Calls
 * that no stack leaves are one node, and a function that calls itself is one line.
 */
final class StackTree {
    private static final int THREADS_NAMED = 6;

    private final Markup page;
    private final CrashReport report;

    StackTree(Markup page, CrashReport report) {
        this.page = page;
        this.report = report;
    }

    private static final class Node {
        private final Map<String, Node> inner = new LinkedHashMap<>();
        private final List<ThreadReport> through = new ArrayList<>();
        private int ends;

        void add(ThreadReport thread, List<String> functions) {
            Node node = this;
            node.through.add(thread);
            for (String function : functions) {
                node = node.inner.computeIfAbsent(function, f -> new Node());
                node.through.add(thread);
            }
            node.ends++;
        }
    }

    void write() {
        Node root = new Node();
        for (ThreadReport thread : report.threads()) {
            if (!thread.frames().isEmpty()) root.add(thread, functions(thread));
        }
        page.open("section", "id", "stacks").element("h2", "Stacks of all threads");
        page.open("ul", "class", "tree").line();
        root.inner.forEach(this::node);
        page.close().close().line();
    }

    /** Outermost first, a function that calls itself once. */
    private static List<String> functions(ThreadReport thread) {
        List<String> functions = new ArrayList<>();
        int times = 1;
        List<FrameReport> frames = thread.frames();
        for (int i = frames.size() - 1; i >= 0; i--) {
            String function = frames.get(i).frame().function();
            boolean again = i > 0 && frames.get(i - 1).frame().function().equals(function);
            if (again) {
                times++;
                continue;
            }
            functions.add(times == 1 ? function : function + " × " + times);
            times = 1;
        }
        return functions;
    }

    private void node(String function, Node node) {
        boolean fault = node.through.stream().anyMatch(t -> t.thread().id() == report.faultingThread());
        page.open("li").open("div", "class", fault ? "node fault" : "node");
        int count = node.through.size();
        page.element("span", count == 1 ? "1 thread" : count + " threads", "class", "count", "title", names(node));
        String name = function;
        Node last = node;
        page.open("ol").element("li", name, "class", "find");
        while (last.ends == 0 && last.inner.size() == 1) {
            Map.Entry<String, Node> next = last.inner.entrySet().iterator().next();
            name = next.getKey();
            last = Objects.requireNonNull(next.getValue());
            page.element("li", name, "class", "find");
        }
        page.close().close();
        if (!last.inner.isEmpty()) {
            page.open("ul").line();
            last.inner.forEach(this::node);
            page.close();
        }
        page.close().line();
    }

    private static String names(Node node) {
        StringBuilder names = new StringBuilder();
        for (ThreadReport thread : node.through.subList(0, Math.min(THREADS_NAMED, node.through.size()))) {
            names.append(names.isEmpty() ? "" : ", ");
            if (!thread.thread().isGoroutine())
                names.append(thread.thread().id()).append(' ');
            names.append(thread.thread().name());
        }
        return node.through.size() > THREADS_NAMED ? names + " and more" : names.toString();
    }
}
