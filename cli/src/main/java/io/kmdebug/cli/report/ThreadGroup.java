package io.kmdebug.cli.report;

import io.kmdebug.debugger.CrashAnalysis;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.CrashReport.FrameReport;
import io.kmdebug.debugger.CrashReport.ThreadReport;
import io.kmdebug.debugger.VariableInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Threads that are shown once.
 *
 * @param alike the first of them is the one that is shown
 * @param faulting whether this is the thread at fault, with the goroutine that it runs
 */
public record ThreadGroup(List<ThreadReport> alike, boolean faulting) {
    private static final int NAMES_IN_A_TITLE = 8;

    /**
     * The thread at fault first; then those at the same places together, goroutines only where their values are equal too.
     *
     * @param allThreads whether each thread is a group of its own
     */
    public static List<ThreadGroup> of(CrashReport report, boolean allThreads) {
        List<ThreadGroup> groups = new ArrayList<>();
        long faulting = report.faultingThread();
        Map<Object, List<ThreadReport>> others = new LinkedHashMap<>();
        for (ThreadReport thread : report.threads()) {
            if (thread.thread().id() == faulting) {
                groups.add(new ThreadGroup(withGoroutine(report, thread), true));
            } else if (!runs(thread, faulting)) {
                others.computeIfAbsent(key(thread, allThreads), k -> new ArrayList<>())
                        .add(thread);
            }
        }
        others.values().forEach(alike -> groups.add(new ThreadGroup(alike, false)));
        return groups;
    }

    private static Object key(ThreadReport thread, boolean allThreads) {
        if (thread.thread().isGoroutine()) return contents(thread);
        if (allThreads) return thread.thread().id();
        List<String> places = thread.frames().stream()
                .map(f -> f.frame().pc() + " " + f.frame().function())
                .toList();
        return List.of(places, String.valueOf(thread.error()));
    }

    private static Object contents(ThreadReport thread) {
        List<String> frames = thread.frames().stream().map(ThreadGroup::content).toList();
        return List.of(frames, String.valueOf(thread.error()));
    }

    private static List<ThreadReport> withGoroutine(CrashReport report, ThreadReport faulting) {
        List<ThreadReport> both = new ArrayList<>(List.of(faulting));
        for (ThreadReport thread : report.threads())
            if (runs(thread, faulting.thread().id())) both.add(thread);
        return both;
    }

    private static boolean runs(ThreadReport goroutine, long thread) {
        return goroutine.thread().carrier() == thread;
    }

    /** What is shown of a frame. Its id and the references of its values differ from thread to thread. */
    private static String content(FrameReport report) {
        return report.frame().function()
                + report.frame().pc()
                + values(report.frame().arguments())
                + values(report.locals());
    }

    /** {@code (a=1, b=2)}. */
    static String values(List<VariableInfo> variables) {
        return variables.stream().map(v -> v.name() + "=" + v.value()).collect(Collectors.joining(", ", "(", ")"));
    }

    /** The one that stands for all. */
    public ThreadReport shown() {
        return alike.get(0);
    }

    /** Whether some of them have other values, or wait for something else, than the one that is shown. */
    public boolean differ(CrashAnalysis analysis) {
        return alike.stream()
                        .filter(t -> !t.thread().isGoroutine())
                        .map(t -> List.of(contents(t), doing(t.thread().id(), analysis)))
                        .distinct()
                        .count()
                > 1;
    }

    /** What the shown one waits for, or the system call that it is in; empty for neither. */
    public String doing(CrashAnalysis analysis) {
        return doing(shown().thread().id(), analysis);
    }

    private static String doing(long thread, CrashAnalysis analysis) {
        CrashAnalysis.SystemCall call = analysis.calls().get(thread);
        return analysis.waits().stream()
                .filter(w -> w.thread() == thread)
                .findFirst()
                .map(ThreadGroup::waiting)
                .orElse(call == null ? "" : "in the system call " + call.text());
    }

    private static String waiting(CrashAnalysis.Wait wait) {
        Long owner = wait.owner();
        if (wait.kind().equals("thread")) {
            return "waits for the end of " + (owner == null ? "a thread" : "thread " + owner);
        }
        return "waits for " + wait.object() + (owner == null ? "" : ", which thread " + owner + " holds");
    }

    /** Goroutines go by what their names say, threads by their ids too. */
    public String title() {
        String names = alike.stream()
                .limit(NAMES_IN_A_TITLE)
                .map(t -> t.thread().isGoroutine()
                        ? t.thread().name()
                        : t.thread().id() + " \"" + t.thread().name() + "\"")
                .collect(Collectors.joining(", "));
        if (alike.size() > NAMES_IN_A_TITLE) names += " and " + (alike.size() - NAMES_IN_A_TITLE) + " more";
        if (shown().thread().isGoroutine()) return "G" + names.substring(1);
        long threads = alike.stream().filter(t -> !t.thread().isGoroutine()).count();
        return (threads == 1 ? "Thread " : "Threads ") + names;
    }
}
